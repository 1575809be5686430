"""Whose job is taken next: the more of a tenant's jobs wait, the later its next one is taken.

A level is a priority of the queue: a worker takes nothing of a level while something waits at one before it. So a
tenant with few jobs never waits behind another's many. What is rung for at a late level is not forgotten: the sweeper
rings again for what nobody took, by its place among those that still wait.
"""

from summarizer.kinds import Kind

LEVELS = range(10)  #: 0 is taken first
NUM_FIRST = 4  # jobs of a tenant at the first level
GROWTH = 4  # so many times as many before each level after it
LAST_LIVE, FIRST_LATER, LAST_LATER = 7, 8, 9
NUM_FIRST_LATER = 256  # of a tenant's backfill; more wait for those of others
MOST_COUNTED = NUM_FIRST * GROWTH ** (LAST_LIVE - 1)  #: with so many before it, a job is at the last level


def level(kind: Kind, num_before: int) -> int:
    """The level of a job before which so many of its tenant and kind wait; a backfill is after all that is live."""
    if kind is Kind.BACKFILL:
        return FIRST_LATER if num_before < NUM_FIRST_LATER else LAST_LATER
    bounds = (NUM_FIRST * GROWTH**step for step in range(LAST_LIVE))
    return next((at for at, bound in enumerate(bounds) if num_before < bound), LAST_LIVE)
