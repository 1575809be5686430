import pytest

from summarizer.conversation import Conversation
from summarizer.grounding import ground
from summarizer.summary import Aspect, Draft, Statement
from summarizer.verify import support, verified, what_is_said
from summarizer.window import whole
from tests.builders import a_conversation


def _passes(text: str, conversation: Conversation | None = None) -> bool:
    conversation = conversation or a_conversation()
    claims = ground(Draft((Statement(Aspect.REASON, text),)), conversation, whole(conversation))
    return bool(verified(claims, conversation, said=what_is_said(conversation)))


@pytest.mark.parametrize(
    "text",
    [
        "The customer's card fell into the water.",
        "The agent ordered a replacement card that arrives in five business days.",
        "Customer needs a replacement card from Anchor Credit Union.",
    ],
)
def test_a_claim_the_call_supports_passes(text: str) -> None:
    assert _passes(text)


@pytest.mark.parametrize(
    "text",
    [
        "The agent ordered a replacement card that arrives in 7 business days.",
        "The agent ordered two replacement cards.",
        "The replacement card arrives at 10:30.",
    ],
)
def test_a_number_that_nobody_says_fails_the_claim(text: str) -> None:
    assert not _passes(text)


def test_a_number_that_is_said_of_something_else_fails_the_claim() -> None:
    assert not _passes("Something fell into the water at the terminal 5 times.")


@pytest.mark.parametrize(
    "text",
    ["The customer's card fell into the water at Boston.", "Marcel's card fell into the water at the terminal."],
)
def test_a_name_that_nobody_says_fails_the_claim(text: str) -> None:
    assert not _passes(text)


def test_a_claim_without_evidence_fails() -> None:
    assert not _passes("A refund was promised.")


@pytest.mark.parametrize(
    "text",
    ["The customer asked the agent for a card.", "The agent said okay, thanks.", "The agent is Anchor Credit Union."],
)
def test_a_claim_that_says_next_to_nothing_fails(text: str) -> None:
    assert not _passes(text)


def test_a_sentence_that_stutters_fails() -> None:
    assert not _passes("The customer's card card fell into the water.")


def test_a_claim_most_of_whose_words_nobody_says_fails() -> None:
    assert not _passes("The customer complained about a broken card reader and rude staff.")


def test_what_only_the_agent_said_is_not_the_customers() -> None:
    assert not _passes("The customer ordered the replacement, it arrives in 5 business days.")
    assert _passes("The agent ordered the replacement, it arrives in 5 business days.")


def test_without_known_roles_nobody_is_contradicted() -> None:
    conversation = a_conversation((("unknown", "My card fell into the water today."),))
    assert _passes("The customer's card fell into the water.", conversation)


def test_support_is_the_share_of_words_the_evidence_holds() -> None:
    conversation = a_conversation()
    [claim] = ground(Draft((Statement(Aspect.REASON, "card water pizza"),)), conversation, whole(conversation))
    assert support(claim, conversation) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("The customer paid $42.50 for the delivery on Friday.", True),
        ("The customer paid 42.50 dollars for the delivery.", True),
        ("The customer paid €42.50 for the delivery on Friday.", False),
        ("The customer paid $42.50 for the delivery on Monday.", False),
        ("The customer paid for the delivery of order AB4471.", True),
        ("The customer paid for the delivery of order AB-4471.", True),
        ("The customer paid for the delivery of order AB4417.", False),
        ("The customer paid for the delivery at 3 pm on Friday.", False),
    ],
)
def test_a_figure_may_be_said_in_other_words_but_is_no_other_figure(text: str, passes: bool) -> None:
    said = "I paid forty two dollars and fifty cents for the delivery on Friday, order A as in Alpha B 4 4 seven one."
    assert _passes(text, a_conversation((("customer", said),))) is passes
