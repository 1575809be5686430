import pytest

from summarizer.conversation import Role
from summarizer.obligations.obligation import Mood
from summarizer.obligations.said import obligations, promises
from tests.summarizer.obligations.builders import FORM_SENT, a_call


@pytest.mark.parametrize(
    "said",
    [
        "I will send you the form.",
        "We'll get back to you on Monday.",
        "You will receive a confirmation.",
        "You should hear from our claims team.",
        "I’m going to email you the invoice.",
        "Your money will be refunded.",
        "A technician will call you.",
        "I'll look into it and let you know.",
        "We'll be sure to pass your feedback on.",
        "I'll drop you a line.",
    ],
)
def test_a_promise_of_the_agent_is_the_agents(said: str) -> None:
    assert [one.owner for one in promises(a_call(f"a: {said}"))][:1] == [Role.AGENT]


@pytest.mark.parametrize(
    "said",
    [
        "I'll be happy to help.",
        "I will check.",
        "We'll see what we can do.",
        "We will not refund you.",
        "I'll never call you again.",
        "Please send us the form.",
        "I can send you a new one.",
        "You will need to call the bank.",
        "Will you send us the form?",
        "I have sent you the form.",
        "We won't be sending it.",
    ],
)
def test_small_talk_refusals_offers_and_requests_are_no_promises(said: str) -> None:
    assert promises(a_call(f"a: {said}")) == []


@pytest.mark.parametrize(
    "asked",
    ["Please send us the form.", "Could you send me the form?", "You have to send the form.", "Send us the form."],
)
def test_who_is_asked_owes(asked: str) -> None:
    assert {one.owner for one in obligations(a_call(f"a: {asked}"))} == {Role.CUSTOMER}
    assert {one.owner for one in obligations(a_call(f"c: {asked}"))} == {Role.AGENT}


def test_what_is_agreed_to_is_as_good_as_offered() -> None:
    found = obligations(a_call("c: Could you call me tomorrow?", "a: Sure, no problem."))
    assert [(one.owner, one.mood) for one in found] == [(Role.AGENT, Mood.OFFER)]


def test_an_obligation_knows_the_sentence_it_stands_in() -> None:
    [form, team] = promises(FORM_SENT)
    spans = [
        (one.evidence.turn, FORM_SENT.turns[one.evidence.turn].text[one.evidence.start : one.evidence.end])
        for one in (form, team)
        if one.evidence
    ]
    assert spans == [
        (1, "I will send you the claim form by email today."),
        (3, "And our baggage team will get back to you within five days."),
    ]
