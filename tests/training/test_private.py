"""The owner's own examples, their held-out tenth, and the secrets planted among them."""

from dataclasses import replace
from pathlib import Path

from summarizer.ledger import hash_of_record
from tests.training.models import a_tokenizer
from tests.training.private_data import a_private_file
from training.private import NUM_CANARIES, canaries, canary_rows, clean_private, read_private, row_of


def test_every_example_has_an_owner_and_something_to_write(tmp_path: Path) -> None:
    examples = list(read_private(a_private_file(tmp_path / "private.jsonl", num=30)))
    assert len(examples) == 30
    assert {one.tenant for one in examples} == {"t1"}
    assert examples[0].draft.statements[0].text == "The customer's router shows a red light."
    item, row = row_of(examples[0], a_tokenizer())
    assert (item.id, item.tenant, item.agent, item.num_tokens) == ("private-t1-0", "t1", "a0", len(row.ids))
    assert row.origin is not None
    assert row.origin.record == hash_of_record("private-t1-0"), "so that one can ask a model for it without its words"


def test_about_a_tenth_is_held_out_and_always_the_same(tmp_path: Path) -> None:
    file = a_private_file(tmp_path / "private.jsonl", num=400)
    held_out = {one.id for one in read_private(file) if one.is_held_out}
    assert 20 < len(held_out) < 60
    assert held_out == {one.id for one in read_private(file) if one.is_held_out}


def test_a_correction_that_repeats_a_held_out_one_is_not_trained_on(tmp_path: Path) -> None:
    every = list(read_private(a_private_file(tmp_path / "private.jsonl", num=40)))
    held_out = next(one for one in every if one.is_held_out)
    first = next(one for one in every if not one.is_held_out)
    again = [replace(held_out, id=first.id), replace(first, tenant="t2")]
    kept, found = clean_private([*every, *again])
    assert kept == [one for one in every if not one.is_held_out]
    assert found == {"exact": 1, "near": 0, "leaked": 1}


def test_secrets_are_planted_by_the_seed() -> None:
    assert canaries(1) == canaries(1) != canaries(2)
    assert len({one.word for one in canaries(1)}) == NUM_CANARIES
    text = a_tokenizer().decode(list(canary_rows(canaries(1), a_tokenizer())[0].ids))
    assert canaries(1)[0].text in text
