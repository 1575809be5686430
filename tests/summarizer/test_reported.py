import pytest

from summarizer.conversation import Conversation, Participant, Turn
from summarizer.reported import is_as_said, spoken_by
from summarizer.summary import Aspect, Claim
from tests.builders import a_conversation

FRIENDS = Conversation(
    (
        Turn("a", "How was your summer trip to the lake?"),
        Turn("b", "It rained all week. I lost my job today, and I can only spare twenty dollars."),
        Turn("a", "There is a girl I know in the office. Is she free to help you?"),
    ),
    (Participant("a"), Participant("b")),
)


def _holds(text: str, conversation: Conversation) -> bool:
    return is_as_said(Claim(Aspect.SUMMARY, text, ()), spoken_by(conversation), language="en")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Person1 asked: How was your summer trip to the lake?", True),
        ("Person2 asked: How was your summer trip to the lake?", False),
        ("Person2 lost their job today.", True),
        ("Person1 lost their job today.", False),
        ("Person1 told Person2 that they can only spare twenty dollars.", False),
        ("Person2 asked: Did it rain all week?", False),
        ("Person1 asked: Is the girl free to help?", True),
        ("Person1 told Person2 that there is a girl Person1 knows and they lost their job.", False),
        ("It rained all week.", True),
    ],
)
def test_words_stay_in_the_mouth_they_came_from(text: str, expected: bool) -> None:
    assert _holds(text, FRIENDS) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The customer said that their card fell into the water at the terminal.", True),
        ("The agent said that the card fell into the water at the terminal.", False),
        ("The agent told the customer that the replacement card arrives in 5 business days.", True),
        ("The customer told the agent that the replacement card arrives in 5 business days.", False),
        ("The agent told the customer that the water at the terminal arrives in 5 business days.", False),
        ("The agent ordered the card that fell into the water.", True),
    ],
)
def test_of_roles_only_what_they_are_said_to_have_said_is_looked_at(text: str, expected: bool) -> None:
    assert _holds(text, a_conversation()) is expected
