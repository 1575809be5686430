"""Sets as their authors published them give the records that training reads."""

import csv
import json
import sys
from pathlib import Path

import pytest

from training import layouts
from training.dataset import HeldOutFile, conversation_of, drafts_of, read_records
from training.instructions import Instruction, instruction_of

DIALOGSUM = {
    "fname": "test_0",
    "dialogue": "#Person1#: Is this seat: taken?\n#Person2#: No, it is free.\nPlease sit down.",
    "summary1": "#Person1# asks for a seat.",
    "topic1": "seat",
    "summary2": "#Person2# offers #Person1# a seat.",
    "topic2": "seat",
}
SAMSUM = [{"id": "13818513", "summary": "Amanda baked cookies.", "dialogue": "Amanda: I baked cookies.\r\nJerry: Oh!"}]
TWEETSUMM = {
    "conversation_id": "caae",
    "tweet_ids_sentence_offset": [
        {"tweet_id": 7, "sentence_offsets": ["[0, 9]"]},
        {"tweet_id": 8, "sentence_offsets": ["[0, 4]"]},
    ],
    "annotations": [
        {"extractive": [], "abstractive": ["Customer cannot log in.", "Agent asks for a message."]},
        {"extractive": [], "abstractive": None},
        {"abstractive": ["Customer has no access."]},
    ],
}


DOLLY = [
    {"instruction": "Who is it?", "context": "It is Ann.", "response": "Ann.", "category": "closed_qa"},
    {"instruction": "Say hi.", "context": "", "response": "Hi.", "category": "creative_writing"},
]
ALPACA = [{"instruction": "Add.", "input": "1 2", "output": "3"}, {"instruction": "Rest.", "input": "", "output": ""}]


def convert(monkeypatch: pytest.MonkeyPatch, layout: str, file: Path, out: Path, *more: str) -> list[dict[str, object]]:
    monkeypatch.setattr(sys, "argv", ["layouts", layout, str(file), "--out", str(out), *more])
    layouts.main()
    return list(read_records(out))


def test_dialogsum_with_its_references(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in.jsonl").write_text(json.dumps(DIALOGSUM) + "\n")
    (record,) = convert(monkeypatch, "dialogsum", tmp_path / "in.jsonl", tmp_path / "dialogsum" / "test.jsonl.gz")
    assert record["id"] == "dialogsum-test_0"
    assert record["turns"] == [
        {"speaker": "#Person1#", "text": "Is this seat: taken?"},
        {"speaker": "#Person2#", "text": "No, it is free. Please sit down."},
    ]
    conversation = conversation_of(record)
    assert conversation is not None
    assert len(drafts_of(record, conversation)) == 2


def test_samsum_and_what_is_laid_out_like_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in.json").write_text(json.dumps(SAMSUM))
    (record,) = convert(monkeypatch, "samsum", tmp_path / "in.json", tmp_path / "samsum" / "train.jsonl.gz")
    assert (record["id"], record["summary"]) == ("samsum-train-13818513", "Amanda baked cookies.")
    assert record["turns"] == [
        {"speaker": "Amanda", "text": "I baked cookies."},
        {"speaker": "Jerry", "text": "Oh!"},
    ]


def test_dolly_keeps_context_and_category(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(one) + "\n" for one in DOLLY))
    first, second = convert(monkeypatch, "dolly15k", tmp_path / "in.jsonl", tmp_path / "dolly15k" / "train.jsonl.gz")
    assert (first["id"], first["labels"]) == ("dolly15k-train-0", {"category": "closed_qa"})
    assert instruction_of(first) == Instruction("Who is it?", "Ann.", context="It is Ann.")
    assert instruction_of(second) == Instruction("Say hi.", "Hi.")


def test_alpaca_and_what_is_laid_out_like_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in.json").write_text(json.dumps(ALPACA))
    first, second = convert(monkeypatch, "alpaca", tmp_path / "in.json", tmp_path / "alpaca" / "train.jsonl.gz")
    assert instruction_of(first) == Instruction("Add.", "3", context="1 2")
    assert instruction_of(second) is None


def test_tweetsumm_finds_its_words_in_kaggles_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in.jsonl").write_text(json.dumps(TWEETSUMM) + "\n")
    with (tmp_path / "twcs.csv").open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow("tweet_id author_id inbound created_at text response_tweet_id in_response_to_tweet_id".split())
        rows.writerow(["7", "115712", "True", "", "I cannot\nlog in, help!", "8", ""])
        rows.writerow(["8", "sprintcare", "False", "", "Please send us a message.", "", "7"])
        rows.writerow(["9", "115713", "True", "", "Somebody else.", "", ""])
    more = ["--tweets", str(tmp_path / "twcs.csv")]
    (record,) = convert(
        monkeypatch, "tweetsumm", tmp_path / "in.jsonl", tmp_path / "tweetsumm" / "valid.jsonl.gz", *more
    )
    assert record["turns"] == [
        {"speaker": "customer", "text": "I cannot\nlog in, help!"},
        {"speaker": "agent", "text": "Please send us a message."},
    ]
    assert record["summaries"] == ["Customer cannot log in. Agent asks for a message.", "Customer has no access."]


def test_a_published_test_file_never_becomes_a_training_split(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "samsum.test.json").write_text(json.dumps(SAMSUM))
    out = tmp_path / "samsum" / "train.jsonl.gz"
    with pytest.raises(HeldOutFile, match=r"samsum\.test\.json"):
        convert(monkeypatch, "samsum", tmp_path / "samsum.test.json", out)
    assert not out.exists()


def test_tweetsumm_alone_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in.jsonl").write_text(json.dumps(TWEETSUMM) + "\n")
    with pytest.raises(SystemExit, match="--tweets"):
        convert(monkeypatch, "tweetsumm", tmp_path / "in.jsonl", tmp_path / "tweetsumm" / "valid.jsonl.gz")
