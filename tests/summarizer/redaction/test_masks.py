import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.prompt import parse, render, render_completion
from summarizer.redaction import redact, redacted, reveals
from summarizer.redaction.sealed import restore, restore_text
from summarizer.summary import Aspect, Claim, Draft, Evidence, Statement
from summarizer.verify import failed, what_is_said
from tests.builders import a_conversation

CALL = (
    ("agent", "Anchor Bank, this is Joanna speaking. Who am I speaking with?"),
    ("customer", "Priya Raghunathan. My number is 206-555-0142, my husband's is 415-555-0123."),
    ("agent", "Thank you, Priya. So two oh six, five five five, oh one four two?"),
    ("customer", "Yes, and my card is 4111 1111 1111 1111."),
)


def _texts(*lines: tuple[str, str]) -> list[str]:
    return [turn.text for turn in redact(a_conversation(lines)).turns]


def test_the_second_different_original_of_a_kind_gets_a_number_and_the_same_one_the_same_mask() -> None:
    assert _texts(*CALL) == [
        "Anchor Bank, this is [NAME] speaking. Who am I speaking with?",
        "[NAME_2]. My number is [PHONE], my husband's is [PHONE_2].",
        "Thank you, [NAME_2]. So [PHONE]?",
        "Yes, and my card is [CARD].",
    ]


def test_what_is_never_stored_is_not_numbered_for_nothing_leads_back_from_it() -> None:
    assert _texts(("customer", "One card is 4111 1111 1111 1111 and one is 5555 5555 5555 4444.")) == [
        "One card is [CARD] and one is [CARD]."
    ]


def test_originals_hold_every_place_and_nothing_that_may_not_be_stored() -> None:
    originals = redacted(a_conversation(CALL)).originals
    assert [(one.turn, one.mask, one.text) for one in originals] == [
        (0, "[NAME]", "Joanna"),
        (1, "[NAME_2]", "Priya Raghunathan"),
        (1, "[PHONE]", "206-555-0142"),
        (1, "[PHONE_2]", "415-555-0123"),
        (2, "[NAME_2]", "Priya"),
        (2, "[PHONE]", "two oh six, five five five, oh one four two"),
    ]


def test_a_summary_gets_the_first_writing_of_each_original() -> None:
    originals = redacted(a_conversation(CALL)).originals
    text = "[NAME_2] gave [PHONE], [CARD] and [PHONE_9]."
    assert restore_text(text, originals) == "Priya Raghunathan gave 206-555-0142, [CARD] and [PHONE_9]."


PIECES = [
    "my name is Ann Lee", "call me at 206-555-0142", "[PHONE]", "[NAME_2]", "x@example.com", "born on 4 March 1981,",
    "ok", "I live at 7 Elm Street", "Ann", " ", "or 415-555-0123",
]  # fmt: skip


@given(st.lists(st.lists(st.sampled_from(PIECES), min_size=1, max_size=4).map(" so ".join), min_size=1, max_size=5))
def test_restoring_is_the_inverse_of_masking(texts: list[str]) -> None:
    conversation = a_conversation((("customer", "hello"), *(("agent", text) for text in texts)))
    done = redacted(conversation)
    assert restore(done.conversation, done.originals) == conversation


@given(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6).map(" so ".join))
def test_masking_twice_changes_nothing(text: str) -> None:
    once = redact(a_conversation((("customer", "hello"), ("agent", text))))
    assert [turn.text for turn in redact(once).turns] == [turn.text for turn in once.turns]


def test_prompts_drafts_and_checks_keep_numbered_masks() -> None:
    masked = redact(a_conversation(CALL))
    draft = Draft((Statement(Aspect.REASON, "The customer gave [PHONE] and [PHONE_2]."),))
    assert parse(render_completion(draft)) == draft
    assert "my husband's is [PHONE_2]." in render(masked)
    said = what_is_said(masked)
    evidence = (Evidence(0, 0, len(masked.turns[0].text)),)
    for mask, is_known in (("[PHONE]", True), ("[PHONE_2]", True), ("[PHONE_3]", False), ("[EMAIL]", False)):
        claim = Claim(Aspect.REASON, f"The customer gave {mask} as a number to ring.", evidence)
        assert ("names" not in failed(claim, masked, said=said)) is is_known


@pytest.mark.parametrize(
    "text",
    [
        "The customer's e-mail is ann@example.com.",
        "The agent will call 206-555-0142.",
        "The card is 4111 1111 1111 1111.",
        "The IBAN is DE89 3704 0044 0532 0130 00.",
    ],
)
def test_a_generated_text_that_holds_what_nobody_says_reveals_it(text: str) -> None:
    assert reveals(text, a_conversation())


def test_a_number_that_the_conversation_calls_something_else_is_no_phone_in_a_summary() -> None:
    said = a_conversation((("customer", "My order is 206-555-0142."),))
    assert redact(said) == said
    assert not reveals("The customer asks about 206-555-0142.", said)


def test_a_phone_number_behind_a_word_that_is_a_country_is_no_account() -> None:
    text = "call me at 206-555-0142 so ok so Ann so I live at 7 Elm Street"
    assert redact(a_conversation((("customer", text),))).turns[0].text.startswith("call me at [PHONE] so ok")
