"""Two backends on the same calls: which writes better, how much of it is believed, how long it takes, what it costs.

    python -m training.compare --models A,B --data FILE --out DIR [--limit N] [--seed N] [--at-once N] [--pairs N]

A and B are backends of BACKENDS_FILE, `wrapup`, `extractive`, or directories of checkpoints. FILE holds records of
`training.dataset`, whose summaries become references, or transcripts in any format. Personal data is masked first.
Started again with the same DIR it goes on; prices are those of today, whenever the summaries were written. It leaves

    compare.json                figures, and what they were made of
    plots/compare.png           quality, seconds and money
    report.html                 the calls on which they differ most, side by side
    pairs.html, pairs.json      for people who shall not know who wrote which; key.json says it
    results-A.ndjson, -B        what each wrote
"""

import argparse
import json
import platform
import random
import sys
from collections.abc import Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from rich.console import Console
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from summarizer import backends, prices, specs
from summarizer.errors import InvalidPrices, SummarizerError
from summarizer.prices import Charge
from summarizer.redaction import masked, redact
from summarizer.settings import ModelSettings
from summarizer.specs import OwnSpec, Spec
from summarizer.tariff import Tariff
from summarizer.transcripts import Document, conversation_in, digest_of, documents_of
from training import attempts, pairs
from training.attempts import Attempt, Call, write_private
from training.commit import code_version
from training.dataset import conversation_of, drafts_of
from training.differences import MEASURE, Difference, Judged, differences, principal, verdict
from training.metrics import rouge
from training.page import compared
from training.plot import plot_comparison

SIDES = ("A", "B")
ON_PAGE = 10  # calls at each end
STDERR = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Backend:
    """One of the two."""

    side: str
    name: str  #: as people know it
    spec: Spec


@dataclass(frozen=True, slots=True)
class Compared:
    """Both on all calls, and what follows."""

    calls: list[Call]
    judged: dict[str, list[Judged]]  #: by side, in the order of the calls
    found: dict[str, Difference]
    verdict: str


def main() -> None:
    args = parse()
    try:
        compare(args, ModelSettings())
    except SummarizerError as error:
        sys.exit(f"compare: {error}")
    except ValidationError as error:
        sys.exit(f"compare: wrong settings: {', '.join(str(one['loc'][0]).upper() for one in error.errors())}")


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The arguments of one comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    # What
    parser.add_argument("--models", required=True, help="two names or checkpoint directories with a comma between")
    parser.add_argument("--data", type=Path, required=True, help="records or transcripts, compressed or not")
    parser.add_argument("--format", help="of transcripts; by itself it is detected")
    parser.add_argument("--limit", type=int, help="so many calls, drawn by the seed; by itself all")
    parser.add_argument("--seed", type=int, default=0, help="of the draw, the intervals and the sides")
    # How
    parser.add_argument(
        "--at-once", type=int, default=1, help="calls; by 1 the seconds are those of somebody who waits"
    )
    parser.add_argument("--pairs", type=int, default=50, help="calls for people to judge")
    parser.add_argument("--out", type=Path, required=True)
    return parser.parse_args(arguments)


def compare(args: argparse.Namespace, settings: ModelSettings) -> Compared:
    """Everything, from the files to the files; raises SummarizerError."""
    known = specs.read(settings.backends_file)
    both = named(args.models, known)
    tariff = Tariff(
        {**known, **{one.name: one.spec for one in both}}, prices.read(settings.prices_file), settings.device
    )
    calls = read(args.data, format_name=args.format, limit=args.limit, seed=args.seed)
    args.out.mkdir(parents=True, exist_ok=True)
    today = datetime.now(UTC).date()
    judged = {
        one.side: judge(calls, write(calls, one, settings, args), tariff, backend=one.name, on=today) for one in both
    }
    found = differences(judged["A"], judged["B"], seed=args.seed)
    told = verdict(found, a=both[0].name, b=both[1].name, num_calls=len(calls), currency=tariff.prices.currency)
    result = Compared(calls, judged, found, told)
    figures = as_json(result, both, tariff, args, settings, on=today)
    save(result, both, args, figures, currency=tariff.prices.currency)
    Console().print(table(found, both, title=f"{args.data.name}, {len(calls)} calls"))
    Console().print(escape(told), highlight=False)
    return result


def named(models: str, known: specs.Specs) -> list[Backend]:
    """The two backends that were asked for; a directory is a checkpoint for our engine. Ends where they are not two."""
    asked = [one.strip() for one in models.split(",")]
    if len(asked) != len(SIDES) or len(set(asked)) != len(SIDES):
        sys.exit("compare: --models takes two different backends with a comma between them")
    for one in asked:
        if one not in known and not Path(one).is_dir():
            sys.exit(f"compare: {one} is neither a backend ({', '.join(known)}) nor a directory")
    names = [one if one in known else Path(one).resolve().name for one in asked]
    clash = names[0] == names[1] or any(
        name in known and one not in known for name, one in zip(names, asked, strict=True)
    )
    return [
        Backend(side, f"{name} ({side})" if clash else name, known.get(one) or OwnSpec(model_dir=Path(one)))
        for side, name, one in zip(SIDES, names, asked, strict=True)
    ]


