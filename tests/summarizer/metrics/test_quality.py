import pytest
from prometheus_client import generate_latest

from summarizer.budget import Because
from summarizer.metrics import quality
from summarizer.summary import Aspect, Claim, Evidence, Kind, NoSummary, Summary, Usage
from tests.summarizer.metrics.exported import value

WATERMARK = "Zanzibarwatermark"
VERSION = "ab" * 32
MODEL = {"backend": "wrapup", "model_version": VERSION[:12]}
CLAIM = Claim(Aspect.REASON, f"The parcel is called {WATERMARK}.", (Evidence(0, 0, 1),), score=0.8)


def _count(summary: Summary, *, because: Because | None = None) -> None:
    quality.count(summary, backend="wrapup", model_version=VERSION, because=because)


def test_each_statement_is_counted_once_by_what_became_of_it() -> None:
    names = ("kept", "repaired", "dropped")
    before = [value("wrapup_statements_total", result=name, **MODEL) for name in names]
    _count(Summary((CLAIM,), usage=Usage(num_statements=7, num_repaired=1, num_dropped=2)))
    after = [value("wrapup_statements_total", result=name, **MODEL) for name in names]
    assert [now - then for now, then in zip(after, before, strict=True)] == [4, 1, 2]


def test_quotations_refusals_and_other_backends_are_counted_by_kind_and_reason() -> None:
    quoted = Claim(Aspect.REASON, "Customer: “gone”", (Evidence(0, 0, 1),), Kind.EXTRACTIVE)
    series = [
        ("wrapup_summaries_total", {"kind": "extractive", **MODEL}),
        ("wrapup_no_summaries_total", {"reason": "voicemail"}),
        ("wrapup_backend_changes_total", {"because": "soft_cap"}),
    ]
    before = [value(name, **labels) for name, labels in series]
    _count(Summary((quoted,)), because=Because.SOFT_CAP)
    _count(Summary((), reason=NoSummary.VOICEMAIL))
    after = [value(name, **labels) for name, labels in series]
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1, 1]


def test_no_word_of_a_call_is_exported() -> None:
    _count(Summary((CLAIM,)))
    quality.count_edit(CLAIM.text, f"{WATERMARK} is gone", backend=WATERMARK, model_version=WATERMARK)
    quality.count_rating(WATERMARK, backend=WATERMARK, model_version=WATERMARK)
    assert WATERMARK.encode() not in generate_latest()


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        ("the card was ordered", "the card was ordered", 0.0),
        ("the card was ordered", "The Card was not ordered", 1 / 9),
        ("one two", "three four", 1.0),
        ("", "", 0.0),
    ],
)
def test_what_a_correction_changed_is_counted_in_words(before: str, after: str, share: float) -> None:
    assert quality.changed_share(before, after) == pytest.approx(share)
