"""Files of the nights lose what was erased and keep everything else."""

import json
from pathlib import Path

import pytest

from summarizer.scrubbing import SPOILED, scrub

GONE, KEPT = f"private-{'a' * 32}", f"private-{'b' * 32}"


def line(record: str) -> str:
    return json.dumps({"id": record, "summary": f"about {record[-1]}"}) + "\n"


@pytest.mark.parametrize("name", ["private.jsonl", "gold.jsonl", "private.jsonl.writing"])
def test_lines_about_it_go_and_the_others_stay_as_they_were(tmp_path: Path, name: str) -> None:
    file = tmp_path / "2026-11-26" / name
    file.parent.mkdir()
    file.write_text(line(KEPT) + line(GONE) + line(KEPT))
    assert scrub(tmp_path, {GONE}) == 1
    assert file.read_text() == 2 * line(KEPT)
    assert (file.parent / SPOILED).exists() is name.startswith("private"), (
        "what a model learns from, not what judges it"
    )
    assert scrub(tmp_path, {GONE}) == 0


def test_a_report_loses_what_was_written_about_it_and_keeps_its_scores(tmp_path: Path) -> None:
    report = {
        "scores": {"rouge1": 0.4},
        "summaries": {GONE: "about a", KEPT: "about b"},
        "worst": [{"id": GONE, "text": "about a"}, {"id": KEPT, "text": "about b"}],
        "longest": {"id": GONE, "text": "about a"},
        "ids": [GONE, KEPT],
    }
    (tmp_path / "champion.json").write_text(json.dumps(report))
    assert scrub(tmp_path, {GONE}) == 1
    left = json.loads((tmp_path / "champion.json").read_text())
    assert left == {
        "scores": {"rouge1": 0.4},
        "summaries": {KEPT: "about b"},
        "worst": [{"id": KEPT, "text": "about b"}],
        "longest": None,
        "ids": [KEPT],
    }


def test_a_page_that_shows_it_goes_whole_and_another_stays(tmp_path: Path) -> None:
    for name, record in (("champion", GONE), ("challenger", KEPT)):
        (tmp_path / f"{name}.html").write_text(f"<h2>{record}</h2>")
    assert scrub(tmp_path, {GONE}) == 1
    assert [one.name for one in tmp_path.iterdir()] == ["challenger.html"]


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert scrub(tmp_path / "nightly", {GONE}) == 0
