"""The private share is what was asked for, by example and by token, or there is no mix."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.mix import TOLERANCE, Caps, Item, MixRefused, mix

LOOSE = Caps(tenant=1.0, agent=1.0)


def some(num: int, *, tokens: int = 100, spread: int = 90, tenant: str | None = None, agents: int = 50) -> list[Item]:
    """Examples of lengths around `tokens`; private ones come from so many agents."""
    return [
        Item(
            f"{tenant}-{index}",
            tokens - spread + (index * 37) % (2 * spread + 1),
            tenant,
            None if tenant is None else f"agent-{index % agents}",
        )
        for index in range(num)
    ]


@given(
    share=st.sampled_from([0.05, 0.1, 0.2, 0.4, 0.6]),
    num_public=st.integers(400, 1500),
    num_private=st.integers(100, 500),
    tokens=st.integers(100, 140),
)
@settings(max_examples=40, deadline=None)
def test_the_share_comes_out_by_example_and_by_token(
    share: float, num_public: int, num_private: int, tokens: int
) -> None:
    chosen, audit = mix(
        some(num_public, tokens=120, spread=110),
        some(num_private, tokens=tokens, tenant="acme"),
        share=share,
        caps=LOOSE,
        seed=1,
    )
    assert audit.share_of_examples == pytest.approx(share, abs=TOLERANCE)
    assert audit.share_of_tokens == pytest.approx(share, abs=TOLERANCE)
    assert len({one.id for one in chosen}) == len(chosen) == audit.num_private + audit.num_public
    assert sum(one.num_tokens for one in chosen if one.tenant) == audit.private_tokens


def test_longer_private_examples_get_longer_public_ones_beside_them() -> None:
    public, private = some(2000, tokens=200, spread=190), some(100, tokens=330, spread=30, tenant="acme")
    _, audit = mix(public, private, share=0.2, caps=LOOSE, seed=1)
    assert audit.public_tokens / audit.num_public > 300


def test_a_share_that_cannot_be_had_by_token_is_refused() -> None:
    public, private = some(500, tokens=50, spread=10), some(100, tokens=500, tenant="acme")
    with pytest.raises(MixRefused, match=r"of examples and .* of tokens instead of 20\.0%"):
        mix(public, private, share=0.2, caps=LOOSE, seed=1)


def test_too_many_private_examples_are_drawn_from() -> None:
    _, audit = mix(some(400), some(1000, tenant="acme"), share=0.2, caps=LOOSE, seed=1)
    assert (audit.num_private, audit.num_public) == (100, 400)


@pytest.mark.parametrize(("num_public", "num_private"), [(0, 10), (100, 0)])
def test_without_one_of_the_two_there_is_no_share(num_public: int, num_private: int) -> None:
    with pytest.raises(MixRefused, match="cannot make a share of 20%"):
        mix(some(num_public), some(num_private, tenant="acme"), share=0.2, caps=LOOSE, seed=1)


@pytest.mark.parametrize("share", [-0.1, 1.0])
def test_a_share_that_makes_no_sense_is_refused(share: float) -> None:
    with pytest.raises(MixRefused, match="makes no sense"):
        mix(some(10), some(10, tenant="acme"), share=share, caps=LOOSE, seed=1)


def test_no_private_share_is_all_that_is_public() -> None:
    chosen, audit = mix(some(10), some(10, tenant="acme"), share=0.0, caps=LOOSE, seed=1)
    assert chosen == some(10)
    assert audit.share_of_tokens == 0


def test_an_agent_who_corrects_everything_does_not_teach_everything() -> None:
    """250 planted examples of one agent become a twentieth of the set at most."""
    private = [*some(200, tenant="acme"), *[Item(f"planted-{index}", 100, "acme", "mallory") for index in range(250)]]
    chosen, audit = mix(some(3000), private, share=0.2, caps=Caps(agent=0.02), seed=1)
    num_planted = sum(one.agent == "mallory" for one in chosen)
    assert 0 < num_planted <= 0.02 * len(chosen)
    assert audit.largest_agent <= 0.02
    assert audit.num_capped >= 250 - num_planted


def test_a_tenant_has_its_part_and_no_more() -> None:
    private = [*some(400, tenant="large"), *some(40, tenant="small"), *some(40, tenant="other")]
    _, audit = mix(some(3000), private, share=0.2, caps=Caps(tenant=0.1, agent=1.0), seed=1)
    assert audit.largest_tenant <= 0.1


def test_the_same_seed_gives_the_same_mix() -> None:
    arguments = (some(500), some(100, tenant="acme"))
    first, second, other = (mix(*arguments, share=0.2, caps=LOOSE, seed=seed)[0] for seed in (1, 1, 2))
    assert first == second != other
