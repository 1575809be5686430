"""Labels make better sentences, and only of what the call says."""

from summarizer.conversation import Channel, Conversation, Participant, Role, Turn
from summarizer.summary import Aspect, Draft, Statement
from training.silver import silver

BUILT = Draft((Statement(Aspect.REASON, "The customer asked for something."),))
MEETING = "You are Ben and would like to schedule a two-hour meeting with George for Monday at 10 pm."


def a_call(*said: tuple[str, str]) -> Conversation:
    people = (Participant("agent", Role.AGENT), Participant("customer", Role.CUSTOMER))
    return Conversation(tuple(Turn(who, text) for who, text in said), people, channel=Channel.CHAT, language="en")


def texts(draft: Draft) -> list[str]:
    return [one.text for one in draft.statements]


def test_the_goal_of_the_player_becomes_the_reason() -> None:
    call = a_call(("customer", "I need a two-hour meeting with George, to schedule it for Monday at 10 pm please."))
    wanted = ["The customer wants to schedule a two-hour meeting with George for Monday at 10 pm."]
    assert texts(silver(BUILT, call, {"user_task": MEETING})) == wanted


def test_a_goal_that_was_not_said_stays_out() -> None:
    call = a_call(("customer", "I need a two-hour meeting with George, to schedule it for Monday at 9 pm please."))
    assert silver(BUILT, call, {"user_task": MEETING}) == BUILT


def test_directions_to_the_player_stay_out() -> None:
    call = a_call(("customer", "I want directions to the airport, keep going until I am there."))
    assert silver(BUILT, call, {"user_task": "Keep going until you have the directions to the airport."}) == BUILT


CONFIRMED = "Please confirm that you want to reserve a table for 2 at the Addis Restaurant for tomorrow at 5:15 pm."


def test_what_was_confirmed_and_done_becomes_the_resolution() -> None:
    call = a_call(("agent", CONFIRMED), ("customer", "Yes."), ("agent", "Your table has been reserved."))
    built = Draft((*BUILT.statements, Statement(Aspect.RESOLUTION, "The customer's table has been reserved.")))
    wanted = "The agent reserved a table for 2 at the Addis Restaurant for tomorrow at 5:15 pm."
    assert texts(silver(built, call, {})) == ["The customer asked for something.", wanted]


def test_what_failed_first_and_then_worked_is_left_to_the_rules() -> None:
    call = a_call(
        ("agent", CONFIRMED),
        ("customer", "Yes."),
        ("agent", "I was unable to make it."),
        ("customer", "And at six?"),
        ("agent", "Your table has been reserved."),
    )
    built = Draft((*BUILT.statements, Statement(Aspect.RESOLUTION, "The customer's table has been reserved.")))
    assert silver(built, call, {}) == built
