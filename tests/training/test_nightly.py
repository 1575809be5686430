"""A whole night with a tiny model: trained, judged, looked into, decided, taken up again where it was killed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.training.models import a_published_model, priced
from tests.training.private_data import a_private_file, a_public_folder


def night(work: Path, champion: Path, data: Path, private: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "training.nightly", "--work", str(work), "--champion", str(champion)]
    command += ["--data", str(data), "--private", str(private), "--datasets", "sgd", "--steps", "3", "--threads", "1"]
    command += ["--prices", str(priced(work.parent / "prices.toml", per_hour=2)), "--device", "cpu"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def work(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a night leaves behind."""
    directory = tmp_path_factory.mktemp("night")
    work = directory / "work"
    work.mkdir()
    private = a_private_file(directory / "private.jsonl", num=260, agents=40)
    done = night(work, a_published_model(directory / "before"), a_public_folder(directory / "data", num=1600), private)
    assert done.returncode == 0, done.stderr
    return work


def test_every_reason_is_written_down(work: Path) -> None:
    outcome = json.loads((work / "outcome.json").read_text())
    found = {check["name"]: check for check in outcome["decision"]["checks"]}
    assert found["parity with transformers"]["passes"]
    assert found["the same gold set"]["passes"]
    assert not found["better beyond noise"]["passes"], "three steps of a random model win nothing"
    assert outcome["decision"]["promote"] is False
    assert json.loads((work / "decision.json").read_text()) == outcome["decision"]


def test_the_ledger_counts_hours_energy_money_and_examples(work: Path) -> None:
    ledger = json.loads((work / "outcome.json").read_text())["ledger"]
    assert float(ledger["money"]) == pytest.approx(2 * ledger["device_hours"], rel=1e-5)
    assert (ledger["device"], ledger["currency"]) == ("cpu", "EUR")
    assert ledger["watt_hours"] == pytest.approx(65 * ledger["device_hours"])
    assert ledger["private_examples"] == pytest.approx(0.2 * ledger["examples"], rel=0.1)


def test_people_can_look_at_what_was_judged(work: Path) -> None:
    for who in ("champion", "challenger"):
        assert (work / f"{who}.png").read_bytes().startswith(b"\x89PNG")
        assert "<h3>people</h3>" in (work / f"{who}.html").read_text()
    assert (work / "model" / "loss.png").exists()


def test_the_challenger_is_judged_in_the_precision_it_would_be_served_in(work: Path) -> None:
    gate = json.loads((work / "model" / "int8.json").read_text())
    assert gate["model_version"] == json.loads((work / "challenger.json").read_text())["model_version"]


def test_what_both_are_judged_by_was_not_trained_on(work: Path) -> None:
    gold = [json.loads(line)["id"] for line in (work / "gold.jsonl").read_text().splitlines()]
    assert len(gold) >= 20
    assert json.loads((work / "model" / "training.json").read_text())["mix"]["num_private"] <= 260 - len(gold)


def test_a_night_taken_up_again_trains_nothing_twice(work: Path, tmp_path: Path) -> None:
    trained = (work / "model" / "training.json").stat().st_mtime_ns
    (work / "outcome.json").unlink()
    private = a_private_file(tmp_path / "private.jsonl", num=260, agents=40)
    done = night(work, work.parent / "before", work.parent / "data", private)
    assert done.returncode == 0, done.stderr
    assert (work / "model" / "training.json").stat().st_mtime_ns == trained
    assert (work / "outcome.json").exists()


def test_too_few_corrections_to_judge_by_end_the_night(tmp_path: Path) -> None:
    private = a_private_file(tmp_path / "private.jsonl", num=50)
    work = tmp_path / "work"
    (work / "model").mkdir(parents=True)
    done = night(work, tmp_path / "before", tmp_path / "data", private)
    assert done.returncode == 1
    assert "held-out corrections; 20 are needed" in done.stderr