def read(data: Path, *, format_name: str | None, limit: int | None, seed: int) -> list[Call]:
    """The calls, masked, in the order of the file; what cannot be read is counted and said."""
    documents = list(documents_of([(data, data.name)]))
    order = list(range(len(documents)))
    if limit is not None:
        random.Random(seed).shuffle(order)
    found: dict[int, Call] = {}
    num_unreadable = 0
    for index in order:
        if len(found) == limit:
            break
        try:
            call = _call(documents[index], format_name=format_name)
        except SummarizerError:
            call = None
        if call is None:
            num_unreadable += 1
        else:
            found[index] = call
    if num_unreadable:
        STDERR.print(f"{num_unreadable} calls cannot be read or say nothing")
    if not found:
        sys.exit(f"compare: {data.name} has no call to compare")
    return [found[index] for index in sorted(found)]


def write(calls: Sequence[Call], backend: Backend, settings: ModelSettings, args: argparse.Namespace) -> list[Attempt]:
    """What a backend makes of each call; only one is open at a time. Raises ModelFailure when it cannot be opened."""
    by_digest: dict[str, Attempt] = {}
    path = args.out / f"results-{backend.side}.ndjson"
    with closing(backends.opened(backend.spec, settings)) as generator:
        found = attempts.attempts(calls, generator, backend=backend.name, kept_in=path, at_once=args.at_once)
        for one in track(found, description=escape(backend.name), total=len(calls), console=STDERR):
            by_digest[one.digest] = one
    return [by_digest[attempts.digest_of(one.conversation)] for one in calls]


def judge(calls: Sequence[Call], written: Sequence[Attempt], tariff: Tariff, *, backend: str, on: date) -> list[Judged]:
    """Each attempt with its overlap and its price."""
    return [
        _judged(attempt, call, _charge(tariff, backend, attempt, on=on))
        for call, attempt in zip(calls, written, strict=True)
    ]


def save(
    result: Compared, both: Sequence[Backend], args: argparse.Namespace, figures: dict[str, Any], *, currency: str
) -> None:
    """All files but those of the attempts, which are there already."""
    names = (both[0].name, both[1].name)
    decisive = principal(result.found)
    won = gains(result, decisive)
    (args.out / "plots").mkdir(exist_ok=True)
    plot = args.out / "plots" / "compare.png"
    plot_comparison(
        [gain for _, gain in won],
        {one.name: [each.attempt.seconds for each in result.judged[one.side]] for one in both},
        {one.name: _figure(result.found["money"], one.side) for one in both},
        plot,
        measure=MEASURE[decisive].label,
        currency=currency,
    )
    write_private(args.out / "report.html", report(result, names, won, plot, measure=MEASURE[decisive].label))
    written = {side: [one.attempt for one in result.judged[side]] for side in SIDES}
    blind = pairs.blind(result.calls, written["A"], written["B"], names=names, limit=args.pairs, seed=args.seed)
    pairs.write(blind, args.out)
    write_private(args.out / "compare.json", json.dumps(figures, indent=2) + "\n")


def gains(result: Compared, measure: str) -> list[tuple[int, float]]:
    """Index of a call and what B won on it, what it lost most first; only calls of which both have the figure."""
    of = MEASURE[measure].of
    parts = [(of(a), of(b)) for a, b in zip(*(result.judged[side] for side in SIDES), strict=True)]
    won = [(index, b[0] - a[0]) for index, (a, b) in enumerate(parts) if a[1] and b[1]]
    return sorted(won, key=lambda one: one[1])


def report(
    result: Compared, names: tuple[str, str], won: Sequence[tuple[int, float]], plot: Path, *, measure: str
) -> str:
    """The calls on which B lost most and won most, as a page."""
    ends = [*won[:ON_PAGE], *won[max(len(won) - ON_PAGE, ON_PAGE) :][::-1]]
    shown = [
        (
            pairs.as_read(result.calls[index]),
            {name: result.judged[side][index].attempt.sentences for side, name in zip(SIDES, names, strict=True)},
            f"{gain:+.2f} {measure}",
        )
        for index, gain in ends
    ]
    rows = [
        (MEASURE[name].label, *(_written(name, one) for one in (found.a, found.b)), _interval(name, found))
        for name, found in result.found.items()
    ]
    head = ("", *names, f"{names[1]} less {names[0]}, 95 %")
    return compared([head, *rows], shown, plot.read_bytes(), title=" and ".join(names), verdict=result.verdict)


def table(found: dict[str, Difference], both: Sequence[Backend], *, title: str) -> Table:
    """A row a measure."""
    names = [one.name for one in both]
    caption = f"{names[1]} less {names[0]} on the same calls; money and Wh are the model's, its checks are not counted"
    made = Table(title=escape(title), caption=escape(caption))
    made.add_column("", no_wrap=True)
    for column in (*map(escape, names), "difference, 95 %"):
        made.add_column(column, justify="right")
    for name, one in found.items():
        made.add_row(MEASURE[name].label, _written(name, one.a), _written(name, one.b), _interval(name, one))
    return made


