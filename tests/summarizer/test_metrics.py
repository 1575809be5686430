from prometheus_client import REGISTRY, generate_latest

from summarizer import metrics
from summarizer.summary import Aspect, Claim, Evidence, Kind, NoSummary, Summary, Usage

WATERMARK = "Zanzibarwatermark"
VERSION = "ab" * 32
CLAIM = Claim(Aspect.REASON, f"The parcel is called {WATERMARK}.", (Evidence(0, 0, 1),), score=0.8)


def _value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_each_statement_is_counted_once_by_what_became_of_it() -> None:
    names = ("kept", "repaired", "dropped")
    before = [_value("wrapup_statements_total", result=name, model_version=VERSION[:12]) for name in names]
    usage = Usage(num_statements=7, num_repaired=1, num_dropped=2)
    metrics.count(Summary((CLAIM,), usage=usage), model_version=VERSION)
    after = [_value("wrapup_statements_total", result=name, model_version=VERSION[:12]) for name in names]
    assert [now - then for now, then in zip(after, before, strict=True)] == [4, 1, 2]


def test_quotations_and_refusals_are_counted_by_kind_and_reason() -> None:
    quoted = Claim(Aspect.REASON, "Customer: “gone”", (Evidence(0, 0, 1),), Kind.EXTRACTIVE)
    labels = {"kind": "extractive", "model_version": VERSION[:12]}
    before = _value("wrapup_summaries_total", **labels), _value("wrapup_no_summaries_total", reason="voicemail")
    metrics.count(Summary((quoted,)), model_version=VERSION)
    metrics.count(Summary((), reason=NoSummary.VOICEMAIL), model_version=VERSION)
    after = _value("wrapup_summaries_total", **labels), _value("wrapup_no_summaries_total", reason="voicemail")
    assert [now - then for now, then in zip(after, before, strict=True)] == [1, 1]


def test_no_word_of_a_call_is_exported() -> None:
    metrics.count(Summary((CLAIM,)), model_version=VERSION)
    assert WATERMARK.encode() not in generate_latest()
