"""Examples as rows of token ids, and batches of rows of similar length.

Nothing attends across documents, whether each has a line of its own or several are packed into one.
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
from training.origin import Origin
from training.tokenizer import PAD, end_of

MULTIPLE = 32  # widths are rounded up to it, so that few different shapes occur
NEIGHBOURS = 50  # batches that are sorted by length together

Change = Callable[[Sequence[int], random.Random], list[int]]


@dataclass(frozen=True, slots=True)
class Row:
    """The ids of one document; the first `num_prompt` of them are not the model's to write."""

    ids: tuple[int, ...]
    num_prompt: int = 0
    origin: Origin | None = None  #: nothing has one that was made up
    is_literal: bool = False  #: its words are never changed


@dataclass(frozen=True, slots=True)
class Batch:
    """Lines of documents; `segments` numbers those of each line from 1, `counts` marks what counts in the loss."""

    ids: Tensor
    segments: Tensor
    counts: Tensor


def example_row(conversation: Conversation, draft: Draft, tokenizer: Tokenizer, origin: Origin | None = None) -> Row:
    """What the model reads, then what it should write, then the end."""
    return text_row(render(conversation), render_completion(draft), tokenizer, origin)


def text_row(prompt: str, completion: str, tokenizer: Tokenizer, origin: Origin | None = None) -> Row:
    """The same of any prompt and its completion."""
    read, written = tokenizer.encode(prompt).ids, tokenizer.encode(completion).ids
    return Row((*read, *written, end_of(tokenizer)), num_prompt=len(read), origin=origin)


def batches(
    rows: Sequence[Row],
    *,
    max_tokens: int,
    prompt_share: float,
    seed: int,
    change: Change | None = None,
    line_tokens: int = 0,
) -> Iterator[Batch]:
    """One epoch of batches of at most `max_tokens` padded tokens, in an order that the seed decides.

    With `line_tokens` every line has that width and as many documents as it holds; otherwise one document is one
    line, and documents of similar length stand together.
    """
    rng = random.Random(seed)
    order = list(range(len(rows)))
    rng.shuffle(order)
    lengths = [len(row.ids) for row in rows]
    if line_tokens:
        groups = list(_packed(lengths, order, line_tokens=line_tokens, max_lines=max(1, max_tokens // line_tokens)))
    else:
        groups = [[[index] for index in group] for group in _groups(lengths, order, max_tokens=max_tokens)]
    rng.shuffle(groups)
    for group in groups:
        lines = [[_changed(rows[index], index, seed=seed, change=change) for index in line] for line in group]
        rng_of_group = random.Random(f"{seed}/{group[0][0]}")
        yield collate(lines, prompt_share=prompt_share, rng=rng_of_group, width=line_tokens)


def collate(lines: Sequence[Sequence[Row]], *, prompt_share: float, rng: random.Random, width: int = 0) -> Batch:
    """Pads on the right; all of a completion counts in the loss, and a random share of its prompt.

    The first token of a document is never a target: what stands before it is another document.
    """
    width = width or _width(max(sum(len(row.ids) for row in line) for line in lines))
    ids = numpy.full((len(lines), width), PAD, dtype=numpy.int64)
    segments = numpy.zeros((len(lines), width), dtype=numpy.int64)
    counts = numpy.zeros((len(lines), width), dtype=bool)
    for index, line in enumerate(lines):
        start = 0
        for number, row in enumerate(line, 1):
            end, told = start + len(row.ids), start + row.num_prompt
            ids[index, start:end] = row.ids
            segments[index, start:end] = number
            counts[index, start:told] = [rng.random() < prompt_share for _ in range(row.num_prompt)]
            counts[index, told:end] = True
            counts[index, start] = False
            start = end
    return Batch(torch.from_numpy(ids), torch.from_numpy(segments), torch.from_numpy(counts))


def _packed(
    lengths: Sequence[int], order: Sequence[int], *, line_tokens: int, max_lines: int
) -> Iterator[list[list[int]]]:
    """Batches of lines, each filled with the next documents that still have room in one; the longest first."""
    chunk = NEIGHBOURS * max_lines
    for start in range(0, len(order), chunk):
        lines: list[list[int]] = []
        rooms: list[int] = []
        for index in sorted(order[start : start + chunk], key=lambda one: -lengths[one]):
            fitting = next((at for at, room in enumerate(rooms) if room >= lengths[index]), None)
            if fitting is None:
                lines.append([])
                rooms.append(line_tokens)
                fitting = len(lines) - 1
            lines[fitting].append(index)
            rooms[fitting] -= lengths[index]
        yield from (lines[at : at + max_lines] for at in range(0, len(lines), max_lines))


def _groups(lengths: Sequence[int], order: Sequence[int], *, max_tokens: int) -> Iterator[list[int]]:
    chunk = max(1, NEIGHBOURS * max_tokens // max(1, sum(lengths) // len(lengths)))
    for start in range(0, len(order), chunk):
        group: list[int] = []
        for index in sorted(order[start : start + chunk], key=lengths.__getitem__):
            if group and (len(group) + 1) * _width(lengths[index]) > max_tokens:
                yield group
                group = []
            group.append(index)
        yield group


def _changed(row: Row, index: int, *, seed: int, change: Change | None) -> Row:
    if change is None or row.is_literal:
        return row
    return Row(tuple(change(row.ids, random.Random(f"{seed}/{index}"))), row.num_prompt)


def _width(length: int) -> int:
    return -(-length // MULTIPLE) * MULTIPLE
