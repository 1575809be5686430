from dataclasses import replace

from summarizer.conversation import Participant, Role
from summarizer.headings import headings
from summarizer.legs import with_legs
from summarizer.naming import with_agents_named
from summarizer.summarize import summarize
from summarizer.summary import Aspect, Claim, Evidence
from tests.builders import LOST_CARD, a_conversation
from tests.fakes import FakeGenerator
from tests.summarizer.test_legs import a_transfer

ENGLISH = headings("en")


def _claim(text: str, *turns: int) -> Claim:
    return Claim(Aspect.ACTIONS, text, tuple(Evidence(turn, 0, 5) for turn in turns))


def test_the_agent_is_the_one_whose_words_are_the_evidence() -> None:
    call = with_legs(a_transfer("acacbcbc"))
    assert with_agents_named(_claim("The agent looked it up.", 4), call, ENGLISH).text == "Agent2 looked it up."
    assert (
        with_agents_named(_claim("The customer told the agent.", 1), call, ENGLISH).text == "The customer told Agent1."
    )


def test_nobody_is_named_where_it_could_be_either() -> None:
    call = with_legs(a_transfer("acacbcbc"))
    assert with_agents_named(_claim("The agent looked it up.", 0, 4), call, ENGLISH).text == "The agent looked it up."
    alone = a_transfer("acac")
    alone = replace(alone, participants=(*alone.participants, Participant("b", Role.AGENT)))  # who never speaks
    assert with_agents_named(_claim("The agent looked it up.", 0), alone, ENGLISH).text == "The agent looked it up."


def test_the_summary_of_a_whole_says_which_agent_did_what() -> None:
    lines = (*LOST_CARD, ("agent", "I have also raised the limit of the account to 500 dollars."), LOST_CARD[3])
    call = a_conversation(lines)
    second = replace(call.participants[0], id="second")
    turns = tuple(replace(turn, participant="second") if index == 4 else turn for index, turn in enumerate(call.turns))
    call = replace(call, turns=turns, participants=(*call.participants, second))
    answers = iter(
        (
            "Reason: The customer's card fell into the water.\nActions: The agent ordered the replacement card.",
            "Summary: The agent raised the limit of the account to 500 dollars.",
        )
    )
    summary = summarize(call, FakeGenerator(lambda _: next(answers, "")))
    assert "Agent1 ordered the replacement card." in summary.text
    assert "Agent2 raised the limit" in summary.text
