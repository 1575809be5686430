import pytest

from summarizer.errors import ModelFailure
from summarizer.summarize import summarize
from summarizer.summary import Kind, NoSummary, Summary
from tests.builders import LOST_CARD, a_conversation
from tests.fakes import GROUNDED, FakeGenerator


def test_a_completion_the_call_supports_becomes_the_summary() -> None:
    summary = summarize(a_conversation(), FakeGenerator())
    assert summary.kind is Kind.GENERATED
    assert [claim.text for claim in summary.claims] == [line.split(": ", 1)[1] for line in GROUNDED.splitlines()]
    assert all(claim.evidence for claim in summary.claims)


@pytest.mark.parametrize(
    "completion",
    [
        "",
        "\n",
        "Reason: The customer wants a loan of 9,000 dollars.",
        "Actions: The agent ordered the replacement card.",
    ],
)
def test_when_too_little_is_left_the_summary_is_extractive_and_says_so(completion: str) -> None:
    summary = summarize(a_conversation(), FakeGenerator(lambda _: completion))
    assert summary.kind is Kind.EXTRACTIVE


def test_an_unsupported_sentence_is_dropped_and_the_rest_kept() -> None:
    completion = GROUNDED + "\nFollow-up: Marcel will call back at 9:15."
    summary = summarize(a_conversation(), FakeGenerator(lambda _: completion))
    assert summary.kind is Kind.GENERATED
    assert "Marcel" not in summary.text


def test_a_call_of_noise_gets_a_reason_and_no_model_is_asked() -> None:
    generate = FakeGenerator()
    summary = summarize(a_conversation((("agent", "Hello?"), ("customer", "Mm-hm."))), generate)
    assert summary.reason is NoSummary.NOTHING_SAID
    assert summary.kind is None
    assert generate.prompts == []


def test_a_fact_at_the_end_of_a_long_call_is_as_near_to_the_model_as_one_at_the_start() -> None:
    lines = tuple(
        (("agent", "customer")[index % 2], f"This is thing number {index} about the washing machine.")
        for index in range(300)
    )
    generate = FakeGenerator(
        lambda prompt: f"Summary: {prompt.splitlines()[-3].split(': ', 1)[1]}", max_prompt_tokens=200
    )
    summary = summarize(a_conversation(lines), generate)
    read = "\n".join(generate.prompts)
    assert all(text in read for _, text in lines)
    assert summary.usage.num_windows == len(generate.prompts) > 10
    assert len(summary.claims) >= summary.usage.num_windows
    assert summary.claims[-1].evidence[0].turn > 280


def test_what_it_took_is_added_up_over_the_windows() -> None:
    usage = summarize(a_conversation(), FakeGenerator()).usage
    assert (usage.num_windows, usage.completion_tokens) == (1, 10)
    assert usage.prompt_tokens > 0


def test_a_model_that_breaks_is_told_to_the_job() -> None:
    def fail(_: str) -> str:
        raise ModelFailure("no")

    with pytest.raises(ModelFailure):
        summarize(a_conversation(), FakeGenerator(fail))


def test_a_summary_has_either_claims_or_a_reason() -> None:
    with pytest.raises(ValueError, match="either"):
        Summary(())


def test_a_sentence_that_holds_what_may_never_be_stored_is_dropped() -> None:
    lines = (*LOST_CARD, ("customer", "The number on the replacement card is 4111 1111 1111 1111."))
    leak = "The replacement card number is 4111 1111 1111 1111."
    summary = summarize(a_conversation(lines), FakeGenerator(lambda _: f"{GROUNDED}\nActions: {leak}"))
    assert summary.kind is Kind.GENERATED
    assert "4111" not in summary.text
