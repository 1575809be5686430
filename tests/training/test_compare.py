"""Two backends are judged on the same calls, by figures that add up and by people who cannot tell them apart."""

import json
import re
import stat
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from summarizer import prices
from summarizer.backends.extractive import Extractive
from summarizer.conversation import Conversation, Participant, Role, Turn
from summarizer.errors import ModelFailure
from summarizer.generate import NO_PATIENCE, Completion
from summarizer.headings import headings
from summarizer.metering import Meter
from summarizer.specs import BUILT_IN
from tests.training.models import DATA
from training import compare
from training.attempts import Attempt, Call, attempts, digest_of, read
from training.compare import named
from training.differences import Difference, Judged, differences, paired, verdict
from training.metrics import interval
from training.pairs import Blind, blind
from training.pairs_page import SCRIPT, STYLE, page

FILE = DATA / "summaries.jsonl"
LIST = prices.read(prices.SHIPPED)
HOSTILE = "</script><script>alert(1)</script><!-- <b onload=x> & \u2028 \u05e9\u05dc\u05d5\u05dd"


class Failing(Extractive):
    """Cannot write of one call."""

    model_version = "failing-1"

    def __init__(self, *, word: str) -> None:
        self.word = word
        self.num_asked = 0

    def __call__(self, prompts: Any, *, patience: timedelta = NO_PATIENCE) -> list[Completion]:
        self.num_asked += 1
        if any(self.word in prompt.text for prompt in prompts):
            raise ModelFailure("out of words")
        return super().__call__(prompts, patience=patience)

    def for_one_attempt(self) -> "Failing":
        return self


def a_call(*said: str, name: str = "1") -> Call:
    people = (Participant("c", Role.CUSTOMER), Participant("a", Role.AGENT))
    turns = tuple(Turn("ca"[index % 2], text) for index, text in enumerate(said))
    return Call(f"call-{name}", Conversation(turns, people, language="en"), ())


def some_calls(num: int = 3) -> list[Call]:
    said = "My parcel {} with the green lamp is two weeks late.", "I will ask the carrier about it today."
    return [a_call(said[0].format(one), said[1], name=str(one)) for one in range(num)]


