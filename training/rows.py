"""Examples as rows of token ids, and batches of rows of similar length.

One document is one row: nothing attends across documents, and sorting by length keeps the padding small.
What the order of batches is depends on the seed and the epoch alone, so a resumed run sees the same ones.
"""

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy
import torch
from tokenizers import Tokenizer
from torch import Tensor

from summarizer.conversation import Conversation
from summarizer.prompt import render, render_completion
from summarizer.summary import Draft
from training.tokenizer import EOS, PAD

MULTIPLE = 32  # widths are rounded up to it, so that few different shapes occur
NEIGHBOURS = 50  # batches that are sorted by length together

Change = Callable[[Sequence[int], random.Random], list[int]]


@dataclass(frozen=True, slots=True)
class Row:
    """The ids of one document; the first `num_prompt` of them are not the model's to write."""

    ids: tuple[int, ...]
    num_prompt: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows side by side; `counts` marks the tokens that count in the loss."""

    ids: Tensor
    mask: Tensor
    counts: Tensor


def example_row(conversation: Conversation, draft: Draft, tokenizer: Tokenizer) -> Row:
    """What the model reads, then what it should write, then the end."""
    prompt = tokenizer.encode(render(conversation)).ids
    completion = tokenizer.encode(render_completion(draft)).ids
    return Row((*prompt, *completion, EOS), num_prompt=len(prompt))


def batches(
    rows: Sequence[Row], *, max_tokens: int, prompt_share: float, seed: int, change: Change | None = None
) -> Iterator[Batch]:
    """One epoch of batches of at most `max_tokens` padded tokens, in an order that the seed decides."""
    rng = random.Random(seed)
    order = list(range(len(rows)))
    rng.shuffle(order)
    groups = list(_groups(rows, order, max_tokens=max_tokens))
    rng.shuffle(groups)
    for group in groups:
        members = [_changed(rows[index], index, seed=seed, change=change) for index in group]
        yield collate(members, prompt_share=prompt_share, rng=random.Random(f"{seed}/{group[0]}"))


def collate(rows: Sequence[Row], *, prompt_share: float, rng: random.Random) -> Batch:
    """Pads on the right; all of a completion counts in the loss, and a random share of its prompt."""
    width = _width(max(len(row.ids) for row in rows))
    ids = numpy.full((len(rows), width), PAD, dtype=numpy.int64)
    mask = numpy.zeros((len(rows), width), dtype=numpy.int64)
    counts = numpy.zeros((len(rows), width), dtype=bool)
    for index, row in enumerate(rows):
        ids[index, : len(row.ids)] = row.ids
        mask[index, : len(row.ids)] = 1
        counts[index, : row.num_prompt] = [rng.random() < prompt_share for _ in range(row.num_prompt)]
        counts[index, row.num_prompt : len(row.ids)] = True
    return Batch(torch.from_numpy(ids), torch.from_numpy(mask), torch.from_numpy(counts))


def _groups(rows: Sequence[Row], order: Sequence[int], *, max_tokens: int) -> Iterator[list[int]]:
    chunk = max(1, NEIGHBOURS * max_tokens // max(1, sum(len(row.ids) for row in rows) // len(rows)))
    for start in range(0, len(order), chunk):
        group: list[int] = []
        for index in sorted(order[start : start + chunk], key=lambda one: len(rows[one].ids)):
            if group and (len(group) + 1) * _width(len(rows[index].ids)) > max_tokens:
                yield group
                group = []
            group.append(index)
        yield group


def _changed(row: Row, index: int, *, seed: int, change: Change | None) -> Row:
    if change is None:
        return row
    return Row(tuple(change(row.ids, random.Random(f"{seed}/{index}"))), row.num_prompt)


def _width(length: int) -> int:
    return -(-length // MULTIPLE) * MULTIPLE
