"""Something valid, in which a test changes the one thing that matters."""

from typing import Any

from summarizer.conversation import Channel, Conversation, Participant, Role, Turn

LOST_CARD = (
    ("agent", "Thank you for calling Anchor Credit Union, how can I help you?"),
    ("customer", "My card fell into the water at the terminal and I need a replacement card."),
    ("agent", "Not a problem. I have ordered the replacement card and it arrives in 5 business days."),
    ("customer", "Thanks, that is all I need."),
)


def a_conversation(lines: tuple[tuple[str, str], ...] = LOST_CARD, **changes: Any) -> Conversation:
    """A call of an agent and a customer; `lines` are role and text."""
    roles = dict.fromkeys(role for role, _ in lines)
    values: dict[str, Any] = {
        "turns": tuple(Turn(role, text) for role, text in lines),
        "participants": tuple(Participant(role, Role(role)) for role in roles),
        "channel": Channel.VOICE,
        "language": "en",
        "external_id": "call-1",
    }
    return Conversation(**{**values, **changes})


def a_body(**changes: Any) -> dict[str, Any]:
    """The same call as a canonical body."""
    body: dict[str, Any] = {
        "external_id": "call-1",
        "channel": "voice",
        "language": "en",
        "participants": [{"id": "agent", "role": "agent"}, {"id": "customer", "role": "customer"}],
        "turns": [{"participant": role, "text": text} for role, text in LOST_CARD],
    }
    return {**body, **changes}
