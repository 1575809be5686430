"""What must not be trained on: what repeats a held-out conversation, and what repeats another example.

held out ─▶ seen        training ─▶ leaked? exact? near? ─▶ dropped and counted, or kept
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path

from training.dataset import Dataset, Record, held_out_records, training_records
from training.resemblance import Seen, fingerprint_of, words_of


class Fault(StrEnum):
    """Why an example is left out."""

    EXACT = "exact"  #: it is another example
    NEAR = "near"  #: it is almost another example
    LEAKED = "leaked"  #: it is, or almost is, a held-out one


def clean_sets(data: Path, datasets: Iterable[Dataset]) -> tuple[list[tuple[Dataset, list[Record]]], dict[str, int]]:
    """The training records of each set that can be trained on, and how many had which fault.

    Held out is everything in the folder that is not for training, whichever set it belongs to.
    """
    owned = [(dataset, record) for dataset in datasets for record in training_records(data, dataset)]
    found = faults((said(record) for _, record in owned), held_out=map(said, held_out_records(data)))
    kept: dict[str, tuple[Dataset, list[Record]]] = {dataset.name: (dataset, []) for dataset, _ in owned}
    for (dataset, record), fault in zip(owned, found, strict=True):
        if fault is None:
            kept[dataset.name][1].append(record)
    return list(kept.values()), tally(found)


def faults(texts: Iterable[str], *, held_out: Iterable[str]) -> list[Fault | None]:
    """For each text what is wrong with it; of those that repeat each other the first is right."""
    secret, kept = Seen(), Seen()
    for text in held_out:
        secret.add(fingerprint_of(words_of(text)))
    found: list[Fault | None] = []
    for text in texts:
        one = fingerprint_of(words_of(text))
        if secret.repeat(one):
            found.append(Fault.LEAKED)
        elif repeat := kept.repeat(one):
            found.append(Fault(repeat.value))
        else:
            kept.add(one)
            found.append(None)
    return found


def tally(found: Sequence[Fault | None]) -> dict[str, int]:
    """How many have each fault, as it stands in the model's card."""
    counts = Counter(found)
    return {fault.value: counts[fault] for fault in Fault}


def said(record: Record) -> str:
    """All turns of a record."""
    return " ".join(turn["text"] for turn in record["turns"])
