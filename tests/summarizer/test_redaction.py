import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.conversation import Participant, Role, Turn
from summarizer.redaction import found, is_card, masked, redact, reveals
from summarizer.redaction.labelled import measure
from summarizer.redaction.spans import Kind
from tests.builders import a_conversation

SETS = Path(__file__).parent.parent / "data" / "redaction"
# What each set measures today. `labelled` was written beside the rules. `fresh` and `later` were each written before
# the rules changed for what they showed, and measured 58 % and 76 % recall, 89 % and 97 % precision until then. No
# rule was changed for `heldout`, and none should be: its 89 % is what calls of others may come to.
RECALL = {"labelled": {"NAME": 0.97}, "fresh": {}, "later": {}, "heldout": {"NAME": 0.77, "DOB": 0.75}}
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
        assert masked(f"x {separator.join(number)} y") in ("x [CARD] y", "x [NATIONAL_ID] y")  # some are both


@given(st.lists(st.text(min_size=1), min_size=1, max_size=5))
def test_masking_keeps_the_turns(texts: list[str]) -> None:
    conversation = a_conversation((("customer", "hello"), *(("customer", text) for text in texts)))
    assert len(redact(conversation).turns) == len(conversation.turns)


@pytest.mark.parametrize("name", RECALL)
def test_a_labelled_set_is_masked_as_well_as_it_was(name: str) -> None:
    score, wrong = measure(SETS / f"{name}.jsonl")
    for kind in Kind:
        assert score.recall(kind) >= RECALL[name].get(kind, 1.0), (kind, wrong)
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


@pytest.mark.parametrize(
    "text",
    [
        "I'm Canadian.", "je suis Française.", "Soy Argentina.", "Ich bin Österreicherin.", "I'm British Gas customer.",
        "I'll see you in May, Will.", "my wife said no", "the order for 4 March 1981",
    ],
)  # fmt: skip
def test_words_with_a_capital_that_are_no_names_stay(text: str) -> None:
    assert masked(text) == text


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("Put it under Katherine Oduya.", "Put it under [NAME]."),
        ("This is Jonathan Abernathy, my number has changed.", "This is [NAME], my number has changed."),
        ("my wife Leanne will call", "my wife [NAME] will call"),
        ("c'est au nom de Lefèvre", "c'est au nom de [NAME]"),
        ("mi esposa Rosa", "mi esposa [NAME]"),
        ("meine Tochter Svenja", "meine Tochter [NAME]"),
        ("Joanna speaking.", "[NAME] speaking."),
    ],
)
def test_names_of_others_are_masked_where_they_are_told(text: str, hidden: str) -> None:
    assert masked(text) == hidden


@pytest.mark.parametrize(
    "date",
    [
        "4 March 1981", "March 4th, 1981", "the fourteenth of March nineteen seventy nine", "04/03/1981", "1981-03-04",
        "oh four oh three eighty one", "le douze mai mille neuf cent soixante-huit", "9 de octubre de 1975",
        "dritter Mai neunzehnhundertsechzig", "17.06.1988",
    ],
)  # fmt: skip
def test_a_date_is_a_date_of_birth_only_where_it_was_asked_for(date: str) -> None:
    assert _redacted(("agent", "Your date of birth?"), ("customer", date))[1] == "[DOB]"
    assert _redacted(("agent", "When did it arrive?"), ("customer", date))[1] == date


def _iban(*after: tuple[str, str]) -> list[str]:
    return _redacted(
        ("agent", "Your IBAN, please?"),
        ("customer", "D E eight nine"),
        ("agent", "mm-hm"),
        ("customer", "uh three seven oh four oh oh four four"),
        ("agent", "3704 0044"),
        ("customer", "oh five three two oh one three oh oh oh"),
        *after,
    )


def test_an_iban_dictated_over_turns_vanishes_with_what_the_agent_repeats() -> None:
    assert _iban()[1:] == ["[IBAN]", "mm-hm", "uh [IBAN]", "[IBAN]", "[IBAN]"]


def test_what_is_dictated_for_another_question_is_no_part_of_an_id() -> None:
    assert _iban(("agent", "And the order number?"), ("customer", "eight eight one two"))[-1] == "eight eight one two"


def test_a_national_id_dictated_over_turns_vanishes_however_short_its_pieces() -> None:
    assert _redacted(
        ("agent", "And your social security number?"),
        ("customer", "five one two"),
        ("agent", "512"),
        ("customer", "four four"),
        ("customer", "seven six zero nine"),
        ("agent", "Thanks, that is 500 dollars."),
    )[1:] == ["[NATIONAL_ID]", "[NATIONAL_ID]", "[NATIONAL_ID]", "[NATIONAL_ID]", "Thanks, that is 500 dollars."]


@pytest.mark.parametrize(
    "turn",
    [
        "one two three " * 1400, "1 " * 9_000, "4111 " * 3_900, " " * 19_000 + "1", "1" + "-" * 19_000, "1" * 19_000,
        "a-" * 9_000, "1 street A" + "-A" * 9_000, "flat a " * 2_700, "my wife Ann, " * 1_400, "at dot " * 2_800,
        "code pin 123 " * 1_400, "DE 89 " * 3_000, "born 4 march " * 1_500,
    ],
)  # fmt: skip
def test_time_grows_with_the_text_and_no_faster(turn: str) -> None:
    def seconds(num_turns: int) -> float:
        started = time.process_time()
        found([("customer", turn)] * num_turns)
        return time.process_time() - started

    assert seconds(1) < 2
    assert seconds(4) < 6


def test_spans_behind_a_long_gap_stand_where_they_were_said() -> None:
    text = f"card{' ' * 500}4111 1111 1111 1111{'-' * 90}, mail ann@example.com"
    assert masked(text) == text.replace("4111 1111 1111 1111", "[CARD]").replace("ann@example.com", "[EMAIL]")
