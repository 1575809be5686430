"""Instructions with answers, in the words that Dolly and Alpaca were trained with: the one place that knows them.

    Below is an instruction ... ### Instruction: ... [Input: ...] ### Response: | ... ### End

What stands before the bar is the prompt; only what follows it counts in the loss. The template is that of
https://github.com/databrickslabs/dolly, so that models of that family go on in the format they know.
"""

from dataclasses import dataclass, replace

from tokenizers import Tokenizer

from training.dataset import Dataset, Record
from training.origin import hash_of, public
from training.rows import Row, text_row

INTRO = "Below is an instruction that describes a task. Write a response that appropriately completes the request."
END = "### End"


@dataclass(frozen=True, slots=True)
class Instruction:
    """What somebody asked for, on which text if any, and what was answered."""

    asked: str
    answer: str
    context: str = ""


def prompt_of(asked: str, *, context: str = "") -> str:
    """What the model reads; it ends where the answer begins."""
    given = f"Input:\n{context}\n\n" if context else ""
    return f"{INTRO}\n\n### Instruction:\n{asked}\n\n{given}### Response:\n"


def completion_of(answer: str) -> str:
    """What the model should write."""
    return f"{answer}\n\n{END}"


def answer_of(completion: str) -> str:
    """What the model wrote, up to its end mark."""
    return completion.split(END)[0].strip()


def instruction_of(record: Record) -> Instruction | None:
    """The turns of user, context and assistant; None where nothing is asked or answered."""
    said = {turn["speaker"]: turn["text"].strip() for turn in record["turns"]}
    asked, answer = said.get("user", ""), said.get("assistant", "")
    return Instruction(asked, answer, said.get("context", "")) if asked and answer else None


def instruction_row(record: Record, dataset: Dataset, tokenizer: Tokenizer) -> Row | None:
    """The record as the model sees it; its words stand for what they say, so none is renamed."""
    one = instruction_of(record)
    if one is None:
        return None
    origin = public(hash_of([one.asked, one.context], target=one.answer), dataset)
    row = text_row(prompt_of(one.asked, context=one.context), completion_of(one.answer), tokenizer, origin)
    return replace(row, is_literal=True)
