"""A server that speaks OpenAI's API as a backend: vLLM or llama.cpp on our own hardware, or a rented model.

    prompt ─▶ instruction ─▶ masked, unless on premises ─▶ asked, again where that helps ─▶ completion

What is not on premises is called at public addresses over TLS, what is at private ones alone. It reads the instruction
and the conversation, and nothing that tells whose they are.
"""

import copy
import hashlib
import math
import random
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from itertools import count
from pathlib import Path

import httpx

from summarizer import outbound
from summarizer.backends import chat
from summarizer.backends.calls import Calls, Shares
from summarizer.backends.leaving import language_of, without_personal_data
from summarizer.errors import AddressForbidden, DeadlineExceeded, GeneratorStopped, ModelFailure
from summarizer.generate import NO_PATIENCE, Completion, Prompt
from summarizer.log import logger
from summarizer.prompt import Instruction, instruct
from summarizer.reach import INSIDE_ONLY, Reach, check_url, parsed
from summarizer.retry_after import retry_after
from summarizer.specs import EndpointSpec

MAX_BYTES = 4_000_000  #: of an answer
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  #: seconds before another try; who wants a longer wait is not asked again
MIN_PROMPT_TOKENS = 100  #: or no conversation fits beside the instruction
HTTPS = 443
_HEADERS = {"Content-Type": "application/json", "Accept": "application/json", "Accept-Encoding": "identity"}
_FRAME = instruct("", begun="\n")  # all that is sent beside a prompt


def key_of(spec: EndpointSpec) -> dict[str, str]:
    """The header that proves who asks, read anew each time; raises ModelFailure."""
    return {} if spec.key_file is None else {"Authorization": f"Bearer {_key(spec.key_file)}"}


def reach_of(spec: EndpointSpec) -> Reach:
    """Where an endpoint may be: inside alone when its owner says that it is on premises, else outside and over TLS."""
    return INSIDE_ONLY if spec.on_premises else Reach((), frozenset([parsed(spec.url).port or HTTPS]))


class Endpoint:
    """A Generator: prompts in, completions out, for any number of threads at once. What `accepts` forbids it may write.

    Nothing of what is sent or answered, and no key, is in an error.
    """

    def __init__(
        self, spec: EndpointSpec, *, deadline: timedelta | None = None, client: httpx.Client | None = None
    ) -> None:
        """Raises ModelFailure when what its owner wrote cannot be used; asks the server nothing.

        `deadline` is the time one call may take; a client of one's own is not held to what may be reached.
        """
        self._spec = spec
        self._deadline = deadline
        self._until: float | None = None  #: by the monotonic clock, for all calls together
        self._written: dict[tuple[str, str], str] | None = None  #: in an attempt: asked again it would say the same
        self._client = client or outbound.within(_checked_reach(spec), seconds=spec.timeout_seconds)
        self._calls: Calls[Prompt, Completion] = Calls()
        self._shares = Shares()
        self._headers()
        self.model_version = _version(spec)
        self.max_prompt_tokens = spec.max_prompt_tokens - self.count_tokens(_FRAME.system + _FRAME.user)
        if self.max_prompt_tokens < MIN_PROMPT_TOKENS:
            raise ModelFailure("The endpoint's max_prompt_tokens leave no room beside the instruction.")

    def count_tokens(self, text: str) -> int:
        """As many as its owner says that characters make; one beyond ASCII counts as its bytes, which is safer."""
        return math.ceil(len(text.encode("utf-8", "replace")) / self._spec.characters_per_token)

    def __call__(
        self,
        prompts: Sequence[Prompt],
        *,
        patience: timedelta = NO_PATIENCE,  # noqa: ARG002  # the API knows none
    ) -> list[Completion]:
        """Completions in the order of their prompts, all or none; raises ModelFailure, DeadlineExceeded."""
        if max((self.count_tokens(one.text) for one in prompts), default=0) > self.max_prompt_tokens:
            raise ModelFailure(f"A prompt is longer than {self.max_prompt_tokens} tokens.")
        until = self._from_now() if self._until is None else self._until
        try:
            return self._calls.all(lambda prompt, is_over: self._completion(prompt, until, is_over), prompts)
        except GeneratorStopped:
            raise
        except ModelFailure as error:  # another backend may write instead, and nobody else would say why
            logger(__name__).warning("endpoint failed", model=self._spec.model, error=str(error))
            raise

    def for_one_attempt(self) -> "Endpoint":
        """The same generator, but all calls together have the time that else each of them has."""
        one = copy.copy(self)
        one._until = self._from_now()
        one._written = {}
        return one

    def close(self, *, drain: bool = True) -> None:
        """Finish what has been asked for, or leave it alone, and take nothing more."""
        self._calls.close(drain=drain)
        self._client.close()

    def _from_now(self) -> float:
        return time.monotonic() + self._deadline.total_seconds() if self._deadline else math.inf

    def _completion(self, prompt: Prompt, until: float, is_over: threading.Event) -> Completion:
        """One completion; nobody is asked twice, nor where as much has been begun as may be written."""
        written, asked = self._written, (prompt.text, prompt.begun)
        max_tokens = self._spec.max_new_tokens - self.count_tokens(prompt.begun)
        if max_tokens <= 0 or (written is not None and asked in written):
            return Completion(written.get(asked, "") if written else "", 0, 0)
        instruction = self._instruction(prompt)
        sent = chat.question(self._spec.model, instruction, max_tokens=max_tokens)
        raw, seconds = self._answer(sent, until, is_over)
        text, usage = chat.completion(raw)
        if written is not None:
            written[asked] = text
        return Completion(
            text,
            prompt_tokens=usage.prompt_tokens if usage else self.count_tokens(instruction.system + instruction.user),
            completion_tokens=usage.completion_tokens if usage else self.count_tokens(text),
            cached_tokens=usage.cached_tokens if usage else 0,
            device_seconds=seconds if self._spec.device else 0.0,
        )

    def _instruction(self, prompt: Prompt) -> Instruction:
        if self._spec.on_premises:
            return instruct(prompt.text, begun=prompt.begun)
        language = language_of(prompt.text)
        return instruct(
            without_personal_data(prompt.text, language=language),
            begun=without_personal_data(prompt.begun, language=language),
        )

    def _answer(self, sent: bytes, until: float, is_over: threading.Event) -> tuple[bytes, float]:
        """The answer and its seconds of the device; what passes is asked again, as long as there is time."""
        for num_tried in count(1):
            try:
                return self._measured(sent, seconds=min(_left(until), self._spec.timeout_seconds))
            except _Failed as failed:
                left = _left(until)
                wait = _backoff(num_tried) if failed.wait is None else failed.wait.total_seconds()
                is_last = num_tried >= self._spec.max_attempts or wait > min(left, LONGEST_WAIT)
                if is_last or not failed.passes:
                    raise ModelFailure(str(failed)) from None
            if is_over.wait(wait):
                raise GeneratorStopped("Nobody waits for the endpoint any more.")
        raise AssertionError  # count has no end

    def _measured(self, sent: bytes, *, seconds: float) -> tuple[bytes, float]:
        with self._shares.measured() as share:
            raw = self._exchange(sent, seconds=seconds)
        return raw, share.seconds

    def _exchange(self, sent: bytes, *, seconds: float) -> bytes:
        """The body of one good answer; raises _Failed."""
        try:
            with self._client.stream(
                "POST",
                self._spec.url + chat.PATH,
                content=sent,
                headers=self._headers(),
                timeout=httpx.Timeout(seconds, connect=min(seconds, outbound.CONNECT_SECONDS)),
                extensions={"seconds": seconds},
            ) as response:
                _check(response)
                return _bounded(response)
        except AddressForbidden as error:
            raise _Failed(f"The endpoint is not called: {error}.") from None
        except (httpx.ConnectTimeout, httpx.NetworkError, httpx.ProtocolError) as error:
            raise _Failed(f"The endpoint could not be asked: {type(error).__name__}.", passes=True) from None
        except httpx.TimeoutException:
            raise _Failed("The endpoint did not answer in time.") from None
        except httpx.TransportError as error:
            raise _Failed(f"The endpoint cannot be asked: {type(error).__name__}.") from None

    def _headers(self) -> dict[str, str]:
        """The key is read anew, so that another one counts at once."""
        return _HEADERS | key_of(self._spec)


