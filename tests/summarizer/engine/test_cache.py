"""Memory is bounded, given back, and known by what it holds."""

from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.engine.cache import BLOCK, Cache, Holding


def a_text(num_tokens: int, *, start: int = 0) -> list[int]:
    return list(range(start, start + num_tokens))


def take(cache: Cache, tokens: list[int], *, more: int = 0) -> Holding:
    holding = cache.take(tokens, num_tokens=len(tokens) + more)
    assert holding is not None
    return holding


def test_no_more_is_handed_out_than_there_is() -> None:
    cache = Cache(3)
    take(cache, a_text(BLOCK + 1))
    assert cache.num_free == 1
    assert cache.take(a_text(2 * BLOCK, start=900), num_tokens=2 * BLOCK) is None
    assert cache.can_ever_hold(3 * BLOCK)
    assert not cache.can_ever_hold(3 * BLOCK + 1)


def test_what_is_freed_can_be_taken_again() -> None:
    cache = Cache(2)
    first = take(cache, a_text(2 * BLOCK))
    cache.free(first)
    assert sorted(take(cache, a_text(2 * BLOCK, start=900)).blocks) == sorted(first.blocks)


def test_the_same_beginning_is_found_in_memory() -> None:
    cache = Cache(8)
    text = a_text(2 * BLOCK + 10)
    first = take(cache, text)
    cache.remember(first, text)
    while_held = take(cache, [*text[: 2 * BLOCK], 7, 7])
    cache.free(first)
    afterwards = take(cache, text)
    for holding in (while_held, afterwards):
        assert holding.blocks[:2] == first.blocks[:2]
        assert holding.num_known == 2 * BLOCK
    assert cache.num_found == 4 * BLOCK


def test_another_beginning_is_not_mistaken_for_it() -> None:
    cache = Cache(8)
    text = a_text(2 * BLOCK)
    cache.remember(take(cache, text), text)
    assert take(cache, [9, *text[1:], 5]).num_known == 0
    assert take(cache, [*text[:BLOCK], 9, *text[BLOCK + 1 :], 5]).num_known == BLOCK


def test_the_last_token_is_always_run() -> None:
    cache = Cache(4)
    text = a_text(BLOCK)
    cache.remember(take(cache, text), text)
    assert take(cache, text).num_known == 0
    assert take(cache, [*text, 5]).num_known == BLOCK


def test_the_oldest_memory_is_given_up_first_and_the_end_of_a_text_before_its_beginning() -> None:
    cache = Cache(4)
    for start in (0, 1000):
        text = a_text(2 * BLOCK, start=start)
        holding = take(cache, text)
        cache.remember(holding, text)
        cache.free(holding)
    cache.free(take(cache, a_text(5, start=5000)))
    known = [cache.take([*a_text(2 * BLOCK, start=start), 5], num_tokens=1) for start in (0, 1000)]
    assert [holding and holding.num_known for holding in known] == [BLOCK, 2 * BLOCK]


def test_blocks_that_are_known_and_free_are_not_counted_twice() -> None:
    cache = Cache(2)
    text = a_text(2 * BLOCK)
    holding = take(cache, text)
    cache.remember(holding, text)
    cache.free(holding)
    assert cache.take([*text, 5], num_tokens=3 * BLOCK) is None
    assert cache.num_free == 2


@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 200), st.integers(0, 100)), max_size=30), st.data())
@settings(max_examples=60, deadline=None)
def test_a_block_is_never_written_by_two(texts: list[tuple[int, int, int]], data: st.DataObject) -> None:
    cache = Cache(8)
    held: list[Holding] = []
    for start, length, more in texts:
        text = a_text(length, start=start)
        if holding := cache.take(text, num_tokens=length + more):
            own = holding.blocks[holding.num_known // BLOCK :]
            assert not any(set(own) & set(other.blocks) for other in held)
            cache.remember(holding, text)
            held.append(holding)
        if held and data.draw(st.booleans()):
            cache.free(held.pop(data.draw(st.integers(0, len(held) - 1))))
    for holding in held:
        cache.free(holding)
    assert cache.num_free == 8
