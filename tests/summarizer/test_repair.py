"""What failed is written again once, from there on, and counts only if more may be kept so."""

from collections.abc import Sequence

import pytest

from summarizer.conversation import Conversation
from summarizer.errors import DeadlineExceeded
from summarizer.generate import Completion, Prompt
from summarizer.prompt import render
from summarizer.repair import Checked, only_retold, read, repair
from summarizer.summarize import summarize
from summarizer.summary import Aspect, Claim, Draft, Evidence, Kind, Statement
from tests.builders import LOST_CARD, a_conversation
from tests.fakes import GROUNDED, FakeGenerator

REASON = "Reason: The customer's card fell into the water at the terminal."
FALSE = "Actions: The agent asked Marcel to call back."
TRUE = "Actions: The agent ordered the replacement card."


class Answers(FakeGenerator):
    """Says one thing first, and another when something is begun or asked again."""

    def __init__(self, first: str, second: str) -> None:
        super().__init__()
        self.first, self.second = first, second
        self.calls: list[list[Prompt]] = []

    def __call__(self, prompts: Sequence[Prompt]) -> list[Completion]:
        self.calls.append(list(prompts))
        return [Completion(self.first if len(self.calls) == 1 else self.second, 100, 10) for _ in prompts]


def test_the_model_goes_on_after_what_is_kept_and_says_it_otherwise() -> None:
    generate = Answers(f"{REASON}\n{FALSE}", TRUE)
    summary = summarize(a_conversation(), generate)
    assert [claim.text for claim in summary.claims] == [line.split(": ", 1)[1] for line in (REASON, TRUE)]
    assert {claim.kind for claim in summary.claims} == {Kind.GENERATED}
    (again,) = generate.calls[1]
    assert again.text == generate.calls[0][0].text == render(a_conversation())
    assert again.begun == f"{REASON}\n"


def test_the_second_attempt_is_bound_to_the_words_of_the_call_and_to_another_opening() -> None:
    generate = Answers(f"{REASON}\n{FALSE}", TRUE)
    summarize(a_conversation(), generate)
    (first,), (again,) = generate.calls
    assert first.accepts is not None
    assert again.accepts is not None
    assert first.accepts("Actions: The agent", " asked")
    assert not again.accepts(f"{again.begun}Actions: The agent", " asked")
    assert first.accepts("Actions: The agent", " phoned")
    assert not again.accepts(f"{again.begun}Actions: The agent", " phoned")
    assert again.accepts(f"{again.begun}Actions: The agent", " ordered")
    assert not first.accepts("Actions: The agent asked", " Marcel")


def test_a_draft_without_a_failure_is_not_written_again() -> None:
    generate = Answers(GROUNDED, FALSE)
    usage = summarize(a_conversation(), generate).usage
    assert len(generate.calls) == 1
    assert (usage.num_statements, usage.num_repaired, usage.num_dropped) == (2, 0, 0)


def test_a_second_failure_is_dropped_and_not_tried_again() -> None:
    generate = Answers(f"{GROUNDED}\n{FALSE}", "Actions: The agent thanked Marcel for the call.")
    summary = summarize(a_conversation(), generate)
    assert len(generate.calls) == 2
    assert [claim.text for claim in summary.claims] == [line.split(": ", 1)[1] for line in GROUNDED.splitlines()]


def test_what_it_took_counts_both_attempts() -> None:
    usage = summarize(a_conversation(), Answers(f"{REASON}\n{FALSE}", f"{TRUE}\n{FALSE}")).usage
    assert (usage.num_windows, usage.prompt_tokens, usage.completion_tokens) == (1, 200, 20)
    assert (usage.num_statements, usage.num_repaired, usage.num_dropped) == (3, 1, 1)


def test_what_is_lost_by_writing_again_is_not_lost() -> None:
    generate = Answers(f"{FALSE}\n{GROUNDED}", TRUE)
    summary = summarize(a_conversation(), generate)
    assert len(summary.claims) == 2
    assert summary.usage.num_repaired == 0


def test_all_windows_are_repaired_in_one_call() -> None:
    lines = tuple(
        (("agent", "customer")[at % 2], f"This is thing {at} about the washing machine.") for at in range(300)
    )
    generate = Answers(FALSE, "")
    usage = summarize(a_conversation(lines), generate).usage
    assert usage.num_windows > 5
    assert [len(prompts) for prompts in generate.calls] == [usage.num_windows, usage.num_windows]


def test_when_the_model_fails_at_the_second_attempt_the_first_drafts_stand() -> None:
    class Tired(Answers):
        def __call__(self, prompts: Sequence[Prompt]) -> list[Completion]:
            if self.calls:
                raise DeadlineExceeded("too late")
            return super().__call__(prompts)

    summary = summarize(a_conversation(), Tired(f"{GROUNDED}\n{FALSE}", TRUE))
    assert len(summary.claims) == 2
    assert (summary.usage.num_dropped, summary.usage.completion_tokens) == (1, 10)


def test_nothing_to_repair_asks_nobody() -> None:
    reading = read("Agent: Hello.\n")
    draft = Checked((Statement(Aspect.REASON, "x"),), (Claim(Aspect.REASON, "x", ()),))
    generate = Answers("", "")
    drafts, completions = repair(
        [draft], [reading], conversation=a_conversation(), checks=[lambda _: draft], generate=generate
    )
    assert (drafts, completions, generate.calls) == ([draft], [], [])


@pytest.mark.parametrize(
    ("text", "turns", "is_kept"),
    [
        ("The agent ordered the replacement card.", (2,), True),
        ("The replacement card arrives in 5 business days.", (2,), True),
        ("The agent ordered the replacement card", (2,), False),  # cut off
        ("The customer ordered the replacement card.", (2,), False),  # another's turn
        ("The customer's card and its replacement arrive.", (1, 2), False),  # two turns in one
        ("The agent has not ordered the replacement card.", (2,), False),  # the contrary
        ("The agent said that it is not a problem.", (2,), True),
    ],
)
def test_a_second_attempt_only_retells_one_turn(text: str, turns: tuple[int, ...], is_kept: bool) -> None:
    conversation: Conversation = a_conversation(
        (*LOST_CARD[:2], ("agent", "I have ordered the card."), *LOST_CARD[3:]) if "not ordered" in text else LOST_CARD
    )
    evidence = tuple(Evidence(turn, 0, len(conversation.turns[turn].text)) for turn in turns)
    draft = Draft((Statement(Aspect.ACTIONS, text),))
    checked = only_retold(Checked(draft.statements, (Claim(Aspect.ACTIONS, text, evidence),)), conversation)
    assert (checked.num_failed == 0) is is_kept
    assert checked.failed == ([] if is_kept else [text])
