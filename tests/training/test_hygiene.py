"""Nothing is trained on twice, and nothing that models are measured by is trained on at all."""

import gzip
import json
from pathlib import Path
from typing import Any

from tests.training.models import records
from training.dataset import DATASETS
from training.hygiene import Fault, clean_sets, faults, said, tally

SGD = [record for record in records() if record["id"].startswith("sgd")]
LONG = " ".join(f"word{index}" for index in range(100))
CHANGED = LONG.replace("word50", "else")


def a_folder(directory: Path, **splits: list[dict[str, Any]]) -> Path:
    """`sgd_train=[...]` is the file sgd/train.jsonl.gz."""
    for name, some in splits.items():
        dataset, split = name.split("_")
        (directory / dataset).mkdir(parents=True, exist_ok=True)
        with gzip.open(directory / dataset / f"{split}.jsonl.gz", "wt", encoding="utf-8") as lines:
            lines.writelines(json.dumps(one) + "\n" for one in some)
    return directory


def kept(data: Path, *names: str) -> list[str]:
    sets, _ = clean_sets(data, [DATASETS[name] for name in names])
    return [record["id"] for _, some in sets for record in some]


def shouted(record: dict[str, Any]) -> dict[str, Any]:
    """The same conversation under another id, in capitals."""
    turns = [{**turn, "text": turn["text"].upper()} for turn in record["turns"]]
    return {**record, "id": f"{record['id']}-again", "turns": turns}


def test_a_training_record_that_repeats_a_held_out_one_is_dropped_and_counted(tmp_path: Path) -> None:
    data = a_folder(tmp_path, sgd_train=SGD, sgd_test=[shouted(SGD[0])])
    _, found = clean_sets(data, [DATASETS["sgd"]])
    assert kept(data, "sgd") == [one["id"] for one in SGD[1:]]
    assert found == {"exact": 0, "near": 0, "leaked": 1}


def test_a_held_out_record_of_another_set_counts_too(tmp_path: Path) -> None:
    data = a_folder(tmp_path, sgd_train=SGD, tweetsumm_valid=[shouted(SGD[1])], dialsummeval_judgements=[SGD[2]])
    assert kept(data, "sgd") == [one["id"] for one in (SGD[0], *SGD[3:])]


def test_of_records_that_repeat_each_other_the_first_stays_also_across_sets(tmp_path: Path) -> None:
    data = a_folder(tmp_path, sgd_train=[*SGD, shouted(SGD[0])], star_all=[shouted(SGD[1])])
    _, found = clean_sets(data, [DATASETS["sgd"], DATASETS["star"]])
    assert kept(data, "sgd", "star") == [one["id"] for one in SGD]
    assert found == {"exact": 2, "near": 0, "leaked": 0}


def test_different_conversations_of_one_set_all_stay(tmp_path: Path) -> None:
    data = a_folder(tmp_path, sgd_train=SGD)
    assert kept(data, "sgd") == [one["id"] for one in SGD]


def test_almost_the_same_as_held_out_is_leaked_too() -> None:
    assert faults([CHANGED, LONG], held_out=[LONG]) == [Fault.LEAKED, Fault.LEAKED]


def test_what_was_dropped_drops_nothing_else() -> None:
    other = CHANGED.replace("word10 ", "else ").replace("word80", "else")  # near the changed one, not the first
    assert faults([LONG, CHANGED, other], held_out=[]) == [None, Fault.NEAR, None]


def test_every_fault_is_counted_also_one_that_never_occurs() -> None:
    assert tally([None, Fault.EXACT, Fault.EXACT]) == {"exact": 2, "near": 0, "leaked": 0}


def test_what_is_said_is_all_turns() -> None:
    assert said({"turns": [{"speaker": "a", "text": "Hi."}, {"speaker": "b", "text": "Ho."}]}) == "Hi. Ho."
