from datetime import UTC, date, datetime

import pytest

from summarizer.errors import ModelFailure
from summarizer.evidence import is_there
from summarizer.summarize import summarize
from summarizer.summary import Kind, NoSummary, SectionName, Summary
from summarizer.template import Template
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


def test_below_the_templates_score_a_summary_becomes_quotations() -> None:
    generate = FakeGenerator()
    free = summarize(a_conversation(), generate, Template(min_score=0.0))
    assert free.kind is Kind.GENERATED
    held_back = summarize(a_conversation(), generate, Template(min_score=min(1.0, free.score + 0.01)))
    assert held_back.kind is Kind.EXTRACTIVE
    assert summarize(a_conversation(), generate, Template(min_score=free.score)).kind is Kind.GENERATED


def test_quotations_name_their_speakers_in_the_readers_language() -> None:
    summary = summarize(a_conversation(), FakeGenerator(lambda _: "Reason: Nonsense."), Template(language="fr"))
    assert summary.language == "fr"
    assert all(claim.text.startswith(("Client: « ", "Conseiller: « ")) for claim in summary.claims)


def test_the_model_is_told_when_notes_are_wanted_in_another_language() -> None:
    generate = FakeGenerator()
    summarize(a_conversation(), generate, Template(language="fr"))
    summarize(a_conversation(), generate, Template(language="en-GB"))
    first = [prompt.splitlines()[0] for prompt in generate.prompts]
    assert first[0] == "Conversation (voice, en; notes in fr)"
    assert "Conversation (voice, en)" in first


def test_every_section_says_something_or_that_it_is_not_stated() -> None:
    summary = summarize(a_conversation(), FakeGenerator())
    assert [one.name for one in summary.sections] == list(SectionName)
    for section in summary.sections:
        assert section.text
        assert section.is_stated is (section.text != "Not stated")
        assert all(is_there(one, a_conversation()) for one in section.evidence)


def test_a_promise_has_an_owner_and_a_day() -> None:
    lines = (
        ("customer", "The lamp that I ordered two weeks ago arrived broken and I want my money back."),
        ("agent", "I am sorry about the broken lamp. I will refund the price of the lamp by Friday."),
        ("customer", "Thank you, that is good of you."),
    )
    call = a_conversation(lines, started_at=datetime(2026, 11, 25, 9, tzinfo=UTC))
    summary = summarize(call, FakeGenerator(lambda _: "Reason: The lamp that the customer ordered arrived broken."))
    (section,) = (one for one in summary.sections if one.name is SectionName.FOLLOW_UPS)
    assert [(item.name, item.text, item.due) for item in section.items] == [
        ("agent", "refund the price of the lamp by Friday", date(2026, 11, 27))
    ]
    assert section.text == "Agent: refund the price of the lamp by Friday (due Nov 27, 2026)."
