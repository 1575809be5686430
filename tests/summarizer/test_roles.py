from dataclasses import replace
from pathlib import Path

import pytest

from summarizer import formats
from summarizer.conversation import Conversation, Role
from summarizer.demo import samples
from summarizer.roles import LEAST_SURE, sureness, with_believed_roles, without_unknown_roles
from summarizer.summarize import summarize
from tests.builders import LOST_CARD, a_conversation
from tests.fakes import FakeGenerator

SWAPPED = {Role.AGENT: Role.CUSTOMER, Role.CUSTOMER: Role.AGENT}
CARTE = (
    ("agent", "Bonjour, Contoso banque, en quoi puis-je vous aider ?"),
    ("customer", "Je voudrais une nouvelle carte, ma carte est tombée dans l'eau."),
    ("agent", "Pouvez-vous me donner votre numéro de compte ? Je vérifie votre dossier."),
    ("customer", "Oui, c'est le 55 18. C'est tout, merci."),
)


def _swapped(conversation: Conversation) -> Conversation:
    people = (replace(one, role=SWAPPED.get(one.role, one.role)) for one in conversation.participants)
    return replace(conversation, participants=tuple(people))


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.name)
def test_well_labelled_calls_keep_their_roles_and_swapped_ones_lose_them(path: Path) -> None:
    conversation = formats.read(path.read_bytes())
    assert with_believed_roles(conversation) == conversation
    doubted = with_believed_roles(_swapped(conversation))
    assert not {one.role for one in doubted.participants} & {Role.AGENT, Role.CUSTOMER}


@pytest.mark.parametrize("lines", [LOST_CARD, CARTE], ids=["en", "fr"])
def test_the_score_says_how_sure_the_roles_are(lines: tuple[tuple[str, str], ...]) -> None:
    right = sureness(conversation := a_conversation(lines))
    wrong = sureness(_swapped(conversation))
    assert right is not None
    assert wrong is not None
    assert right > 0.9
    assert wrong < LEAST_SURE


def test_one_side_alone_contradicts_nobody() -> None:
    assert sureness(a_conversation((("customer", "How can I help you? May I have your name?"),))) is None


def test_a_call_that_says_little_keeps_its_roles() -> None:
    conversation = a_conversation((("agent", "Blue."), ("customer", "Green, not blue.")))
    assert with_believed_roles(conversation) == conversation


def test_missing_roles_stay_missing() -> None:
    people = tuple(replace(one, role=Role.UNKNOWN) for one in a_conversation().participants)
    conversation = a_conversation(participants=people)
    assert with_believed_roles(conversation) == conversation


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("The customer's card fell into the water.", "A speaker's card fell into the water."),
        ("Customer asks if the agent can help.", "A speaker asks if a speaker can help."),
        ("The customer service number was given by an agent.", "The customer service number was given by a speaker."),
        ("A travel agent sold the ticket.", "A travel agent sold the ticket."),
    ],
)
def test_a_role_nobody_is_known_to_have_is_a_speaker(text: str, told: str) -> None:
    people = tuple(replace(one, role=Role.UNKNOWN) for one in a_conversation().participants)
    assert without_unknown_roles(text, a_conversation(participants=people)) == told
    assert without_unknown_roles(text, a_conversation()) == text


def test_the_summary_of_a_call_with_swapped_roles_calls_nobody_customer_or_agent() -> None:
    summary = summarize(_swapped(a_conversation()), generate := FakeGenerator())
    assert "Person1: Thank you for calling" in generate.prompts[0]
    assert summary.text == (
        "A speaker's card fell into the water at the terminal. A speaker ordered the replacement card."
    )
