"""Public records become conversations and drafts, if their licence allows."""

from pathlib import Path

import pytest

from summarizer.conversation import Role
from summarizer.prompt import render
from summarizer.summary import Aspect, Draft, Statement
from tests.training.models import a_data_folder, records
from training.dataset import (
    DATASETS,
    HeldOutFile,
    Policy,
    RefusedLicence,
    allowed,
    clean,
    conversation_of,
    drafts_of,
    is_training_split,
    training_file,
    training_records,
)


def a_record(**changes: object) -> dict[str, object]:
    return {
        "id": "made-train-1",
        "language": "en",
        "turns": [{"speaker": "customer", "text": "My card is gone."}, {"speaker": "agent", "text": "I block it."}],
        "summary": "Customer lost the card. Agent blocks it.",
    } | changes


def test_a_dataset_that_may_not_be_sold_is_refused_by_name() -> None:
    with pytest.raises(RefusedLicence, match=r"dialogsum .*tweetsumm|tweetsumm .*dialogsum"):
        allowed(["star", "tweetsumm", "dialogsum"], Policy.COMMERCIAL)


def test_instructions_that_may_be_sold_are_accepted_and_those_that_may_not_are_refused_by_name() -> None:
    assert [one.name for one in allowed(["dolly15k", "instructions"], Policy.COMMERCIAL)] == [
        "dolly15k",
        "instructions",
    ]
    with pytest.raises(RefusedLicence, match=r"alpaca \(CC BY-NC 4\.0\)"):
        allowed(["dolly15k", "alpaca"], Policy.COMMERCIAL)


def test_self_instruct_is_measured_by_its_user_oriented_part() -> None:
    assert is_training_split(Path("seed.jsonl.gz"))
    assert not is_training_split(Path("user_oriented.jsonl.gz"))


def test_research_may_use_every_dataset() -> None:
    assert [one.name for one in allowed(DATASETS, Policy.RESEARCH)] == list(DATASETS)


def test_every_licence_that_asks_for_attribution_says_so() -> None:
    assert all(one.attribution for one in DATASETS.values() if one.licence.startswith("CC BY") and one.commercial)


def test_share_alike_licences_are_marked() -> None:
    assert all(one.share_alike == ("BY-SA" in one.licence) for one in DATASETS.values())


def test_dev_and_test_splits_are_never_trained_on(tmp_path: Path) -> None:
    data = a_data_folder(tmp_path, dataset="sgd")
    (data / "sgd" / "train.jsonl.gz").rename(data / "sgd" / "test.jsonl.gz")
    assert list(training_records(data, DATASETS["sgd"])) == []


@pytest.mark.parametrize("name", ["dev.jsonl.gz", "acme.test.jsonl", "test1.jsonl", "acme-valid.json", "Val_2.jsonl"])
def test_a_held_out_file_is_refused_as_training_input(name: str) -> None:
    with pytest.raises(HeldOutFile, match=f"{name} is a"):
        training_file(Path(name))


@pytest.mark.parametrize(
    "name", ["train.jsonl.gz", "private.jsonl", "latest.jsonl", "validated.jsonl", "devices.jsonl"]
)
def test_other_files_are_trained_on(name: str) -> None:
    assert training_file(Path("test") / name) == Path("test") / name


def test_every_sample_record_becomes_a_conversation() -> None:
    conversations = [conversation_of(record) for record in records()]
    assert all(one is not None and render(one) for one in conversations)


def test_people_without_a_role_are_called_alike_in_the_prompt_and_in_the_summary() -> None:
    record = a_record(
        turns=[{"speaker": "#Person2#", "text": "Hi."}, {"speaker": "#Person1#", "text": "Hello."}],
        summary="#Person1# greets #Person2#.",
    )
    conversation = conversation_of(record)
    assert conversation is not None
    assert {one.role for one in conversation.participants} == {Role.UNKNOWN}
    assert "Person2: Hi.\nPerson1: Hello." in render(conversation)
    assert drafts_of(record, conversation) == [Draft((Statement(Aspect.SUMMARY, "Person1 greets Person2."),))]


def test_a_sentence_belongs_to_the_aspect_of_its_subject() -> None:
    conversation = conversation_of(a_record())
    assert conversation is not None
    [draft] = drafts_of(a_record(), conversation)
    assert [one.aspect for one in draft.statements] == [Aspect.REASON, Aspect.ACTIONS]


def test_several_references_give_several_drafts() -> None:
    record = a_record(summaries=["Customer lost it.", "Agent blocks it."])
    conversation = conversation_of(record)
    assert conversation is not None
    assert len(drafts_of(record, conversation)) == 2


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("@CoxHelp any update?", "any update?"),
        ("@741807 Please try again: https://t.co/Vp85fRXkHX -Colleen", "Please try again:"),
        ("@1 Fish &amp; chips", "Fish & chips"),
        ("My balance is 5 - 3.", "My balance is 5 - 3."),
    ],
)
def test_what_the_platform_added_to_a_message_is_removed(written: str, meant: str) -> None:
    assert clean(written).strip() == meant


def test_a_record_in_which_nobody_says_anything_is_no_conversation() -> None:
    assert conversation_of(a_record(turns=[{"speaker": "agent", "text": "https://t.co/x"}])) is None
