import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.redaction import is_card, masked, redact
from tests.builders import a_conversation


@pytest.mark.parametrize(
    "number",
    ["4111111111111111", "4111 1111 1111 1111", "4111-1111-1111-1111", "3782 822463 10005", "6011.1111.1111.1117"],
)
def test_a_card_number_is_masked_in_any_writing(number: str) -> None:
    assert masked(f"it is {number}, thanks") == "it is [CARD], thanks"


@pytest.mark.parametrize(
    "text", ["order 1234567890123456", "call 206-555-0100", "it costs 1,200.50", "0000000000000000"]
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
