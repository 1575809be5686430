"""Built summaries copy; they do not invent."""

import re
from typing import Any

import pytest

from summarizer.conversation import Conversation, Participant, Role, Turn
from summarizer.prompt import parse, render_completion
from summarizer.summary import Aspect
from summarizer.verify import unsaid, what_is_said
from tests.training.models import records
from training.dataset import conversation_of
from training.targets import MAX_STATEMENTS, build_target

#: Words a rule may add: who said it, how, and the third person.
GLUE = set(
    (
        "the customer customer's agent agent's their they them themselves theirs asked wanted told said that if to for "
        "could also and offered would like confirm is are has does was were not will wants needs hopes tries"
    ).split()
)


def a_call(*lines: str) -> Conversation:
    """Turns written as "A: text" and "C: text"."""
    people = (Participant("A", Role.AGENT), Participant("C", Role.CUSTOMER))
    return Conversation(tuple(Turn(line[0], line[3:]) for line in lines), people)


@pytest.mark.parametrize("record", records(), ids=lambda record: record["id"])
def test_a_built_target_has_only_words_and_numbers_of_its_conversation(record: dict[str, Any]) -> None:
    conversation = conversation_of(record)
    assert conversation is not None
    draft = build_target(conversation)
    said = " ".join(turn.text for turn in conversation.turns)
    known = {_stem(word) for word in _words(said)} | {_stem(word) for word in GLUE}
    for statement in draft.statements if draft else ():
        assert {_stem(word) for word in _words(statement.text)} <= known
        assert not unsaid(statement.text, what_is_said(conversation))


def test_most_conversations_get_a_target() -> None:
    conversations = [conversation_of(record) for record in records() if record["id"].startswith(("star", "sgd"))]
    assert sum(build_target(one) is not None for one in conversations if one) >= 7


@pytest.mark.parametrize("record", records(), ids=lambda record: record["id"])
def test_a_built_target_survives_being_written_and_read(record: dict[str, Any]) -> None:
    conversation = conversation_of(record)
    assert conversation is not None
    draft = build_target(conversation)
    assert draft is None or parse(render_completion(draft)) == draft


def test_a_call_is_told_as_reason_actions_resolution_and_follow_up() -> None:
    draft = build_target(
        a_call(
            "A: Thank you for calling, how can I help you?",
            "C: Hi, I would like to book a room at the Old Town Inn, please.",
            "A: May I have your name, please?",
            "C: Angela.",
            "A: Your room has been booked at the Old Town Inn.",
            "A: We will send you an email with the details.",
        )
    )
    assert draft is not None
    assert [(one.aspect, one.text) for one in draft.statements] == [
        (Aspect.REASON, "The customer would like to book a room at the Old Town Inn."),
        (Aspect.ACTIONS, "The agent asked for the customer's name."),
        (Aspect.RESOLUTION, "The customer's room has been booked at the Old Town Inn."),
        (Aspect.FOLLOW_UPS, "The agent will send the customer an email with the details."),
    ]


def test_what_could_not_be_done_is_the_resolution() -> None:
    draft = build_target(
        a_call("C: Can you cancel my ticket to Pittsburgh?", "A: I am unable to cancel tickets from this system.")
    )
    assert draft is not None
    assert draft.statements[-1].aspect is Aspect.RESOLUTION
    assert draft.statements[-1].text == "The agent is unable to cancel tickets from this system."


def test_small_talk_has_no_target() -> None:
    assert build_target(a_call("A: Hello, how can I help you?", "C: Hi there.", "A: Have a nice day.")) is None


def test_the_same_conversation_is_always_worded_alike() -> None:
    call = a_call("C: Please find me a flight to Rome.", "A: I found a flight to Rome for 80 dollars.")
    assert build_target(call) == build_target(call)


def test_a_target_is_short() -> None:
    drafts = [build_target(one) for record in records() if (one := conversation_of(record))]
    assert all(len(draft.statements) <= MAX_STATEMENTS + 1 for draft in drafts if draft)


def _words(text: str) -> list[str]:
    return re.findall(r"[\w'-]+", text.replace("’", "'"))


def _stem(word: str) -> str:
    """Verbs change their ending with their subject; contractions are written out."""
    return re.sub(r"(?:'\w+|ies|es|s|y|e)$", "", word.lower().strip("'-"))
