import pytest

from summarizer.conversation import Role, Turn, Wait, WaitKind
from summarizer.summarize import summarize
from summarizer.waiting import ANNOUNCEMENT, is_announcement, without_waiting
from tests.builders import LOST_CARD, a_conversation
from tests.fakes import FakeGenerator


@pytest.mark.parametrize(
    "text",
    [
        "Your call is important to us. Please stay on the line, your call will be answered shortly.",
        "All of our agents are currently busy. Your estimated wait time is 5 minutes.",
        "You are number three in the queue.",
        "[hold music]",
        "♪♪",
        "Thank you for holding, your call will be answered in the order it was received.",
        "Votre appel est important pour nous. Tous nos conseillers sont actuellement en ligne.",
        "Nous allons donner suite à votre appel.",
        "Ihr Anruf ist uns wichtig.",
    ],
)
def test_what_machines_say_to_people_who_wait_is_an_announcement(text: str) -> None:
    assert is_announcement(text)


@pytest.mark.parametrize(
    "text",
    [
        "Please stay on the line while I look up your order.",
        "Thank you for holding. I have found your order.",
        "I am transferring you to our billing team, all our agents there are busy, so I will call you back.",
        "I like the music.",
        "All of our agents are currently busy, so I will call you back at five.",
        "Tous nos conseillers sont actuellement en ligne, je vous rappelle demain.",
        "My call is important to me.",
        "Your call is important to us, and I have refunded the 20 dollars. The money arrives on Monday.",
        "",
    ],
)
def test_what_people_say_is_none(text: str) -> None:
    assert not is_announcement(text)


def _with_hold(spoken: str, *, start_ms: int) -> list[Turn]:
    return [
        Turn("agent", LOST_CARD[0][1], 0, 4_000),
        Turn("customer", LOST_CARD[1][1], 5_000, 9_000),
        Turn("agent", spoken, start_ms, start_ms + 2_000),
        Turn("agent", LOST_CARD[2][1], 60_000, 64_000),
    ]


@pytest.mark.parametrize(("start_ms", "role"), [(20_000, Role.BOT), (11_000, Role.AGENT), (50_500, Role.AGENT)])
def test_what_is_heard_wholly_on_hold_is_not_the_agents(start_ms: int, role: Role) -> None:
    hold = Wait(WaitKind.HOLD, 12_000, 52_000)
    call = a_conversation(
        turns=tuple(_with_hold("Our new savings plan earns 9 percent.", start_ms=start_ms)), waits=(hold,)
    )
    heard = without_waiting(call)
    assert heard.role_of(heard.turns[2]) is role
    assert [turn.text for turn in heard.turns] == [turn.text for turn in call.turns]


def test_an_announcement_becomes_no_statement_of_the_agent() -> None:
    announced = "Your call is important to us. All of our agents are currently busy."
    call = a_conversation((LOST_CARD[0], LOST_CARD[1], ("agent", announced), *LOST_CARD[2:]))
    said = "Reason: The customer's card fell into the water.\nActions: The agent said that all of our agents are busy."
    summary = summarize(call, FakeGenerator(lambda _: said))
    assert "card" in summary.text
    assert "busy" not in summary.text
    assert without_waiting(call).participants[-1].id == ANNOUNCEMENT


def test_a_customer_who_repeats_an_announcement_still_said_it() -> None:
    complaint = "Your call is important to us, it told the whole family for an hour."
    call = a_conversation((*LOST_CARD, ("customer", complaint), ("customer", "[music]")))
    heard = without_waiting(call)
    assert [heard.role_of(turn) for turn in heard.turns[-2:]] == [Role.CUSTOMER, Role.BOT]