def written(calls: list[Call], *sentences: str, backend: str = "ours") -> list[Attempt]:
    return [Attempt(digest_of(one.conversation), backend, "v", sentences=(*sentences, one.id)) for one in calls]


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One comparison of the shipped model with quotations, on three calls."""
    folder = tmp_path_factory.mktemp("compare")
    arguments = ["--models", "wrapup,extractive", "--data", str(FILE), "--limit", "3", "--out", str(folder)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["compare", *arguments])
        compare.main()
    return folder


def test_every_figure_of_both_stands_in_the_file_with_what_it_was_made_of(out: Path) -> None:
    found = json.loads((out / "compare.json").read_text())
    figures, models = found["figures"], found["models"]
    assert figures["rouge1"]["low"] <= figures["rouge1"]["difference"] <= figures["rouge1"]["high"]
    assert figures["extractive"]["b"] == 100
    assert figures["kept"]["b"] is None
    assert figures["device_seconds"]["a"] > 0 == figures["device_seconds"]["b"]
    assert figures["money"]["a"] == pytest.approx(1000 * models["A"]["money"] / 3)
    assert figures["watt_hours"]["a"] > 0
    assert sum(models["A"]["statements"].values()) > 0
    assert models["B"]["version"] == "extractive-1"
    assert found["data"]["num_with_references"] == found["data"]["num_calls"] == 3
    assert len(found["data"]["sha256"]) == 64
    assert found["prices"]["currency"] == "USD"
    began = {one.since.isoformat() for one in (*LIST.devices, *LIST.rented)}
    assert found["prices"]["newest_entry"] == max(day for day in began if day <= found["prices"]["on"])
    assert "Of 3 calls nothing follows." in found["verdict"]
    assert not any("router" in json.dumps(one) for one in found["calls"])


def test_it_leaves_a_picture_a_page_and_pairs_that_only_their_owner_reads(out: Path) -> None:
    assert (out / "plots" / "compare.png").read_bytes().startswith(b"\x89PNG")
    report = (out / "report.html").read_text()
    assert report.count("<section>") == 3
    assert "<script" not in report
    assert "http" not in report
    for name in ("results-A.ndjson", "results-B.ndjson", "report.html", "pairs.html", "pairs.json", "key.json"):
        assert stat.S_IMODE((out / name).stat().st_mode) == 0o600, name


def test_what_people_see_names_no_model(out: Path) -> None:
    key = json.loads((out / "key.json").read_text())
    seen = (out / "pairs.json").read_text()
    assert key["models"] == {"A": "wrapup", "B": "extractive"}
    assert json.loads(seen)["comparison"] == key["comparison"]
    for word in ("wrapup", "extractive", "made-test", headings("en").notice):
        assert word not in seen, word


def test_started_again_it_asks_for_nothing_that_is_there(tmp_path: Path) -> None:
    calls, kept = some_calls(), tmp_path / "results.ndjson"
    first, again = Failing(word="parcel 1"), Failing(word="parcel 1")
    found = list(attempts(calls, first, backend="b", kept_in=kept, at_once=2))
    assert [one.failure for one in found if one.failure] == ["out of words"]
    assert len(read(kept)) == 2
    with kept.open("a") as lines:
        lines.write('{"digest": "broken off')
    again.word = "nothing"
    whole = list(attempts(calls, again, backend="b", kept_in=kept, at_once=2))
    assert again.num_asked == 1
    assert {one.digest for one in whole} == {digest_of(one.conversation) for one in calls}
    assert len(read(kept)) == 3


def test_another_version_writes_anew(tmp_path: Path) -> None:
    calls, other = some_calls(1), Failing(word="nothing")
    list(attempts(calls, Extractive(), backend="b", kept_in=tmp_path / "results", at_once=1))
    (one,) = attempts(calls, other, backend="b", kept_in=tmp_path / "results", at_once=1)
    assert one.version == "failing-1"
    assert other.num_asked == 1


def test_the_interval_of_paired_means_is_that_of_the_differences() -> None:
    a = [(float(one % 7), 1.0) for one in range(60)]
    b = [(value + 1 + index % 3, 1.0) for index, (value, _) in enumerate(a)]
    found = paired(a, b, seed=0)
    low, high = interval([after[0] - before[0] for before, after in zip(a, b, strict=True)])
    assert found.difference == pytest.approx(2.0)
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.05)


def test_a_share_is_a_sum_over_a_sum_as_the_services_own_metrics_are() -> None:
    found = paired([(1.0, 1.0), (0.0, 9.0)], [(1.0, 2.0), (1.0, 2.0)], seed=0)
    assert (found.a, found.b) == pytest.approx((0.1, 0.5))


def test_a_backend_without_statements_has_no_share_of_them() -> None:
    assert paired([(1.0, 2.0)], [(0.0, 0.0)], seed=0) == Difference(0.5, None)


def test_money_is_told_for_a_thousand_calls_and_unknown_without_a_price() -> None:
    one = Judged(Attempt("d", "b", "v", sentences=("x",), meter=Meter(prompt_tokens=10)), money=0.002, watt_hours=1.0)
    assert differences([one], [one], seed=0)["money"].a == pytest.approx(2.0)
    assert differences([one], [replace(one, money=None)], seed=0)["money"].b is None


@pytest.mark.parametrize(
    ("quality", "said"),
    [
        (Difference(20, 22, 2, 1, 3), "B is better than A (+2.0 ROUGE-1, 95 % +1.0 to +3.0)."),
        (Difference(20, 18, -2, -3, -1), "B is worse than A (-2.0 ROUGE-1, 95 % -3.0 to -1.0)."),
        (Difference(20, 20, 0, -1, 1), "B is not worse than A by more than 1.0 (+0.0 ROUGE-1, 95 % -1.0 to +1.0)."),
    ],
)
def test_the_verdict_says_how_much_better_and_how_much_dearer(quality: Difference, said: str) -> None:
    found = {"rouge1": quality, "money": Difference(5.0, 2.0), "seconds": Difference(1.0, 3.0)}
    told = verdict(found, a="A", b="B", num_calls=100, currency="EUR")
    assert told.startswith(said)
    assert "B costs 0.4 times what A costs (2 and 5 EUR per 1,000 calls)." in told
    assert told.endswith("B takes 3 times what A takes (3 and 1 seconds a call).")


def test_without_references_the_verdict_says_that_quotations_always_hold() -> None:
    none = Difference(None, None)
    found = {"rouge1": none, "score": Difference(0.8, 1.0, 0.2, 0.1, 0.3), "money": none, "seconds": none}
    assert "let people vote" in verdict(found, a="A", b="B", num_calls=100, currency="EUR")


def test_two_different_backends_that_there_are_must_be_named(tmp_path: Path) -> None:
    (first, second) = named(f"extractive,{tmp_path}", BUILT_IN)
    assert (first.name, second.name) == ("extractive", tmp_path.name)
    for models in ("wrapup", "wrapup,wrapup", "wrapup,nobody"):
        with pytest.raises(SystemExit, match="compare: "):
            named(models, BUILT_IN)


def test_the_command_says_in_one_line_which_backend_there_is_not() -> None:
    command = [sys.executable, "-m", "summarizer.cli", "compare", "--models", "extractive,nobody"]
    done = subprocess.run([*command, "--data", FILE], capture_output=True, text=True, check=False, cwd=DATA.parents[2])
    assert done.returncode == 1
    assert done.stderr == "compare: nobody is neither a backend (wrapup, extractive) nor a directory\n"


def _pairs(calls: list[Call], *, seed: int = 0, limit: int = 50) -> Blind:
    a, b = written(calls, "The parcel is late."), written(calls, "It went astray.", backend="theirs")
    return blind(calls, a, b, names=("ours", "theirs"), limit=limit, seed=seed)


def test_each_stands_on_the_left_in_half_of_the_pairs_and_the_seed_says_in_which() -> None:
    found = _pairs(some_calls(10))
    lefts = [one["left"] for one in found.key["pairs"].values()]
    assert sorted(lefts) == ["A"] * 5 + ["B"] * 5
    assert _pairs(some_calls(10)) == found
    assert _pairs(some_calls(10), seed=1) != found
    for pair in found.pairs:
        first = "The parcel is late." if found.key["pairs"][pair.id]["left"] == "A" else "It went astray."
        assert pair.left[0] == first


def test_nobody_is_asked_about_the_same_text_twice_or_a_missing_one() -> None:
    calls = some_calls(3)
    a, b = written(calls, "x"), written(calls, "x")
    b[1] = replace(b[1], sentences=("y",))
    b[2] = replace(b[2], sentences=())
    found = blind(calls, a, b, names=("ours", "theirs"), limit=50, seed=0)
    assert [one["call"] for one in found.key["pairs"].values()] == ["call-1"]
    assert found.key["num_same"] == 1


def test_what_would_tell_is_taken_out_of_a_summary_but_not_out_of_what_was_said() -> None:
    calls = [a_call("Is theirs a good brand of lamp?", "It is."), *some_calls(1)]
    texts = ("Ours wrote this.", headings("fr").notice, "Theirs is a brand.")
    found = blind(calls, written(calls, *texts), written(calls, "x"), names=("ours", "theirs"), limit=9, seed=0)
    told = {found.key["pairs"][one.id]["call"]: max(one.left, one.right, key=len)[:-1] for one in found.pairs}
    assert told["call-1"] == ("[model] wrote this.", "Theirs is a brand.")
    assert told["call-0"] == ("[model] wrote this.", "[model] is a brand.")


def test_a_quotation_names_a_speaker_as_the_call_beside_it_does() -> None:
    people = (Participant("x", Role.UNKNOWN), Participant("y", Role.UNKNOWN))
    call = Call("1", Conversation((Turn("x", "Good day, sir."), Turn("y", "Good day.")), people, language="en"))
    (pair,) = blind(
        [call], written([call], "Speaker2: “Good day.”"), written([call], "y"), names=("a", "b"), limit=9, seed=0
    ).pairs
    assert [turn.speaker for turn in pair.turns] == ["Person1", "Person2"]
    assert "Person2: “Good day.”" in (*pair.left, *pair.right)


class Elements(HTMLParser):
    """The elements and attributes of a page, and what stands in its scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if self.found and self.found[-1][0] == "script" and data.strip():
            self.scripts.append(data)


