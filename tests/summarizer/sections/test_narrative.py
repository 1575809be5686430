import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.sections.narrative import HEADLINE_WORDS, shortened, within
from summarizer.summary import Aspect, Claim, Evidence

EVIDENCE = (Evidence(0, 0, 1),)
CLAIMS = [
    Claim(Aspect.SUMMARY, "The customer talks of the weather for a while.", EVIDENCE),
    Claim(Aspect.REASON, "The customer's card fell into the water.", EVIDENCE),
    Claim(Aspect.ACTIONS, "The agent ordered a replacement card.", EVIDENCE),
    Claim(Aspect.RESOLUTION, "It arrives in five days.", EVIDENCE),
]


def test_a_short_narrative_keeps_reason_and_resolution_before_all_else() -> None:
    kept = within(CLAIMS, max_words=12)
    assert [claim.aspect for claim in kept] == [Aspect.REASON, Aspect.RESOLUTION]


def test_a_narrative_that_has_room_keeps_everything_in_its_order() -> None:
    assert within(CLAIMS, max_words=100) == CLAIMS


def test_a_single_sentence_that_is_too_long_is_cut_and_says_so() -> None:
    (kept,) = within([Claim(Aspect.REASON, " ".join(["word"] * 50), EVIDENCE)], max_words=10)
    assert kept.text == " ".join(["word"] * 10) + "…"
    assert kept.evidence == EVIDENCE


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("The card is lost.", "The card is lost"),
        (
            "The customer's card fell into the water at the terminal, so that a new one has to be sent at once.",
            "The customer's card fell into the water at the terminal…",
        ),
        (
            "The customer was charged thirty five dollars twice because the payment page hung and was sent again.",
            "The customer was charged thirty five dollars twice…",
        ),
        (
            "Customer: “I have been waiting for my parcel since the third of May and nobody has called me about it”",
            "Customer: “I have been waiting for my parcel since the third of…”",
        ),
    ],
)
def test_a_headline_ends_with_a_clause_where_it_can(text: str, headline: str) -> None:
    assert shortened(text, max_words=HEADLINE_WORDS) == headline


@given(st.text(st.sampled_from("ab ,.“”"), max_size=300), st.integers(10, 40))
def test_no_shortened_text_is_longer_than_asked_for(text: str, max_words: int) -> None:
    assert len(shortened(text, max_words=max_words).split()) <= max_words


@given(st.lists(st.tuples(st.sampled_from(list(Aspect)), st.integers(1, 60)), max_size=12), st.integers(10, 200))
def test_no_narrative_is_longer_than_asked_for_or_empty(spec: list[tuple[Aspect, int]], max_words: int) -> None:
    claims = [Claim(aspect, " ".join(["word"] * length), EVIDENCE) for aspect, length in spec]
    kept = within(claims, max_words=max_words)
    assert sum(len(claim.text.split()) for claim in kept) <= max_words
    assert bool(kept) is bool(claims)
