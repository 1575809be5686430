"""A converted model on CTranslate2: a small worker on a CPU, with neither torch nor transformers.

directory, as `training.convert` makes it
├── model.bin, config.json, vocabulary.json     CTranslate2's own
├── tokenizer.json
└── light.json                                  how the model is asked, what ends its text, what it was made from

One request at a time for each replica: its batches of unequal prompts are slower (OpenNMT/CTranslate2#1480).
"""

import json
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import ctranslate2
import numpy
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from summarizer.backends.asking import Around, Asked, Asking, room
from summarizer.backends.local import IsOver, Local
from summarizer.engine.files import CONFIG, TOKENIZER, read_object, version_of
from summarizer.engine.tokenizer import literal, opened_tokenizer
from summarizer.errors import ModelFailure, UnusableCheckpoint
from summarizer.settings import ModelSettings
from summarizer.specs import LightSpec

CARD = "light.json"
FILES = ("model.bin", CONFIG, "vocabulary.json", TOKENIZER, CARD)
MAX_REPLICAS = 4  # more of them read the same memory, and none gets faster
MOST_REFUSED = 64  # tokens for one place, as in our own engine


class Card(BaseModel):
    """What CTranslate2's own files do not say."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    made_from: str  #: the version of the checkpoint
    quantization: str
    style: str
    before: tuple[int, ...]  #: tokens before what a conversation says
    after: tuple[int, ...]
    end_tokens: tuple[int, ...] = Field(min_length=1)
    context: int = Field(ge=1)
    max_new_tokens: int | None = None  #: that the model was trained to write


class Light:
    """A Writer by CTranslate2, greedy."""

    max_batch = 1

    def __init__(self, generator: Any, words: Sequence[str], *, end_tokens: frozenset[int], num_places: int) -> None:
        self._generator = generator
        self._words = words
        self._end_tokens = end_tokens
        self.num_places = num_places

    def write(self, batch: Sequence[Asked], is_over: IsOver) -> list[list[int] | ModelFailure]:
        """What is written for the one request of a batch."""
        (asked,) = batch
        written = _Writing(asked, end_tokens=self._end_tokens, is_over=lambda: is_over(0))
        try:
            while not written.is_done:
                self._go_on(asked, written)
        finally:
            written.let_go()
        return [written.failure or written.tokens]

    def _go_on(self, asked: Asked, written: "_Writing") -> None:
        """Until the end, or to a token that may not follow; after another one the text is read anew."""
        self._generator.generate_batch(
            [[self._words[token] for token in (*asked.ids, *written.tokens)]],
            max_length=asked.num_new - len(written.tokens),
            end_token=sorted(self._end_tokens),
            return_end_token=True,
            include_prompt_in_result=False,
            return_logits_vocab=asked.restriction is not None,
            beam_size=1,
            sampling_topk=1,
            callback=written.take,
        )


class _Writing:
    """One completion as it grows."""

    def __init__(self, asked: Asked, *, end_tokens: frozenset[int], is_over: Callable[[], bool]) -> None:
        self.tokens: list[int] = []
        self.failure: ModelFailure | None = None
        self._asked = asked
        self._end_tokens = end_tokens
        self._is_over = is_over
        self._is_stopped = False

    @property
    def is_done(self) -> bool:
        """Nothing more is written."""
        is_ended = bool(self.tokens) and self.tokens[-1] in self._end_tokens
        is_full = len(self.tokens) >= self._asked.num_new
        return is_ended or is_full or self._is_stopped or self.failure is not None

    def let_go(self) -> None:
        """Of whoever waits: CTranslate2's thread may keep the callback for longer, and must never be the last to hold
        the model, because a thread of it that ends the model waits for itself."""
        self._is_over = lambda: True

    def take(self, step: Any) -> bool:
        """Take the next token, or another where it may not follow; whether CTranslate2 has to stop here.

        It is called from within CTranslate2, which must see no exception.
        """
        try:
            self._is_stopped = self._is_over()
            if self._is_stopped:
                return True
            token = int(step.token_id)
            other = self._other(step, token) if not self._is_accepted(token) else token
        except Exception as error:
            self.failure = ModelFailure(f"The model could not write: {type(error).__name__}.")
            return True
        self.tokens.append(other)
        return other != token

    def _is_accepted(self, token: int) -> bool:
        return self._asked.restriction is None or self._asked.restriction(self.tokens, token)

    def _other(self, step: Any, refused: int) -> int:
        """The best token that may follow; an end where the best ones may not."""
        scores = numpy.array(step.logits, dtype=numpy.float32)[0]
        best = numpy.argsort(-scores, kind="stable")[:MOST_REFUSED].tolist()
        accepted = (token for token in best if token != refused and self._is_accepted(token))
        return next(accepted, min(self._end_tokens))


def load_light(spec: LightSpec, settings: ModelSettings) -> Local:
    """The model in a directory, ready to write; raises UnusableCheckpoint."""
    directory = spec.model_dir
    card = read_card(directory)
    version = version_of([directory / name for name in FILES], kind="ctranslate2\0")
    end_tokens, around = frozenset(card.end_tokens), Around(card.before, card.after)
    words = read_words(directory)
    tokenizer = literal(opened_tokenizer(directory), vocabulary_size=len(words), end_tokens=end_tokens)
    max_new_tokens = min(spec.max_new_tokens, card.max_new_tokens or spec.max_new_tokens)
    asking = Asking(
        tokenizer,
        around,
        end_tokens,
        max_prompt_tokens=room(card.context, around, max_new_tokens=max_new_tokens),
        max_new_tokens=max_new_tokens,
    )
    num_cores = settings.num_threads or os.cpu_count() or 1
    num_places = min(num_cores, MAX_REPLICAS)
    try:
        generator = ctranslate2.Generator(
            str(directory), inter_threads=num_places, intra_threads=max(1, num_cores // num_places)
        )
    except (RuntimeError, ValueError, MemoryError) as error:
        raise UnusableCheckpoint(f"The converted model cannot be read: {type(error).__name__}.") from error
    writer = Light(generator, words, end_tokens=end_tokens, num_places=num_places)
    return Local(writer, asking, model_version=version, deadline=settings.job_deadline)


def read_card(directory: Path) -> Card:
    """What the conversion wrote beside the model."""
    try:
        return Card.model_validate(read_object(directory / CARD))
    except ValidationError as error:
        raise UnusableCheckpoint(f"{CARD} cannot be used: {error.error_count()} values are wrong.") from None


def read_words(directory: Path) -> list[str]:
    """CTranslate2's names of all tokens, by id; it takes prompts in these."""
    try:
        words = json.loads((directory / "vocabulary.json").read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise UnusableCheckpoint(f"vocabulary.json cannot be read: {type(error).__name__}.") from error
    if not isinstance(words, list) or not all(isinstance(one, str) for one in words) or len(set(words)) < len(words):
        raise UnusableCheckpoint("vocabulary.json is no list of different words.")
    return words
