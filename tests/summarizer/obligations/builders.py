"""Calls in which somebody owes something."""

from summarizer.conversation import Conversation, Participant, Role, Turn

PEOPLE = (Participant("a", Role.AGENT), Participant("c", Role.CUSTOMER))


def a_call(*turns: str) -> Conversation:
    """Turns as `a: I will check.`"""
    return Conversation(tuple(Turn(one[0], one[3:]) for one in turns), PEOPLE)


FORM_SENT = a_call(
    "c: My suitcase never arrived and I need to make a claim.",
    "a: I'm sorry to hear that. I will send you the claim form by email today.",
    "c: Thank you.",
    "a: And our baggage team will get back to you within five days.",
)
FORM_ASKED = a_call(
    "c: My suitcase never arrived, what do I do?",
    "a: Please send us the claim form with your booking number.",
    "c: Okay, I'll call you back tomorrow when I have found it.",
)
