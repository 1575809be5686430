"""An owner who has the id of a conversation can ask a model whether it learned from it."""

from dataclasses import replace
from pathlib import Path
from uuid import UUID, uuid4

from summarizer.ledger import LEDGER, Past, hash_of_record, past_of, record_id
from summarizer.summary import Aspect, Draft, Statement
from tests.builders import a_conversation
from training.dataset import DATASETS
from training.origin import Origin, ledger, origin_of

DRAFT = Draft((Statement(Aspect.REASON, "The customer wants a card."),))
OWN = origin_of(a_conversation(), DRAFT, None)
PUBLIC = origin_of(a_conversation(), DRAFT, DATASETS["star"])


def a_model(
    directory: Path, *conversation_ids: UUID, others: tuple[Origin, ...] = (), start: Path | None = None
) -> Path:
    """A directory with the ledger of a model that saw these conversations."""
    directory.mkdir(parents=True)
    seen = [replace(OWN, record=hash_of_record(record_id(one))) for one in conversation_ids]
    (directory / LEDGER).write_bytes(ledger([*seen, *others], start=start))
    return directory


def test_a_model_has_seen_what_it_was_trained_on_and_what_the_one_before_it_was(tmp_path: Path) -> None:
    first, second, never = uuid4(), uuid4(), uuid4()
    before = a_model(tmp_path / "before", first, others=(PUBLIC,))
    after = past_of(a_model(tmp_path / "after", second, start=before))
    assert after is not None
    assert [after.has_seen(one) for one in (first, second, never)] == [True, True, False]


def test_a_ledger_that_does_not_say_whose_an_example_was_counts_as_having_seen_everything(tmp_path: Path) -> None:
    past = past_of(a_model(tmp_path / "model", others=(OWN,)))
    assert past is not None
    assert past.has_seen(uuid4())


def test_a_model_that_was_not_made_here_has_seen_nothing_and_one_that_is_gone_tells_nothing(tmp_path: Path) -> None:
    assert past_of(tmp_path) == Past()
    assert past_of(tmp_path / "gone") is None


def test_the_ledger_holds_no_id(tmp_path: Path) -> None:
    import gzip

    seen = uuid4()
    text = gzip.decompress((a_model(tmp_path / "model", seen) / LEDGER).read_bytes()).decode()
    assert seen.hex not in text
    assert str(seen) not in text
