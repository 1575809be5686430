"""Invented private conversations, as `wrapup corrections export` writes them."""

import gzip
import json
from pathlib import Path
from typing import Any

THINGS = "router modem printer kettle lamp heater camera freezer scooter blender".split()
FAULTS = "shows a red light,does not start,makes a loud noise,smells of smoke,leaks water".split(",")


def a_private_record(index: int, *, tenant: str = "t1", agents: int = 20) -> dict[str, Any]:
    """One corrected conversation."""
    thing, fault = THINGS[index % len(THINGS)], FAULTS[index // len(THINGS) % len(FAULTS)]
    day = 1 + index % 28
    return {
        "id": f"private-{tenant}-{index}",
        "tenant": tenant,
        "agent": f"a{index % agents}",
        "source": "private",
        "language": "en",
        "turns": [
            {"speaker": "agent", "text": "Thank you for calling, how can I help you today?"},
            {"speaker": "customer", "text": f"My {thing} {fault} since the {day} of June and I need help."},
            {"speaker": "agent", "text": f"I am sorry. I will send you a new {thing} within {2 + index % 5} days."},
            {"speaker": "customer", "text": "That is kind, thank you very much."},
        ],
        "summary": f"The customer's {thing} {fault}. The agent will send a new {thing} within {2 + index % 5} days.",
    }


def a_private_file(path: Path, *, num: int = 60, **changes: Any) -> Path:
    """So many of them."""
    path.write_text("".join(json.dumps(a_private_record(index, **changes)) + "\n" for index in range(num)))
    return path


def a_public_folder(directory: Path, *, num: int = 120) -> Path:
    """A data folder of conversations like these, some of them shorter, under the name of a public set."""
    records = []
    for index in range(num):
        record = a_private_record(index + 500)
        turns = record["turns"][index % 2 : 4 - index % 3 // 2]
        records.append({**record, "id": f"sgd-train-{index}", "turns": turns})
    (directory / "sgd").mkdir(parents=True)
    with gzip.open(directory / "sgd" / "train.jsonl.gz", "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(one) + "\n" for one in records)
    return directory
