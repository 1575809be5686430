"""Every label there is, and all that it may say: closed lists, or a shape and how many such values at most.

No label names a tenant, a conversation or a person. What is not allowed is told as `other`, so that neither a word nor
a flood of new values gets in.
"""

import re
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field

from summarizer import errors
from summarizer.budget import Because
from summarizer.fetchers.failures import WhyNotFetched
from summarizer.kinds import Kind
from summarizer.platforms import Platform
from summarizer.specs import BUILT_IN
from summarizer.summary import Kind as Writer
from summarizer.summary import NoSummary
from summarizer.verdict import Because as WhyDisabled

OTHER, NONE = "other", "none"
_NOTHING = re.compile("(?!)")


@dataclass(slots=True, eq=False)
class Bound:
    """What one label may say: what is listed, what the service declared when it started, and a few of a shape."""

    listed: frozenset[str] = frozenset()
    shape: re.Pattern[str] = _NOTHING
    most: int = 0  #: different values of the shape in the life of a process
    _seen: set[str] = field(default_factory=set)
    _changing: threading.Lock = field(default_factory=threading.Lock)

    @property
    def num_values(self) -> int:
        """So many it can have, `other` included."""
        return len(self.listed) + self.most + 1

    def allowed(self, value: str) -> str:
        """The value, or `other`."""
        return value if value in self.listed or value in self._seen or self._is_new(value) else OTHER

    def _is_new(self, value: str) -> bool:
        if not self.shape.fullmatch(value):
            return False
        with self._changing:
            if len(self._seen) < self.most:
                self._seen.add(value)
            return value in self._seen


def _listed(*values: Iterable[str]) -> Bound:
    return Bound(frozenset(str(value) for some in values for value in some))


def _shaped(shape: str, *, most: int) -> Bound:
    return Bound(shape=re.compile(shape), most=most)


TABLE: dict[str, Bound] = {
    "backend": _listed(BUILT_IN),  # those of the owner's file are `declare`d
    "because": _listed(Because, [NONE]),
    "currency": _shaped("[A-Z]{3}", most=4),
    "device": _listed(["cpu", "cuda"]),
    "error": _listed(name for name in vars(errors) if name[0].isupper()),
    "kind": _listed(Kind, Writer),
    "known": _listed(["yes", "no"]),
    "method": _listed(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]),
    "model_version": _shaped(r"[0-9a-f]{12}|extractive-1|endpoint-[0-9a-f]{3}", most=16),  # how one begins
    "platform": _listed(Platform),
    "precision": _listed(["fp32", "bf16", "int8"]),
    "problem": Bound(),  # `declare`d by the API, which alone knows them
    "reason": _listed(NoSummary, WhyNotFetched, WhyDisabled, [NONE]),
    "result": _listed(
        ["kept", "repaired", "dropped"],  # a sentence
        ["succeeded", "failed", "retried", "handed_back", "refused"],  # an attempt
        ["told", "retry", "dead", "disabled", "late"],  # a callback
        ["fetched"],
    ),
    "route": Bound(),  # `declare`d by the API: templates, never a path
    "state": _listed(
        ["waiting", "running"],  # jobs and sequences
        ["in_use", "idle"],  # connections
        ["open", "promoted", "refused", "skipped", "failed"],  # a night
    ),
    "status": _listed(["1xx", "2xx", "3xx", "4xx", "5xx"]),
    "type": _listed(["prompt", "completion", "cached"], ["known", "run", "written", "guessed", "right"]),
    "verdict": _listed(["positive", "negative"]),
    "version": _shaped(r"[0-9][0-9a-z.+]{0,20}", most=1),
}


def declare(label: str, values: Iterable[str]) -> None:
    """What else a label may say, known when the service starts and not from any request."""
    bound = TABLE[label]
    bound.listed |= frozenset(values)


def allowed(label: str, value: str) -> str:
    """The value, or `other`; raises KeyError for a label that is not in the table."""
    return TABLE[label].allowed(value)


def version_of(model: str) -> str:
    """As a label names a model version."""
    return model[:12]
