"""Public sets as their authors published them, to the records that `training.dataset` reads.

    python -m training.layouts dialogsum dialogsum.train.jsonl --out DATA/dialogsum/train.jsonl.gz
    python -m training.layouts tweetsumm FILE.jsonl --tweets twcs.csv --out DATA/tweetsumm/train.jsonl.gz
    python -m training.layouts samsum train.json --out DATA/samsum/train.jsonl.gz
    python -m training.layouts dolly15k databricks-dolly-15k.jsonl --out DATA/dolly15k/train.jsonl.gz
    python -m training.layouts alpaca alpaca_data.json --out DATA/alpaca/train.jsonl.gz

DialogSum: cylnlp/dialogsum. TweetSumm: guyfe/Tweetsumm, whose files name tweets of Kaggle's "Customer Support on
Twitter". SAMSum: Gliwa et al. (2019), and what is laid out like it. Dolly: databricks/databricks-dolly-15k. Alpaca:
tatsu-lab/stanford_alpaca, and what is laid out like it.
"""

import argparse
import csv
import gzip
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from training.dataset import DATASETS, Record, is_training_split, training_file

_SPOKEN = re.compile(r"\s*([^:\n]{1,40}?)\s*:\s*(.*)")
_SUMMARIES = re.compile(r"summary\d*")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("layout", choices=list(LAYOUTS))
    parser.add_argument("file", type=Path)
    parser.add_argument("--tweets", type=Path, help="twcs.csv, for tweetsumm")
    parser.add_argument("--out", type=Path, required=True, help="<data>/<dataset>/<split>.jsonl.gz")
    args = parser.parse_args()
    split = args.out.name.split(".")[0]
    if is_training_split(args.out):
        training_file(args.file)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    num = 0
    with gzip.open(args.out, "wt", encoding="utf-8") as lines:
        for num, record in enumerate(LAYOUTS[args.layout](args.file, split, args.tweets), 1):  # noqa: B007 - the count
            lines.write(json.dumps(record, ensure_ascii=False) + "\n")
    print(f"{num} records, {DATASETS[args.layout].licence}")


def read_dialogsum(path: Path, split: str, _: Path | None = None) -> Iterator[Record]:
    """`fname`, `dialogue` of lines, and `summary` or `summary1`, `summary2`..."""
    for value in _lines(path):
        summaries = [text for key, text in value.items() if _SUMMARIES.fullmatch(key)]
        yield _record("dialogsum", split, value["fname"], turns=_spoken(value["dialogue"]), summaries=summaries)


def read_samsum(path: Path, split: str, _: Path | None = None) -> Iterator[Record]:
    """One list of `id`, `dialogue` and `summary`."""
    for value in json.loads(path.read_text("utf-8")):
        turns = _spoken(value["dialogue"])
        yield _record("samsum", split, value["id"], turns=turns, summaries=[value["summary"]])


def read_tweetsumm(path: Path, split: str, tweets: Path | None = None) -> Iterator[Record]:
    """Ids of tweets and what annotators wrote about them; the words stand in Kaggle's table."""
    if tweets is None:
        raise SystemExit("tweetsumm names tweets only: give Kaggle's table by --tweets")
    values = list(_lines(path))
    said = _tweets(tweets, {str(one["tweet_id"]) for value in values for one in value["tweet_ids_sentence_offset"]})
    for value in values:
        turns = [said[str(one["tweet_id"])] for one in value["tweet_ids_sentence_offset"]]
        summaries = [" ".join(one["abstractive"]) for one in value["annotations"] if one.get("abstractive")]
        yield _record("tweetsumm", split, value["conversation_id"], turns=turns, summaries=summaries)


def read_dolly(path: Path, split: str, _: Path | None = None) -> Iterator[Record]:
    """`instruction`, `context`, `response` and `category`."""
    for number, value in enumerate(_lines(path)):
        turns = _answered(value["instruction"], value["context"], value["response"])
        record = _record("dolly15k", split, str(number), turns=turns, summaries=[])
        yield {**record, "labels": {"category": value["category"]}}


def read_alpaca(path: Path, split: str, _: Path | None = None) -> Iterator[Record]:
    """One list of `instruction`, `input` and `output`."""
    for number, value in enumerate(json.loads(path.read_text("utf-8"))):
        turns = _answered(value["instruction"], value["input"], value["output"])
        yield _record("alpaca", split, str(number), turns=turns, summaries=[])


Layout = Callable[[Path, str, Path | None], Iterator[Record]]
LAYOUTS: dict[str, Layout] = {
    "dialogsum": read_dialogsum,
    "samsum": read_samsum,
    "tweetsumm": read_tweetsumm,
    "dolly15k": read_dolly,
    "alpaca": read_alpaca,
}


def _tweets(path: Path, wanted: set[str]) -> dict[str, tuple[str, str]]:
    """Speaker and words of the wanted tweets; what comes in is the customer's."""
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["tweet_id"]: ("customer" if row["inbound"] == "True" else "agent", row["text"])
            for row in csv.DictReader(file)
            if row["tweet_id"] in wanted
        }


def _spoken(dialogue: str) -> list[tuple[str, str]]:
    """Lines of `Speaker: words`; a line without a speaker goes on with the words before."""
    turns: list[tuple[str, str]] = []
    for line in dialogue.splitlines():
        if match := _SPOKEN.fullmatch(line):
            turns.append((match[1], match[2]))
        elif turns and line.strip():
            turns[-1] = (turns[-1][0], f"{turns[-1][1]} {line.strip()}")
    return turns


def _answered(instruction: str, context: str, response: str) -> list[tuple[str, str]]:
    """An instruction as turns: who asks, the text it is about if any, who answers."""
    turns = [("user", instruction), ("context", context), ("assistant", response)]
    return [(speaker, text) for speaker, text in turns if text.strip() or speaker != "context"]


def _record(
    dataset: str, split: str, name: str, *, turns: list[tuple[str, str]], summaries: list[str]
) -> dict[str, Any]:
    record: dict[str, Any] = {
        "id": f"{dataset}-{name}" if name.startswith(split) else f"{dataset}-{split}-{name}",
        "source": DATASETS[dataset].source,
        "split": split,
        "language": "en",
        "turns": [{"speaker": speaker, "text": text} for speaker, text in turns],
        "summary": summaries[0] if summaries else None,
        "labels": {},
    }
    return record | ({"summaries": summaries} if len(summaries) > 1 else {})


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            if line.strip():
                yield json.loads(line)


if __name__ == "__main__":
    main()
