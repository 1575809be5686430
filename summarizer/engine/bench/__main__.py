"""How fast the engine is beside its rivals: rounds in which everybody has a turn, each in a fresh process.

    python -m summarizer.engine.bench --shape S|M --rivals hf,ct2,llamacpp --rounds 3 --json FILE

Rivals: hf, hf-batched, ct2, llamacpp, ours-torch (without native.cpp); `ours` always runs. They need
`pip install 'wrapup[bench]'`, llama.cpp also llama-cpp-python and gguf, built from source. What a round has measured
is in FILE at once: the same command goes on where it was interrupted.
"""

import argparse
import json
import subprocess
import sys
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.progress import Progress

from summarizer.engine.bench import arrivals, floor, report
from summarizer.engine.bench.models import make
from summarizer.engine.bench.rivals import CANDIDATES, Candidate
from summarizer.engine.bench.workload import SHAPES
from summarizer.engine.linear import Precision

WORKLOADS = {"S": ["one600", "one1500", "batch16"], "M": ["one600", "batch16"], "XS": ["one600"]}
NEEDS = {"hf": "transformers", "hf-batched": "transformers", "ct2": "ctranslate2", "llamacpp": "llama_cpp"}
RATIOS = [
    ("ours fp32", "transformers, batch of 16"),
    ("ours fp32", "CTranslate2 fp32"),
    ("ours fp32", "llama.cpp f32"),
    ("ours int8", "transformers, batch of 16"),
    ("ours int8", "CTranslate2 int8"),
    ("ours int8", "llama.cpp q8_0"),
]

console = Console(width=120)


def main() -> None:
    args = _arguments()
    names = _chosen(args.rivals)
    checkpoint = make(args.work_dir / f"bloom-{args.shape}", SHAPES[args.shape])
    for name in names:
        if prepare := CANDIDATES[name].prepare:
            prepare(checkpoint, SHAPES[args.shape])
    record = _record(args)
    todo = [
        (number, name)
        for number in range(args.rounds)
        for name in ["", *names]
        if not any(one["round"] == number and one["candidate"] == name for one in record["runs"])
    ]
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("measuring", total=len(todo))
        for number, name in todo:
            progress.update(task, description=f"round {number + 1}: {name or 'the machine itself'}")
            record["runs"] += _run(number, name, checkpoint, args) if name else _measure_machine(number)
            _save(record, args.json)
            progress.advance(task)
    if args.arrivals and not record["arrivals"]:
        for precision in (Precision.FP32, Precision.INT8):
            waits = arrivals.compare(checkpoint, SHAPES[args.shape], precision=precision, threads=args.threads)
            record["arrivals"] += [asdict(one) for one in waits]
        _save(record, args.json)
    _print(record, args.shape)


def _chosen(rivals: str) -> list[str]:
    """The candidates of these rivals, those left out that are not installed."""
    asked = [*filter(None, rivals.split(",")), "ours"]
    if unknown := set(asked) - {candidate.rival for candidate in CANDIDATES.values()}:
        raise SystemExit(f"There is no rival named {', '.join(sorted(unknown))}.")
    for rival in [one for one in asked if one in NEEDS and find_spec(NEEDS[one]) is None]:
        console.print(f"{rival} is left out: {NEEDS[rival]} is not installed")
        asked.remove(rival)
    return [name for name, candidate in CANDIDATES.items() if candidate.rival in asked]


def _run(number: int, name: str, checkpoint: Path, args: argparse.Namespace) -> list[dict[str, Any]]:
    candidate: Candidate = CANDIDATES[name]
    workloads = [one for one in WORKLOADS[args.shape] if one not in candidate.skips]
    if not workloads:
        return [{"round": number, "candidate": name, "workload": ""}]
    command = [sys.executable, "-m", "summarizer.engine.bench.run", "--candidate", name, "--shape", args.shape]
    command += ["--checkpoint", str(checkpoint), "--threads", str(args.threads), "--workloads", *workloads]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        console.print(f"{name} failed: {done.stderr.strip().splitlines()[-1:]}")
        return [{"round": number, "candidate": name, "workload": "", "failure": done.stderr[-500:]}]
    measured = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    return [{"round": number, "candidate": name, **one} for one in measured]


def _measure_machine(number: int) -> list[dict[str, Any]]:
    """In a process of its own, too, for the same number of threads and nothing in the caches."""
    program = "import json; from dataclasses import asdict; from summarizer.engine.bench.floor import measure;"
    program += "print(json.dumps(asdict(measure())))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return [{"round": number, "candidate": "", "workload": "", "rates": json.loads(done.stdout)}]


def _record(args: argparse.Namespace) -> dict[str, Any]:
    fresh = {"shape": args.shape, "threads": args.threads, "runs": [], "arrivals": []}
    if not args.json.exists():
        return fresh
    record: dict[str, Any] = json.loads(args.json.read_text("utf-8"))
    if (record["shape"], record["threads"]) != (args.shape, args.threads):
        raise SystemExit(f"{args.json} holds another benchmark: take another file.")
    return record


def _save(record: dict[str, Any], path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f"{path.name}.writing")
    aside.write_text(json.dumps(record) + "\n", encoding="utf-8")
    aside.rename(path)


def _print(record: dict[str, Any], shape: str) -> None:
    runs = [report.Run(**one) for one in record["runs"] if one["workload"]]
    measured = [one["rates"] for one in record["runs"] if "rates" in one]
    rates = floor.Rates(**{rate: median(one[rate] for one in measured) for rate in measured[0]})
    console.print(
        f"this machine: {rates.fp32_flop / 1e9:.0f} Gflop/s in fp32, {rates.int8_op / 1e9:.0f} Gop/s in "
        f"int8, {rates.read_bytes / 1e9:.1f} GB/s read, {record['threads']} threads"
    )
    for workload in WORKLOADS[shape]:
        found = report.lines(runs, workload=workload, shape=shape, rates=rates)
        console.print(report.table(found, title=f"shape {shape}, {workload}"))
        for fast, slow in RATIOS:
            if ratio := report.ratio(runs, workload=workload, slow=slow, fast=fast):
                console.print(f"  {fast}: {ratio:.2f} x {slow}")
    if record["arrivals"]:
        console.print(arrivals.table([arrivals.Waits(**one) for one in record["arrivals"]]))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m summarizer.engine.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--shape", choices=list(SHAPES), default="S")
    parser.add_argument("--rivals", default="hf,ct2", help="separated by commas")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--json", type=Path, required=True, help="where every measurement goes")
    parser.add_argument("--work-dir", type=Path, default=Path("build/bench"), help="for models, made once")
    parser.add_argument("--arrivals", action="store_true", help="also let requests come over time")
    return parser.parse_args()


if __name__ == "__main__":
    main()
