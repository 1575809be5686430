"""The command that says of files what they are."""

from pathlib import Path

import pytest

from summarizer.formats.__main__ import main
from tests.summarizer.formats.builders import DATA


def test_a_line_says_format_and_turns_or_the_refusal_with_its_place(capsys: pytest.CaptureFixture[str]) -> None:
    golden, broken = DATA / "golden" / "captions.vtt", DATA / "vcon" / "invalid" / "bad_party_ref.json"
    assert main([str(golden), str(broken)]) == 1
    assert capsys.readouterr().out.splitlines() == [
        f"{golden} | webvtt | 37 turns",
        f"{broken} | vcon | refused at /dialog/0/parties/1: there is no such party",
    ]


def test_it_ends_well_when_every_file_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--format", "plain", str(DATA / "golden" / "plain.txt")]) == 0
    assert capsys.readouterr().out.endswith(" | plain | 37 turns\n")


def test_a_file_that_is_no_transcript_or_not_there_is_refused_in_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "x.bin").write_bytes(b"\x00\x01")
    assert main([str(tmp_path / "x.bin"), str(tmp_path / "none")]) == 1
    assert [line.split(" | ")[1:2] for line in capsys.readouterr().out.splitlines()] == [["none"], ["none"]]
