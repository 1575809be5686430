"""An instruction is read in Dolly's words, and only its answer is learned."""

from tests.training.models import DATA, a_tokenizer
from training.dataset import DATASETS, read_records
from training.instructions import END, answer_of, completion_of, instruction_of, instruction_row, prompt_of
from training.origin import hash_of
from training.tokenizer import EOS

RECORDS = list(read_records(DATA / "instructions.jsonl"))
SET = DATASETS["instructions"]


def a_record(**said: str) -> dict[str, object]:
    return {"turns": [{"speaker": speaker, "text": text} for speaker, text in said.items()]}


def test_the_prompt_is_that_of_dolly() -> None:
    assert prompt_of("Name a fruit.") == (
        "Below is an instruction that describes a task. "
        "Write a response that appropriately completes the request.\n\n"
        "### Instruction:\nName a fruit.\n\n"
        "### Response:\n"
    )


def test_a_context_stands_between_instruction_and_response() -> None:
    prompt = prompt_of("Who is it?", context="It is Ann.")
    assert prompt.endswith("### Instruction:\nWho is it?\n\nInput:\nIt is Ann.\n\n### Response:\n")


def test_the_answer_is_found_again_in_the_completion() -> None:
    assert completion_of("Apple.") == "Apple.\n\n### End"
    assert answer_of(completion_of("Apple.")) == "Apple."
    assert answer_of("Apple. Without an end") == "Apple. Without an end"


def test_only_the_response_is_learned() -> None:
    tokenizer = a_tokenizer()
    row = instruction_row(RECORDS[1], SET, tokenizer)
    assert row is not None
    assert tokenizer.decode(list(row.ids[: row.num_prompt])).endswith("Night : Day :: Right : Left\n\n### Response:\n")
    written = tokenizer.decode(list(row.ids[row.num_prompt : -1]))
    assert written == f"The relation between the given pairs is that they are opposites.\n\n{END}"
    assert row.ids[-1] == EOS


def test_the_words_of_an_answer_are_never_renamed() -> None:
    row = instruction_row(RECORDS[0], SET, a_tokenizer())
    assert row is not None
    assert row.is_literal


def test_a_row_knows_where_it_comes_from() -> None:
    row = instruction_row(a_record(user="Name a fruit.", assistant="Apple."), SET, a_tokenizer())
    assert row is not None
    assert row.origin is not None
    assert (row.origin.source, row.origin.licence) == ("yizhongw/self-instruct", "Apache-2.0")
    assert row.origin.sha256 == hash_of(["Name a fruit.", ""], target="Apple.")


def test_what_nobody_answered_is_left_out() -> None:
    assert instruction_of(a_record(user="Name a fruit.", assistant=" ")) is None
    assert instruction_row(a_record(assistant="Apple."), SET, a_tokenizer()) is None
