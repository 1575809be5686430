"""What can go wrong, as a tree.

SummarizerError
├── InvalidTranscript       what was sent cannot be read as a conversation
│   ├── InvalidJson
│   ├── InvalidEncoding
│   ├── JsonTooDeep
│   ├── DuplicateKey
│   ├── LimitExceeded
│   └── EmptyConversation
├── UnknownFormat
├── NotFound                also for what belongs to another tenant
│   └── Erased              it was there
├── Conflict
│   ├── EditConflict
│   └── RequestInProgress
├── IdempotencyKeyReused
├── InvalidRequest          a header or a query parameter nobody can act on
├── AddressForbidden        an address that we do not call
├── Unauthenticated
│   └── SignatureRefused
│       ├── SignatureMissing
│       └── SignatureExpired
├── NotPermitted
├── TooManyRequests
├── Unavailable             a server we depend on does not answer; try again later
├── Misconfigured           a file that the owner of the installation wrote cannot be used
│   ├── InvalidBackends
│   └── InvalidPrices
└── ModelFailure            becomes the job's recorded failure, never an answer to a caller
    ├── DeadlineExceeded
    ├── GeneratorStopped    the process ends before the work does
    ├── DeviceLost          the process must end, and another begin afresh
    └── UnusableCheckpoint
"""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, and the JSON pointer of its place."""

    pointer: str
    detail: str


class SummarizerError(Exception):
    """Anything this service refuses or fails to do, said for a person, without personal data."""


class InvalidTranscript(SummarizerError):
    """What was sent cannot be read as a conversation.

    `pointer` is the JSON pointer of the place; when several things are wrong, `problems` lists them and the first
    gives the pointer.
    """

    def __init__(self, detail: str, *, pointer: str = "", problems: tuple[Problem, ...] = ()) -> None:
        super().__init__(detail)
        self.detail = detail
        self.pointer = problems[0].pointer if problems and not pointer else pointer
        self.problems = problems


class InvalidJson(InvalidTranscript):
    """It is not one JSON value."""


class InvalidEncoding(InvalidTranscript):
    """It is not UTF-8."""


class JsonTooDeep(InvalidTranscript):
    """Its JSON is nested deeper than any transcript needs."""


class DuplicateKey(InvalidTranscript):
    """One object of its JSON has the same key twice."""


class LimitExceeded(InvalidTranscript):
    """The transcript is larger than we promise to take."""


class EmptyConversation(InvalidTranscript):
    """Nobody says anything in it."""


class UnknownFormat(SummarizerError):
    """No registered format reads this document."""


class NotFound(SummarizerError):
    """No such thing for this tenant."""


class Erased(NotFound):
    """It was erased, and nothing of it is left."""


class Conflict(SummarizerError):
    """The request contradicts the present state."""


class EditConflict(Conflict):
    """Somebody changed the summary after the caller read it."""


class RequestInProgress(Conflict):
    """A request with the same idempotency key is being worked on."""


class IdempotencyKeyReused(SummarizerError):
    """The idempotency key was first used with another body."""


class InvalidRequest(SummarizerError):
    """A header or a query parameter cannot be understood; `field` names it."""

    def __init__(self, detail: str, *, field: str) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field


class AddressForbidden(SummarizerError):
    """An address that we do not call: it is inside, or not written as it must be."""


class Unauthenticated(SummarizerError):
    """The caller did not prove who they are."""


class SignatureRefused(Unauthenticated):
    """The sender's signature is not one of theirs."""


class SignatureMissing(SignatureRefused):
    """A header of the signature is absent."""


class SignatureExpired(SignatureRefused):
    """The sender's time and ours are too far apart."""


class NotPermitted(SummarizerError):
    """The key is right, its scopes do not reach this far."""


class TooManyRequests(SummarizerError):
    """The tenant asks for more in a second than it may; it may again after this wait."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("more requests in a second than this tenant may send; slow down and send it again")
        self.wait = wait


class Unavailable(SummarizerError):
    """A server we depend on does not answer."""


class Misconfigured(SummarizerError):
    """A file that the owner of the installation wrote cannot be used; the message names it and the place."""


class InvalidBackends(Misconfigured):
    """The file of backends says something nobody can act on."""


class InvalidPrices(Misconfigured):
    """The price list cannot be read, or lacks a price that is asked for."""


class ModelFailure(SummarizerError):
    """The model could not write a completion."""


class DeadlineExceeded(ModelFailure):
    """The model did not finish in the time a job may take."""


class DeviceLost(ModelFailure):
    """The device the model runs on can compute nothing more in this process."""


class UnusableCheckpoint(ModelFailure):
    """The files of a model are missing, broken, or do not fit together."""


class GeneratorStopped(ModelFailure):
    """The model was stopped while it wrote."""
