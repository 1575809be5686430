"""Private examples beside public ones in the share that was asked for, counted by example and by token.

    cap what one tenant and one agent may contribute ─▶ count ─▶ draw public examples ─▶ audit, or refuse

Public examples are drawn so that their mean length is that of the private ones: only then can both counts come out
right. Caps keep a few people from teaching the model what they like: 250 documents are enough to poison one
(Souly et al. 2025, https://arxiv.org/abs/2510.07192).
"""

import math
import random
from collections import Counter
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass

TOLERANCE = 0.02  # of a share that is still as asked for
FEWER = (1.0, 0.9, 0.75, 0.6, 0.45, 0.3)
STEPS = 60  # of the search for the right mean length


@dataclass(frozen=True, slots=True)
class Item:
    """One example as the mix sees it; private ones name the tenant and the agent they come from."""

    id: str
    num_tokens: int
    tenant: str | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caps:
    """How much of the whole set may come from one tenant, and from one agent."""

    tenant: float = 1.0
    agent: float = 0.05


@dataclass(frozen=True, slots=True)
class Audit:
    """What the mix came to; it goes into the model's card."""

    asked: float
    num_private: int
    num_public: int
    private_tokens: int
    public_tokens: int
    num_capped: int  #: private examples left out, since their tenant or agent already had its part
    largest_tenant: float  #: share of the whole set
    largest_agent: float

    @property
    def share_of_examples(self) -> float:
        """Private ones among all."""
        return self.num_private / max(self.num_private + self.num_public, 1)

    @property
    def share_of_tokens(self) -> float:
        """The same by length."""
        return self.private_tokens / max(self.private_tokens + self.public_tokens, 1)

    def is_within(self, tolerance: float) -> bool:
        """Whether both counts are as asked for."""
        found = (self.share_of_examples, self.share_of_tokens)
        return all(abs(one - self.asked) <= tolerance for one in found)


class MixRefused(ValueError):
    """The share that was asked for cannot be had from these examples."""


def mix(
    public: Sequence[Item],
    private: Sequence[Item],
    *,
    share: float,
    caps: Caps,
    seed: int,
    tolerance: float = TOLERANCE,
) -> tuple[list[Item], Audit]:
    """The examples to train on, in any order, and the audit; raises MixRefused."""
    if not 0 <= share < 1:
        raise MixRefused(f"a private share of {share} makes no sense: it lies between 0 and 1")
    rng = random.Random(seed)
    if share == 0:
        return list(public), _audit(public, [], share=share, num_capped=0)
    kept = _capped(private, share=share, caps=caps, rng=rng)
    num_capped = len(private) - len(kept)
    most = math.floor(len(public) * share / (1 - share))  # private examples that there are public ones for
    kept = rng.sample(kept, min(len(kept), most))
    if not kept:
        raise MixRefused(f"{len(private)} private and {len(public)} public examples cannot make a share of {share:.0%}")
    for fewer in FEWER:  # private examples: the more public ones are left to choose from, the closer their mean can be
        some = kept[: max(round(fewer * len(kept)), 1)]
        mean = sum(one.num_tokens for one in some) / len(some)
        drawn = _drawn(public, round(len(some) * (1 - share) / share), mean=mean, rng=random.Random(seed))
        audit = _audit(drawn, some, share=share, num_capped=num_capped)
        if audit.is_within(tolerance):
            return [*some, *drawn], audit
    raise MixRefused(
        f"the private share would be {audit.share_of_examples:.1%} of examples and {audit.share_of_tokens:.1%} of "
        f"tokens instead of {share:.1%}"
    )


def _capped(private: Sequence[Item], *, share: float, caps: Caps, rng: random.Random) -> list[Item]:
    """As many as leave nobody with more than his part of the whole set, which shrinks with what is left out."""
    kept = rng.sample(list(private), len(private))
    while True:
        whole = len(kept) / share
        fewer = _first_of_each(kept, lambda one: one.tenant, most=int(caps.tenant * whole))
        fewer = _first_of_each(fewer, lambda one: (one.tenant, one.agent), most=int(caps.agent * whole))
        if len(fewer) == len(kept):
            return kept
        kept = fewer


def _first_of_each(items: Sequence[Item], of: Callable[[Item], Hashable], *, most: int) -> list[Item]:
    seen: Counter[Hashable] = Counter()
    kept = []
    for one in items:
        seen[of(one)] += 1
        if seen[of(one)] <= most:
            kept.append(one)
    return kept


def _drawn(items: Sequence[Item], num: int, *, mean: float, rng: random.Random) -> list[Item]:
    """`num` of them with about this mean length, otherwise by chance.

    Each has a random key (Gumbel), tilted by its length; the tilt is searched for that gives the mean.
    """
    if num >= len(items):
        return list(items)
    scale = max(one.num_tokens for one in items)
    noise = [-math.log(-math.log(rng.random() or 0.5)) for _ in items]

    def drawn(tilt: float) -> list[Item]:
        keys = [tilt * one.num_tokens / scale + chance for one, chance in zip(items, noise, strict=True)]
        best = sorted(range(len(items)), key=keys.__getitem__, reverse=True)[:num]
        return [items[index] for index in best]

    low, high = -1000.0, 1000.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        if sum(one.num_tokens for one in drawn(middle)) < mean * num:
            low = middle
        else:
            high = middle
    return min(drawn(low), drawn(high), key=lambda some: abs(sum(one.num_tokens for one in some) - mean * num))


def _audit(public: Sequence[Item], private: Sequence[Item], *, share: float, num_capped: int) -> Audit:
    whole = max(len(public) + len(private), 1)
    tenants = Counter(one.tenant for one in private)
    agents = Counter((one.tenant, one.agent) for one in private)
    return Audit(
        asked=share,
        num_private=len(private),
        num_public=len(public),
        private_tokens=sum(one.num_tokens for one in private),
        public_tokens=sum(one.num_tokens for one in public),
        num_capped=num_capped,
        largest_tenant=max(tenants.values(), default=0) / whole,
        largest_agent=max(agents.values(), default=0) / whole,
    )