class _Failed(Exception):
    """One try came to nothing; where it passes another may help, after this wait if the server told one."""

    def __init__(self, what: str, *, passes: bool = False, wait: timedelta | None = None) -> None:
        super().__init__(what)
        self.passes = passes
        self.wait = wait


def _left(until: float) -> float:
    """Seconds; raises DeadlineExceeded when there are none."""
    left = until - time.monotonic()
    if left <= 0:
        raise DeadlineExceeded("The endpoint did not answer in the time a job may take.")
    return left


def _check(response: httpx.Response) -> None:
    status = response.status_code
    if status != HTTPStatus.OK:
        passes = status == HTTPStatus.TOO_MANY_REQUESTS or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        wait = retry_after(response.headers.get("retry-after"), now=datetime.now(UTC))
        raise _Failed(f"The endpoint answered {status}.", passes=passes, wait=wait)


def _bounded(response: httpx.Response) -> bytes:
    raw = bytearray()
    for chunk in response.iter_raw():
        raw += chunk
        if len(raw) > MAX_BYTES:
            raise _Failed("The endpoint's answer is too large.")
    return bytes(raw)


def _backoff(num_tried: int) -> float:
    """Seconds; those who failed together come back apart."""
    return FIRST_WAIT * 2.0 ** (num_tried - 1) * random.uniform(0.5, 1.0)


def _key(path: Path) -> str:
    try:
        key = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError):
        raise ModelFailure("The file of the endpoint's key cannot be read.") from None
    if not key.isprintable() or not key or " " in key:
        raise ModelFailure("The file of the endpoint's key does not hold one key.")
    return key


def _checked_reach(spec: EndpointSpec) -> Reach:
    """Where the endpoint may be, if its address can be there."""
    try:
        check_url(parsed(spec.url), reach_of(spec))
    except AddressForbidden as error:
        raise ModelFailure(f"The endpoint may not be called: {error}.") from None
    return reach_of(spec)


def _version(spec: EndpointSpec) -> str:
    """Another model, place or instruction is another version."""
    named = "\0".join((spec.url, spec.model, _FRAME.system, _FRAME.user))
    return f"endpoint-{hashlib.sha256(named.encode()).hexdigest()[:24]}"
