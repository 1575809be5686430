"""One candidate on some workloads, in a process of its own: a line of JSON for each.

python -m summarizer.engine.bench.run --candidate NAME --shape S --checkpoint DIR --workloads one600 batch16
"""

import argparse
import json
import time
from pathlib import Path

from summarizer.engine.bench.rivals import CANDIDATES
from summarizer.engine.bench.workload import SHAPES, Request, requests


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--candidate", required=True, choices=list(CANDIDATES))
    parser.add_argument("--shape", required=True, choices=list(SHAPES))
    parser.add_argument("--checkpoint", type=Path, required=True)
    parser.add_argument("--workloads", nargs="+", required=True)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()

    shape = SHAPES[args.shape]
    start = time.perf_counter()
    generate = CANDIDATES[args.candidate].open(args.checkpoint, shape, args.threads)
    load_seconds = time.perf_counter() - start
    generate([Request(requests("one600", shape)[0].prompt[:64], 8)])  # lazy initialization, here and in the rivals
    for name in args.workloads:
        work = requests(name, shape)
        start = time.perf_counter()
        written = generate(work)
        seconds = time.perf_counter() - start
        assert [len(one) for one in written] == [one.num_new for one in work]
        print(
            json.dumps(
                {
                    "workload": name,
                    "seconds": seconds,
                    "load_seconds": load_seconds,
                    "peak_mb": peak_mb(),
                    "tokens": written,
                }
            ),
            flush=True,
        )


def peak_mb() -> float:
    """The most main memory this process has had so far; getrusage would count the parent's as well (Linux only)."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
