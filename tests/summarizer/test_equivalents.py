import json
from pathlib import Path

import pytest

from summarizer.equivalents import equivalents, notes_language, share_said
from summarizer.grounding import ground
from summarizer.summary import Aspect, Draft, Statement
from summarizer.verify import MIN_SUPPORT, verified, what_is_said
from summarizer.window import whole
from tests.builders import a_conversation

# Written by us, with the bilingual list at hand: one true and one false claim, in the other language, of what is said.
PAIRS = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data/across/pairs.jsonl").read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair["true"][:40])
def test_a_claim_in_the_other_language_is_held_by_what_its_words_mean(pair: dict[str, str]) -> None:
    assert share_said(pair["true"], [pair["said"]], language=pair["language"]) >= MIN_SUPPORT
    assert share_said(pair["false"], [pair["said"]], language=pair["language"]) < MIN_SUPPORT


@pytest.mark.parametrize(
    ("text", "language", "written"),
    [
        ("The customer wants a refund.", "fr-CA", "en"),
        ("Le client veut un remboursement.", "en", "fr"),
        ("Le client veut un remboursement.", "fr-CA", "fr-CA"),
        ("The customer wants a refund.", "de", "de"),  # no list for the pair
        ("The customer wants a refund.", None, None),
        ("Internet 300", "fr", "fr"),
    ],
)
def test_a_claim_is_in_the_calls_language_unless_its_words_are_of_one_we_translate(
    text: str, language: str | None, written: str | None
) -> None:
    assert notes_language(text, language=language) == written


def test_a_pair_without_a_list_holds_by_names_and_numbers_alone() -> None:
    said = ["Ich habe am Montag bei Orion ein Paket für 300 Euro bestellt."]
    assert share_said("The customer ordered a parcel from Orion on Monday.", said, language="de") < MIN_SUPPORT


def test_a_decimal_is_written_the_other_way() -> None:
    [equal] = equivalents("4.5", language="fr") or [frozenset()]
    assert equal == {"4.5"}
    assert "4,5" in {one for each in equivalents("The rating is 4.5 of the shop", language="fr") for one in each}


LINES = (
    ("agent", "Bonjour, société Orion, que puis-je faire pour vous ?"),
    ("customer", "Ma carte bancaire a été volée hier à Lyon et je voudrais la bloquer."),
    ("agent", "Je bloque la carte et la nouvelle arrive dans 5 jours à votre adresse."),
)


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("The customer's bank card was stolen in Lyon yesterday.", True),
        ("The agent blocked the card and the new one arrives in 5 days.", True),
        ("The agent blocked the card and the new one arrives in 7 days.", False),
        ("The customer's bank card was stolen in Paris yesterday.", False),
        ("The customer complained about the noise in the hotel.", False),
        ("La carte du client a été volée hier à Lyon.", True),
        ("Cependant, la carte bancaire a été volée.", True),
        ("La carte du client a été volée hier à Paris.", False),
    ],
)
def test_numbers_and_names_hold_across_languages_too(text: str, passes: bool) -> None:
    conversation = a_conversation(LINES, language="fr")
    claims = ground(Draft((Statement(Aspect.REASON, text),)), conversation, whole(conversation))
    assert bool(verified(claims, conversation, said=what_is_said(conversation))) is passes
