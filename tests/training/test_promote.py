"""Nothing worse, slower, less grounded or leaking is ever promoted."""

import json
import random
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from training import promote
from training.promote import Bounds, Card, decide, gain, read_card

NUM = 200


def a_card(version: str = "old", *, better_by: float = 0.0, noise: float = 10.0, **changes: object) -> Card:
    """A card of 200 conversations; every model finds the same ones hard."""
    hard = random.Random(1)
    own = random.Random(version)
    rouge1 = {f"c{index}": hard.gauss(35, 8) + own.gauss(better_by, noise) for index in range(NUM)}
    whole = Card(
        version=version,
        data="gold",
        rouge1=rouge1,
        slices={"en": list(rouge1)},
        unsupported_numbers=0.0,
        unsupported_names=1.0,
        unsupported_follow_ups=2.0,
        swapped_owners=0.5,
        extractive=40.0,
        seconds=1.0,
        is_parity=True,
        exposure=1.0,
        membership=0.52,
        num_extracted=0,
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


CHAMPION = a_card()
CHALLENGER = a_card("new", better_by=4.0, noise=3.0)


def refused(challenger: Card, champion: Card = CHAMPION) -> list[str]:
    return [check.name for check in decide(champion, challenger, bounds=Bounds()).checks if not check.passes]


def test_a_better_model_is_promoted() -> None:
    assert refused(CHALLENGER) == []
    assert decide(CHAMPION, CHALLENGER, bounds=Bounds()).promote


def test_an_equal_model_is_not() -> None:
    assert refused(replace(CHAMPION, version="same")) == ["better beyond noise"]


def test_a_worse_model_is_not() -> None:
    assert "better beyond noise" in refused(a_card("worse", better_by=-4.0, noise=3.0))


def test_the_champion_is_not_promoted_over_itself() -> None:
    assert "another model" in refused(CHAMPION)


@pytest.mark.parametrize(
    ("changes", "check"),
    [
        ({"data": "another set"}, "the same gold set"),
        ({"unsupported_numbers": 0.5}, "unsupported numbers"),
        ({"unsupported_names": 1.5}, "unsupported names"),
        ({"unsupported_follow_ups": 2.5}, "unsupported follow ups"),
        ({"unsupported_follow_ups": None}, "unsupported follow ups"),
        ({"swapped_owners": 1.0}, "swapped owners"),
        ({"swapped_owners": None}, "swapped owners"),
        ({"extractive": 43.0}, "extractive"),
        ({"seconds": 1.3}, "speed"),
        ({"is_parity": False}, "parity with transformers"),
        ({"is_parity": None}, "parity with transformers"),
        ({"exposure": 3.5}, "canary exposure"),
        ({"exposure": None}, "canary exposure"),
        ({"membership": 0.61}, "membership"),
        ({"num_extracted": 1}, "verbatim extraction"),
        ({"num_extracted": None}, "verbatim extraction"),
    ],
    ids=lambda value: value if isinstance(value, str) else "-".join(value),
)
def test_one_thing_wrong_is_enough(changes: dict[str, object], check: str) -> None:
    assert refused(replace(CHALLENGER, **changes)) == [check]  # type: ignore[arg-type]


def worse_on(num: int) -> list[str]:
    """What refuses a challenger that is better but for so many conversations."""
    french = list(CHAMPION.rouge1)[:num]
    champion = replace(CHAMPION, slices={"fr": french})
    fallen = {one: CHAMPION.rouge1[one] - 5.0 for one in french}
    return refused(replace(CHALLENGER, rouge1={**CHALLENGER.rouge1, **fallen}), champion)


def test_a_slice_that_falls_is_enough() -> None:
    assert worse_on(30) == ["slice fr"]


def test_a_slice_of_few_conversations_decides_nothing() -> None:
    assert worse_on(5) == []


def test_noise_is_promoted_hardly_ever() -> None:
    """A challenger that is as good as the champion looks better about every fortieth night."""
    nights = [refused(a_card(f"night {night}")) == [] for night in range(100)]
    assert sum(nights) <= 8


def test_what_was_won_is_told_with_its_interval() -> None:
    won, low, high = gain(CHAMPION, CHALLENGER)
    assert low < won < high
    assert low > 0


def a_report(card: Card, **scores: float) -> dict[str, object]:
    """What `training.evaluate` and `training.checks` write of a model."""
    return {
        "model_version": card.version,
        "data": card.data,
        "rouge1": dict(card.rouge1),
        "slices": {name: {"conversations": one} for name, one in card.slices.items()},
        "extractive": card.extractive,
        "seconds": card.seconds,
        "scores": {"model": {"unsupported_numbers": 0.0, "unsupported_names": 1.0, **scores}},
        "checks": {"is_parity": True, "exposure": 1.0, "membership": 0.5, "num_extracted": card.num_extracted},
    }


def test_a_report_of_an_older_version_is_read_and_decides_nothing_it_does_not_say(tmp_path: Path) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_text(json.dumps(a_report(CHAMPION)))
    new.write_text(json.dumps(a_report(CHALLENGER, unsupported_follow_ups=0.0, swapped_owners=0.0)))
    found = {check.name: check for check in decide(read_card(old), read_card(new), bounds=Bounds()).checks}
    assert not found["swapped owners"].passes
    assert found["swapped owners"].found == "not measured of the champion: evaluate again"


def test_the_command_writes_every_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, card in (("champion", CHAMPION), ("challenger", replace(CHALLENGER, num_extracted=2))):
        report = a_report(card, unsupported_follow_ups=2.0, swapped_owners=0.5)
        (tmp_path / f"{name}.json").write_text(json.dumps(report))
    files = [f"--{name}={tmp_path / name}.json" for name in ("champion", "challenger")]
    monkeypatch.setattr(sys, "argv", ["promote", *files, "--out", str(tmp_path / "decision.json")])
    assert promote.main() == 1
    decision = json.loads((tmp_path / "decision.json").read_text())
    assert decision["promote"] is False
    assert [check["name"] for check in decision["checks"] if not check["passes"]] == ["verbatim extraction"]
    assert "REFUSED verbatim extraction: 2" in capsys.readouterr().out