def test_hostile_words_of_a_call_stay_words() -> None:
    turns = [{"speaker": "Customer", "text": HOSTILE}]
    seen = {
        "comparison": "c",
        "pairs": [{"id": "p1", "language": "he", "turns": turns, "left": [HOSTILE], "right": []}],
    }
    elements = Elements()
    elements.feed(page(seen))
    block, script = elements.scripts
    assert json.loads(block) == seen
    assert script == SCRIPT
    assert not re.search(r"[<>&\u2028]", block)
    assert [tag for tag, _ in elements.found].count("script") == 2


def test_the_page_asks_nobody_for_anything_and_runs_nothing_but_its_own_script() -> None:
    whole = page({"comparison": "c", "pairs": []})
    elements = Elements()
    elements.feed(whole)
    (policy,) = (one["content"] or "" for _, one in elements.found if "http-equiv" in one)
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert not any(name in ("src", "href") or name.startswith("on") for _, one in elements.found for name in one)
    assert "http://" not in whole
    assert "https://" not in whole
    assert not re.search(r"innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|fetch\(|XMLHttp", SCRIPT)
    assert "@import" not in STYLE
    assert "url(" not in STYLE


def test_a_transcript_has_no_references_and_is_masked(tmp_path: Path) -> None:
    file = tmp_path / "call.txt"
    file.write_text(
        "Customer: My card 4111 1111 1111 1111 was stolen yesterday at the station.\nAgent: I block it now.\n"
    )
    (one,) = compare.read(file, format_name=None, limit=None, seed=0)
    assert one.references == ()
    assert "4111" not in repr(one.conversation)


def test_the_seed_draws_the_same_calls_again() -> None:
    first = [one.id for one in compare.read(FILE, format_name=None, limit=2, seed=5)]
    assert first == [one.id for one in compare.read(FILE, format_name=None, limit=2, seed=5)]
    drawn = {tuple(one.id for one in compare.read(FILE, format_name=None, limit=2, seed=seed)) for seed in range(5)}
    assert len(drawn) > 1
