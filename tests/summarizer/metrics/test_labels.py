import re

import pytest

from summarizer.metrics import labels
from summarizer.metrics.bounded import counter
from summarizer.metrics.labels import OTHER, TABLE, Bound, allowed
from tests.summarizer.metrics.exported import described


def test_what_is_not_listed_is_told_as_other() -> None:
    assert [allowed("method", one) for one in ("GET", "get", "BREW", "Zanzibar")] == ["GET", OTHER, OTHER, OTHER]


def test_of_a_shape_only_so_many_values_are_told() -> None:
    bound = Bound(shape=re.compile("[0-9a-f]{12}"), most=3)
    told = [bound.allowed(f"{number:012x}") for number in range(10)]
    assert told == [f"{number:012x}" for number in range(3)] + 7 * [OTHER]
    assert bound.allowed(f"{1:012x}") == f"{1:012x}", "one that is known stays so"


def test_a_metric_cannot_have_a_label_that_the_table_lacks() -> None:
    with pytest.raises(AssertionError, match="tenant"):
        counter("wrapup_wrong_total", "Nobody may have this.", "tenant")


def test_no_label_names_anybody() -> None:
    assert not {"tenant", "tenant_id", "conversation", "queue", "agent", "customer", "path", "url", "user"} & set(TABLE)
    used = {label for family in described().values() for sample in family.samples for label in sample.labels}
    assert used <= {*TABLE, "le"}


def test_every_label_has_an_end() -> None:
    for name, bound in TABLE.items():
        assert bound.num_values < 100, name


def test_what_counts_says_is_in_the_table() -> None:
    spoken = {"result": "kept retried handed_back refused told retry dead disabled late fetched succeeded failed"}
    spoken |= {"state": "waiting running in_use idle open promoted refused skipped failed", "type": "prompt run right"}
    for label, values in spoken.items():
        assert [labels.allowed(label, one) for one in values.split()] == values.split()