def as_json(
    result: Compared,
    both: Sequence[Backend],
    tariff: Tariff,
    args: argparse.Namespace,
    settings: ModelSettings,
    *,
    on: date,
) -> dict[str, Any]:
    """Every figure with what it was made of; not a word of a call."""
    judged = result.judged
    return {
        "verdict": result.verdict,
        "decided_by": principal(result.found),
        "figures": {name: {"label": MEASURE[name].label, **asdict(one)} for name, one in result.found.items()},
        "models": {
            one.side: {
                "name": one.name,
                "kind": one.spec.kind,
                "version": judged[one.side][0].attempt.version,
                "statements": _statements(judged[one.side]),
                "money": sum(each.money or 0.0 for each in judged[one.side]),
                "watt_hours": sum(each.watt_hours or 0.0 for each in judged[one.side]),
            }
            for one in both
        },
        "data": {
            "file": f"{args.data.parent.name}/{args.data.name}",
            "sha256": digest_of([args.data]).hex(),
            "num_calls": len(result.calls),
            "num_with_references": sum(bool(one.references) for one in result.calls),
        },
        "prices": _prices(tariff, on=on),
        "arguments": {"limit": args.limit, "seed": args.seed, "at_once": args.at_once, "format": args.format},
        "device": settings.device,
        "code": code_version(),
        "python": platform.python_version(),
        "metric": "rouge-score, stemmed, mean over references; references are masked as the calls are",
        "calls": [
            {"id": call.id, **{side: _of_call(judged[side][index]) for side in SIDES}}
            for index, call in enumerate(result.calls)
        ],
    }


def _call(document: Document, *, format_name: str | None) -> Call | None:
    """A record with its references, or a transcript without; None where nobody says anything."""
    record = _record(document) if format_name is None else None
    if record is None:
        conversation = redact(conversation_in(document, format_name))
        return Call(document.own_id, conversation, ())
    spoken = conversation_of(record)
    if spoken is None:
        return None
    drafts = drafts_of(record, spoken)
    texts = (" ".join(one.text for one in draft.statements) for draft in drafts)
    return Call(record["id"], redact(spoken), tuple(masked(text, spoken.language) for text in texts if text))


def _record(document: Document) -> dict[str, Any] | None:
    """A line of `training.dataset`: it says where it is from."""
    if document.line is None or document.failure is not None:
        return None
    try:
        found = json.loads(document.raw)
    except ValueError:
        return None
    is_record = isinstance(found, dict) and {"id", "turns", "language", "summary"} <= found.keys()
    return found if is_record and "source" in found else None


def _charge(tariff: Tariff, backend: str, attempt: Attempt, *, on: date) -> Charge | None:
    try:
        return tariff.charge(backend, attempt.meter, on=on)
    except InvalidPrices:
        return None


def _judged(attempt: Attempt, call: Call, charge: Charge | None) -> Judged:
    return Judged(
        attempt,
        rouge(attempt.text, call.references) if call.references else None,
        money=None if charge is None else float(charge.money),
        watt_hours=None if charge is None else charge.watt_hours,
    )


def _statements(judged: Sequence[Judged]) -> dict[str, int]:
    """What became of all that was drafted, as the service counts it."""
    drafted, repaired, dropped = (
        sum(getattr(one.attempt, name) for one in judged) for name in ("num_statements", "num_repaired", "num_dropped")
    )
    return {"kept": drafted - repaired - dropped, "repaired": repaired, "dropped": dropped}


def _prices(tariff: Tariff, *, on: date) -> dict[str, Any]:
    entries = [*tariff.prices.devices, *tariff.prices.rented]
    newest = max((one.since for one in entries if one.since <= on), default=None)
    return {
        "on": on.isoformat(),
        "newest_entry": newest and newest.isoformat(),
        "currency": tariff.prices.currency,
        "list": tariff.prices.model_dump(mode="json"),
    }


def _of_call(one: Judged) -> dict[str, Any]:
    """The figures of one call by one backend."""
    left_out = ("digest", "backend", "version", "sentences")
    figures = {name: value for name, value in asdict(one.attempt).items() if name not in left_out}
    return {**figures, "rouge": one.overlap, "money": one.money, "watt_hours": one.watt_hours}


def _figure(one: Difference, side: str) -> float | None:
    return one.a if side == "A" else one.b


def _written(name: str, value: float | None) -> str:
    return "-" if value is None else f"{value:,.{MEASURE[name].digits}f}"


def _interval(name: str, one: Difference) -> str:
    if one.difference is None:
        return "-"
    digits = MEASURE[name].digits
    return f"{one.difference:+,.{digits}f} ({one.low:+,.{digits}f} to {one.high:+,.{digits}f})"


if __name__ == "__main__":
    main()
