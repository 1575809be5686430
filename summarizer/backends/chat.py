"""The one call of OpenAI's API that we make, spoken by vLLM and llama.cpp too: what is sent, what is read."""

import json
from typing import Any

from pydantic import BaseModel, Field, ValidationError

from summarizer.errors import ModelFailure
from summarizer.prompt import Instruction

PATH = "/chat/completions"
_MOST_TOKENS = 100_000_000  # what is told beyond is no count


class _Message(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    message: _Message
    finish_reason: str | None = None


class _Details(BaseModel):
    cached_tokens: int | None = Field(None, ge=0)


class Usage(BaseModel):
    """What the server counted."""

    prompt_tokens: int = Field(ge=0, le=_MOST_TOKENS)
    completion_tokens: int = Field(ge=0, le=_MOST_TOKENS)
    prompt_tokens_details: _Details | None = None

    @property
    def cached_tokens(self) -> int:
        """Of the prompt, that were not read again; no more than it has."""
        told = self.prompt_tokens_details and self.prompt_tokens_details.cached_tokens
        return min(told or 0, self.prompt_tokens)


class _Answer(BaseModel):
    choices: list[_Choice]
    usage: Any = None


def question(model: str, instruction: Instruction, *, max_tokens: int) -> bytes:
    """The body of a request: the likeliest completion, at once and whole."""
    body = {
        "model": model,
        "messages": [
            {"role": "system", "content": instruction.system},
            {"role": "user", "content": instruction.user},
        ],
        "temperature": 0,
        "max_tokens": max_tokens,
        "stream": False,
    }
    return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")


def completion(raw: bytes) -> tuple[str, Usage | None]:
    """What was written, and the count if there is a credible one; raises ModelFailure, which holds nothing of it.

    A completion that ends at `max_tokens` is one: what is cut off fails the checks behind.
    """
    try:
        answer = _Answer.model_validate_json(raw)
    except ValidationError:
        raise ModelFailure("The endpoint's answer is no completion.") from None
    if not answer.choices:
        raise ModelFailure("The endpoint gave no choice.")
    first = answer.choices[0]
    if first.finish_reason == "content_filter" or first.message.content is None:
        raise ModelFailure("The endpoint would not write.")
    return first.message.content, _usage(answer.usage)


def _usage(told: object) -> Usage | None:
    try:
        return Usage.model_validate(told)
    except ValidationError:
        return None
