"""Which blocks of memory belong to whom: counted here, never touched.

    never used ◀─ take ─┐                      ┌─ free ─▶ idle: nobody's, but its tokens are known
                        ├─▶ held by one or more ┤              └─ taken again by who begins with the same tokens,
    idle, oldest first ◀┘                      └─ free ─▶ never used                or for another use when needed

A block is known by all tokens of its text up to its end, so that a later revision of a conversation, or a second
section of its summary, does not read the transcript again.
"""

import hashlib
from array import array
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

BLOCK = 64  # tokens


@dataclass(slots=True, eq=False)
class Holding:
    """The blocks of one running sequence, in the order of its text; the first ones have names."""

    blocks: list[int]
    names: list[bytes] = field(default_factory=list)

    @property
    def num_known(self) -> int:
        """Tokens in the blocks that have names."""
        return len(self.names) * BLOCK


class Cache:
    """Hands out `num_blocks` blocks."""

    def __init__(self, num_blocks: int) -> None:
        self.num_blocks = num_blocks
        self.num_found = 0  # tokens that nobody had to run again
        self._unused = list(range(num_blocks - 1, -1, -1))  # the last freed is taken first: it is still warm
        self._idle: OrderedDict[int, None] = OrderedDict()
        self._holders = [0] * num_blocks
        self._known: dict[bytes, int] = {}
        self._names: dict[int, bytes] = {}

    @property
    def num_free(self) -> int:
        """Blocks that nobody holds."""
        return len(self._unused) + len(self._idle)

    def can_ever_hold(self, num_tokens: int) -> bool:
        """Whether a text of this length fits when nobody else is there."""
        return blocks_for(num_tokens) <= self.num_blocks

    def take(self, tokens: Sequence[int], *, num_tokens: int) -> Holding | None:
        """Blocks for `num_tokens`, the first ones with the tokens already in memory; None if too few are free.

        The last of `tokens` is never found in memory: somebody has to run it to know what follows.
        """
        found = self._find(tokens)
        num_new = blocks_for(num_tokens) - len(found.blocks)
        if num_new > self.num_free - sum(block in self._idle for block in found.blocks):
            return None
        self.num_found += found.num_known
        for block in found.blocks:
            self._idle.pop(block, None)
        found.blocks += [self._take_one() for _ in range(num_new)]
        for block in found.blocks:
            self._holders[block] += 1
        return found

    def remember(self, holding: Holding, tokens: Sequence[int]) -> None:
        """Name every block that `tokens` fill."""
        for index in range(len(holding.names), len(tokens) // BLOCK):
            name = _name(holding.names, tokens, index)
            holding.names.append(name)
            if self._known.setdefault(name, holding.blocks[index]) == holding.blocks[index]:
                self._names[holding.blocks[index]] = name

    def free(self, holding: Holding) -> None:
        """Take back what `take` gave."""
        for block in reversed(holding.blocks):  # the end of a text is forgotten before its beginning
            self._holders[block] -= 1
            if self._holders[block]:
                continue
            if block in self._names:
                self._idle[block] = None
            else:
                self._unused.append(block)

    def _find(self, tokens: Sequence[int]) -> Holding:
        found = Holding([])
        for index in range((len(tokens) - 1) // BLOCK):
            name = _name(found.names, tokens, index)
            if (block := self._known.get(name)) is None:
                break
            found.blocks.append(block)
            found.names.append(name)
        return found

    def _take_one(self) -> int:
        if self._unused:
            return self._unused.pop()
        block, _ = self._idle.popitem(last=False)
        del self._known[self._names.pop(block)]
        return block


def blocks_for(num_tokens: int) -> int:
    """How many blocks a text of this length needs."""
    return -(-num_tokens // BLOCK)


def _name(names: Sequence[bytes], tokens: Sequence[int], index: int) -> bytes:
    """A digest of block `index` and, by the name before it, of all before."""
    own = array("q", tokens[index * BLOCK : (index + 1) * BLOCK]).tobytes()
    return hashlib.blake2b((names[index - 1] if index else b"") + own, digest_size=32).digest()
