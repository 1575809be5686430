from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.conversation import Participant, Role, Turn
from summarizer.redaction import is_card, masked, redact, reveals
from summarizer.redaction.labelled import measure
from tests.builders import a_conversation

LABELLED = Path(__file__).parent.parent / "data" / "redaction" / "labelled.jsonl"
# What the set measured when it was made; it was written beside the rules, so calls of others will score less.
RECALL = {
    "EMAIL": 1.0, "IBAN": 1.0, "NATIONAL_ID": 1.0, "CARD": 1.0, "CVV": 1.0, "PHONE": 1.0, "ADDRESS": 1.0, "NAME": 0.93,
}  # fmt: skip
PRECISION = 1.0


@pytest.mark.parametrize(
    "number",
    ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "3782 822463 10005", "6011.1111.1111.1117"],
)
def test_a_card_number_is_masked_in_any_writing(number: str) -> None:
    assert masked(f"it is {number}, thanks") == "it is [CARD], thanks"


@pytest.mark.parametrize(
    "text", ["order 1234567890123456", "the 800-555-0199 line", "it costs 1,200.50", "0000000000000000"]
)
def test_what_is_no_card_number_stays(text: str) -> None:
    assert masked(text) == text


def test_an_iban_and_an_address_are_masked() -> None:
    assert masked("GB82 WEST 1234 5698 7654 32 or ann.b+c@mail.example.org") == "[IBAN] or [EMAIL]"


@given(st.text(alphabet="0123456789", min_size=12, max_size=18), st.sampled_from(["", " ", "-"]))
def test_whatever_passes_the_luhn_check_never_stays(body: str, separator: str) -> None:
    number = next(body + digit for digit in "0123456789" if is_card(body + digit) or len(set(body)) == 1)
    if is_card(number):
        assert masked(f"x {separator.join(number)} y") == "x [CARD] y"


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_masking_keeps_the_turns(texts: list[str]) -> None:
    conversation = a_conversation((("customer", "hello"), *(("customer", text) for text in texts)))
    assert len(redact(conversation).turns) == len(conversation.turns)


@pytest.mark.parametrize("kind", RECALL)
def test_the_labelled_set_is_masked_as_well_as_it_was(kind: str) -> None:
    score, wrong = measure(LABELLED)
    assert score.recall(kind) >= RECALL[kind], wrong
    assert score.precision() >= PRECISION, wrong


def _redacted(*lines: tuple[str, str]) -> list[str]:
    return [turn.text for turn in redact(a_conversation(lines)).turns]


def test_a_card_and_its_code_vanish_from_every_turn_they_are_split_over() -> None:
    assert _redacted(
        ("customer", "4111 1111"),
        ("agent", "4111 1111, go on"),
        ("customer", "and then one one one one, double one 11"),
        ("agent", "And the security code?"),
        ("customer", "one two three"),
        ("agent", "123, thank you. That makes 150 dollars."),
    ) == [
        "[CARD]",
        "[CARD], go on",
        "and then [CARD]",
        "And the security code?",
        "[CVV]",
        "[CVV], thank you. That makes 150 dollars.",
    ]


def test_the_same_digits_are_an_order_where_an_order_was_asked_for() -> None:
    digits = "two oh six five five five oh one four two"
    assert _redacted(("agent", "What is your order number?"), ("customer", digits))[1] == digits
    assert _redacted(("agent", "What is your phone number?"), ("customer", digits))[1] == "[PHONE]"


def test_names_that_the_platform_shows_are_masked_and_not_stored() -> None:
    people = (Participant("1", Role.AGENT, "Maria Lopez"), Participant("2", Role.CUSTOMER, "Customer"))
    turns = (Turn("2", "Is that Maria? I am the customer."), Turn("1", "Yes, Lopez is my last name."))
    hidden = redact(a_conversation(turns=turns, participants=people))
    assert [turn.text for turn in hidden.turns] == [
        "Is that [NAME]? I am the customer.",
        "Yes, [NAME] is my last name.",
    ]
    assert [one.name for one in hidden.participants] == [None, None]


def test_a_toll_free_number_belongs_to_a_company_and_stays() -> None:
    assert masked("Call us at 800-555-0199 or my cell 206-555-0142") == "Call us at 800-555-0199 or my cell [PHONE]"


@pytest.mark.parametrize(
    "text", ["paid with 4111 1111 1111 1111", "the CVV is 123", "to DE89370400440532013000", "her SSN is 078-05-1120"]
)
def test_what_may_never_be_stored_is_recognized_in_a_claim(text: str) -> None:
    assert reveals(text)
    assert not reveals(masked(text))


def test_masks_are_not_masked_again() -> None:
    once = masked("My name is Jane Doe, card 4111 1111 1111 1111, mail jane@example.com, I live at 7 Elm Street.")
    assert masked(once) == once == "My name is [NAME], card [CARD], mail [EMAIL], I live at [ADDRESS]."
