from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.evidence import quoted
from summarizer.grounding import MAX_EVIDENCE, ground
from summarizer.summary import Aspect, Draft, Statement
from summarizer.window import whole
from tests.builders import LOST_CARD, a_conversation

some_words = st.lists(st.sampled_from(" ".join(text for _, text in LOST_CARD).split()), min_size=1, max_size=12)


def _grounded(text: str) -> list[str]:
    conversation = a_conversation()
    [claim] = ground(Draft((Statement(Aspect.REASON, text),)), conversation, whole(conversation))
    return [quoted(one, conversation) for one in claim.evidence]


def test_a_statement_points_at_the_sentence_that_says_it() -> None:
    assert _grounded("The card arrives in 5 business days.") == [
        "I have ordered the replacement card and it arrives in 5 business days."
    ]


def test_a_statement_of_two_turns_points_at_both_in_order() -> None:
    quotes = _grounded("The card fell into the water and a replacement was ordered.")
    assert [quote[:7] for quote in quotes] == ["My card", "I have "]


def test_a_statement_whose_words_nobody_says_has_no_evidence() -> None:
    assert _grounded("A refund was promised.") == []


@given(some_words)
@settings(deadline=None)
def test_every_piece_of_evidence_is_a_range_of_an_existing_turn(chosen: list[str]) -> None:
    conversation = a_conversation()
    [claim] = ground(Draft((Statement(Aspect.REASON, " ".join(chosen)),)), conversation, whole(conversation))
    assert len(claim.evidence) <= MAX_EVIDENCE
    for one in claim.evidence:
        assert 0 <= one.start < one.end <= len(conversation.turns[one.turn].text)
        assert quoted(one, conversation).strip()
