"""How a local model is asked: its tokenizer, and the tokens that stand around what a conversation says.

    plain   a prompt as it is, for a model that our training made
    dolly   the published instruction format of Dolly and Alpaca
    chat    the template that the model was published with

What stands around is made of control tokens once, when the model is opened; what is said never is.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from tokenizers import Tokenizer

from summarizer.engine.restriction import Restriction
from summarizer.errors import ModelFailure, UnusableCheckpoint
from summarizer.generate import Prompt
from summarizer.prompt import Instruction, instruct

#: https://github.com/databrickslabs/dolly/blob/master/training/consts.py
_DOLLY = """Below is an instruction that describes a task. Write a response that appropriately completes the request.

### Instruction:
{instruction.system}

{instruction.user}

### Response:
"""
DOLLY_END = "### End"
_NEXT_PART = re.compile(r"\s*### ?(?:End|Instruction|Response|Input)\b.*", re.DOTALL)
_MARK = "\N{OBJECT REPLACEMENT CHARACTER}conversation\N{OBJECT REPLACEMENT CHARACTER}"
MIN_PROMPT_TOKENS = 256

Chat = Callable[[Instruction], str]  #: a text by the model's own template


@dataclass(frozen=True, slots=True)
class Around:
    """What stands before and after a prompt."""

    before: tuple[int, ...] = ()
    after: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """One prompt in tokens, how many may be written, and which."""

    ids: list[int]
    num_new: int
    restriction: Restriction | None


@dataclass(frozen=True, slots=True)
class Asking:
    """From a prompt to tokens, and back from what was written; the tokenizer reads everything as text."""

    tokenizer: Tokenizer
    around: Around
    end_tokens: frozenset[int]
    max_prompt_tokens: int
    max_new_tokens: int

    def count_tokens(self, text: str) -> int:
        """Of what a conversation says."""
        return len(self._encode(text))

    def asked(self, prompt: Prompt) -> Asked:
        """What was begun of the completion stands last; raises ModelFailure for a prompt that is too long."""
        ids, begun = self._encode(prompt.text), self._encode(prompt.begun)
        if len(ids) > self.max_prompt_tokens:
            raise ModelFailure(f"A prompt is longer than {self.max_prompt_tokens} tokens.")
        restriction = prompt.accepts and Restriction(
            prompt.accepts, self.tokenizer, stop_tokens=self.end_tokens, begun=prompt.begun
        )
        return Asked(
            [*self.around.before, *ids, *self.around.after, *begun],
            num_new=max(0, self.max_new_tokens - len(begun)),
            restriction=restriction,
        )

    def text(self, asked: Asked, written: Sequence[int]) -> str:
        """Without what ended it, and without a next part of a format in which nothing ended it."""
        own = written[:-1] if written and written[-1] in self.end_tokens else written
        if asked.restriction is not None:
            text = asked.restriction.text(own)
        else:
            text = self.tokenizer.decode(list(own), skip_special_tokens=True)
        return _NEXT_PART.sub("", text)

    def _encode(self, text: str) -> list[int]:
        return self.tokenizer.encode(text, add_special_tokens=False).ids


def around_of(style: str, tokenizer: Tokenizer, *, end_tokens: frozenset[int], chat: Chat) -> Around:
    """What a style puts around; the tokenizer must still read control tokens as such."""
    if style == "plain":
        return Around(_opening(tokenizer, "", end_tokens=end_tokens))
    asked = instruct(_MARK)
    text = chat(asked) if style == "chat" else _DOLLY.format(instruction=asked)
    before, mark, after = text.partition(_MARK)
    if not mark or _MARK in after:
        raise UnusableCheckpoint("The chat template does not hold what the user says once.")
    opening = (
        tuple(tokenizer.encode(before, add_special_tokens=False).ids)
        if style == "chat"  # a template writes them itself
        else _opening(tokenizer, before, end_tokens=end_tokens)
    )
    return Around(opening, tuple(tokenizer.encode(after, add_special_tokens=False).ids))


def room(context: int, around: Around, *, max_new_tokens: int) -> int:
    """How many tokens of a conversation fit beside all else; raises UnusableCheckpoint where they are too few."""
    left = context - max_new_tokens - len(around.before) - len(around.after)
    if left < MIN_PROMPT_TOKENS:
        raise UnusableCheckpoint(f"The model reads {context} tokens; {left} are left for what a conversation says.")
    return left


def _opening(tokenizer: Tokenizer, text: str, *, end_tokens: frozenset[int]) -> tuple[int, ...]:
    """With what the tokenizer puts before any text, without what it would put after."""
    ids = tokenizer.encode(text).ids
    while ids and ids[-1] in end_tokens and len(ids) > 1:
        ids = ids[:-1]
    return tuple(ids)
