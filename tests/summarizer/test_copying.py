"""A fact may be written if the source has it, and not otherwise; no true sentence becomes impossible."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.copying import CopyOnly
from summarizer.figures.numbers import numbers
from summarizer.lexicon import has_digit
from summarizer.prompt import LABELS
from summarizer.words import ROLE_WORDS, STOP_WORDS, words

CALL = """Agent: Thank you for calling Delta, this is Anna-Maria O'Brien, how can I help?
Customer: My order A-4471 cost $42.50, I paid two thousand before. My husband Łukasz booked it on May 5th at 3:00 p.m.
Customer: It is jane.doe@example.com, or [PHONE]. maria said the 2-day delivery by DHL from www.example.com is 20% off.
Agent: The tenant is in Saint-Étienne; I will refund 1,250 dollars to the card ending 0042 - COVID-19 or not.
"""
APPEL = """Client : Ma commande n° 4471 coûte 12,50 €, je l'ai payée le 3 mai à quarante euros près.
Conseiller : D'accord, Mme Le Goff-Dupré, l'agence d'Orléans vous rappelle à 14h30.
"""
MASKED = "Customer: I am [NAME], call [PHONE] or [PHONE_2].\n"
CHINESE = "客户：我的订单A-4471还没有到，付了350元。\n"


def written(text: str, source: str, *, strict: bool = False) -> str:
    """What a model that wants to write the text, a letter at a time, comes to write of it before it is refused."""
    copying = CopyOnly(source, labels=LABELS.values(), strict=strict)
    text += "\n"
    refused = next((at for at in range(len(text)) if not copying.accepts(text[:at], text[at])), len(text))
    return text[:refused]


def is_accepted(text: str, source: str, *, strict: bool = False) -> bool:
    return written(text, source, strict=strict) == text + "\n"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (CALL, "Reason: The customer paid $42.50 for A-4471."),
        (CALL, "Follow-up: Maria's address is jane.doe@example.com, [PHONE]."),
        (CALL, "the agent Anna-Maria O'Brien of Delta"),
        (CALL, "Łukasz booked on May 5, at 3 pm (3:00 p.m.)"),
        (CALL, "the 5th of May, 3pm"),
        (CALL, "They paid $2,000 and 2000 and two thousand"),
        (CALL, "a refund of $1,250 or 1250 dollars"),
        (CALL, "card 0042; a 20% discount; 20 percent"),
        (CALL, "2 days, two-day, 2-day by DHL to Saint-Étienne"),
        (CALL, "Booking failed. Delivering it. Refunds are due."),
        (CALL, "The tenant has COVID-19. See www.example.com."),
        (CALL, 'Summary: "The agent," I said. He/she and/or they'),
        (CALL, "Agents and Customers, the Agent's card, and one more"),
        (APPEL, "Le client a payé 12,50 € le 3 mai."),
        (APPEL, "Mme Le Goff-Dupré d'Orléans à 14h30, quarante, 40"),
        (MASKED, "[NAME] has [PHONE_2], not [PHONE]."),
        (CHINESE, "客户的订单A-4471没有到，350元。"),
        ("Customer: It's ４４７１ at Peter’s.", "Peter's 4471"),
        ("Customer: José Nuñez called.", "José Nuñez"),
    ],
)
def test_what_the_source_has_may_be_written(source: str, text: str) -> None:
    assert written(text, source) == text + "\n"


@pytest.mark.parametrize(
    ("source", "text", "up_to"),
    [
        (CALL, "paid $42.49", "paid $42."),
        (CALL, "paid $42 for", "paid $42"),
        (CALL, "paid 50 for", "paid 5"),  # of 42.50
        (CALL, "paid 2.50", "paid 2."),  # the 2 of 2-day and the 50 of 42.50 are no 2.50
        (CALL, "order 4471", "order 4"),  # of A-4471
        (CALL, "order A-447 is", "order A-447"),
        (CALL, "order A-44711", "order A-4471"),
        (CALL, "€20", ""),
        (CALL, "seven days", "seve"),
        (CALL, "ten days", "ten"),
        (CALL, "on June 5", "on Ju"),
        (CALL, "the agent Annabel", "the agent Anna"),
        (CALL, "the agent Mari did", "the agent Mari"),
        (CALL, "john@example.com", "john"),
        (CALL, "jane.doe@example.org", "jane.doe@example."),
        (CALL, "[CARD]", "["),
        (CALL, "example.org", "example."),
        (CALL, "COVID-20", "COVID-"),
        (CALL, "Sorry about that", "So"),
        (CALL, "the US", "the U"),
        (CALL, "Apr. 5", "A"),
        (APPEL, "12,51 €", "12,5"),
        (APPEL, "cinq euros", "cin"),
        (APPEL, "$3", ""),
        (APPEL, "le client Dupond", "le client Dup"),
        (CHINESE, "订单A-4472", "订单A-447"),
        (CHINESE, "付了35元", "付了35"),
        (MASKED, "[PHONE_3]", "[PHONE_"),
        (MASKED, "[NAME_2]", "[NAME"),
        (MASKED, "[PHONE_2 is", "[PHONE_2"),
        (MASKED, "has 2", "has "),
        ("Customer: hello", "a\N{REPLACEMENT CHARACTER}", "a"),
    ],
)
def test_what_the_source_lacks_is_refused_as_soon_as_that_is_certain(source: str, text: str, up_to: str) -> None:
    assert written(text, source) == up_to


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ("The customer booked a delivery.", True),
        ("The agent refunded the ordered delivery, after the customer paid.", True),
        ("They were helping a husband with bookings", True),
        ("The customer is angry.", False),
        ("The agent cancelled the order.", False),
    ],
)
def test_strictly_every_telling_word_is_the_sources_up_to_its_ending(text: str, is_it: bool) -> None:
    assert is_accepted(text, CALL, strict=True) is is_it
    assert is_accepted(text, CALL)


def test_a_token_of_several_words_is_judged_as_its_letters_are() -> None:
    copying = CopyOnly(CALL)
    assert copying.accepts("The customer paid", " $42.50 for A-4471. The")
    assert not copying.accepts("The customer paid", " $42.51 for")
    assert copying.accepts("order A-", "4471\n")
    assert not copying.accepts("order A-", "447\n")


PIECES = [
    "A",
    "a",
    "Mar",
    "ia",
    "1",
    "2",
    "10",
    "00",
    "9",
    ".",
    ",",
    ":",
    "-",
    "'",
    "s",
    "@",
    "$",
    "é",
    "订",
    " ",
    " ",
    "\n",
    "x.de",
]


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join), st.lists(st.sampled_from(PIECES), max_size=40))
def test_whatever_a_model_tries_no_fact_is_made_up(source: str, tried: list[str]) -> None:
    copying = CopyOnly(source)
    text = ""
    for piece in tried:
        text += piece if copying.accepts(text, piece) else ""
    if not copying.accepts(text, "\n"):
        text = text[: max(text.rfind(" "), text.rfind("\n")) + 1]
    said = {word.text.casefold() for word in words(source)}
    for word in words(text):
        if word.is_name or has_digit(word.text):
            of = word.text.casefold()
            assert {of, of.removesuffix("s"), of.removesuffix("'s")} & (said | STOP_WORDS | ROLE_WORDS) or (
                numbers(of) <= numbers(source)
            )


def test_what_is_accepted_whole_was_accepted_all_the_way() -> None:
    copying = CopyOnly(CALL)
    for text in ("$42.50", "A-4471", "jane.doe@example.com", "p.m.", "Saint-Étienne", "[PHONE]"):
        assert copying.accepts("", text)
        assert all(copying.accepts("", text[:end]) for end in range(1, len(text)))


@pytest.mark.parametrize(
    "turn", ["1." * 10_000, "a-" * 10_000, "A1" * 10_000, "a'" * 10_000 + "@", "[A" * 10_000, "1,1" * 7_000]
)
def test_a_hostile_turn_costs_no_more_than_its_length(turn: str) -> None:
    started = time.monotonic()
    copying = CopyOnly(f"{turn}\n" * 15)
    copying.accepts("the ", "9")
    assert time.monotonic() - started < 3
