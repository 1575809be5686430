"""An example has a source, a licence and a hash, and a model's ledger knows which it saw."""

import gzip
from pathlib import Path

import pytest

from summarizer.ledger import LEDGER
from summarizer.summary import Aspect, Draft, Statement
from tests.builders import LOST_CARD, a_conversation
from training.dataset import DATASETS
from training.origin import Origin, UnknownPast, hash_of, ledger, origin_of, read_ledger, saw

DRAFT = Draft((Statement(Aspect.REASON, "The customer wants a card."),))
OWN = origin_of(a_conversation(), DRAFT, None)
PUBLIC = origin_of(a_conversation(), DRAFT, DATASETS["star"])


def a_model(directory: Path, *origins: Origin | None, start: Path | None = None) -> Path:
    directory.mkdir()
    (directory / LEDGER).write_bytes(ledger(origins, start=start))
    return directory


def test_a_public_example_names_its_source_and_its_licence() -> None:
    assert (PUBLIC.source, PUBLIC.licence, PUBLIC.is_private) == ("RasaHQ/STAR", "MIT", False)


def test_a_private_example_is_known_by_its_hash_alone(tmp_path: Path) -> None:
    model = a_model(tmp_path / "model", OWN)
    text = gzip.decompress((model / LEDGER).read_bytes()).decode()
    assert OWN.sha256 in text
    assert OWN.is_private
    assert "call-1" not in text
    assert "card" not in text


def test_the_hash_is_of_what_was_said_and_what_is_to_be_written() -> None:
    other_words = a_conversation((*LOST_CARD[:3], ("customer", "Thanks, bye.")))
    other_target = Draft((Statement(Aspect.REASON, "The customer wants a pin."),))
    others = [origin_of(other_words, DRAFT, None), origin_of(a_conversation(), other_target, None)]
    assert len({OWN.sha256, *(one.sha256 for one in others)}) == 3
    assert PUBLIC.sha256 == OWN.sha256


def test_the_hash_does_not_depend_on_spaces_ids_or_how_an_accent_is_composed() -> None:
    assert hash_of(["Un  cafe\u0301 "], target="Un\ncafé") == hash_of(["Un café"], target="Un café")
    assert origin_of(a_conversation(external_id="call-2"), DRAFT, None) == OWN


def test_a_turn_more_is_another_example_even_if_the_words_are_the_same() -> None:
    assert hash_of(["one", "two"], target="three") != hash_of(["one two"], target="three")


def test_a_model_knows_what_it_saw_and_what_it_did_not(tmp_path: Path) -> None:
    model = a_model(tmp_path / "model", OWN, None, OWN)
    assert saw(model, OWN.sha256)
    assert not saw(model, "0" * 64)
    assert list(read_ledger(model)) == [OWN]


def test_a_model_saw_what_the_one_saw_that_it_started_from(tmp_path: Path) -> None:
    first = a_model(tmp_path / "first", OWN)
    other = origin_of(a_conversation(LOST_CARD[:2]), DRAFT, DATASETS["sgd"])
    assert saw(a_model(tmp_path / "second", other, start=first), OWN.sha256)


def test_a_model_without_a_ledger_is_not_said_to_have_seen_nothing(tmp_path: Path) -> None:
    with pytest.raises(UnknownPast, match=LEDGER):
        saw(tmp_path, OWN.sha256)
    assert list(read_ledger(a_model(tmp_path / "model", OWN, start=tmp_path))) == [OWN]
