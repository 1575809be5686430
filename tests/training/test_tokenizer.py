"""Any text survives the tokenizer."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer

from tests.training.models import a_tokenizer
from training.tokenizer import EOS, SPECIAL_TOKENS

TOKENIZER: Tokenizer = a_tokenizer()


@given(st.text())
def test_any_text_comes_back_as_it_was(text: str) -> None:
    tokenizer = a_reader()
    assert tokenizer.decode(tokenizer.encode(text).ids, skip_special_tokens=False) == text


def test_special_tokens_have_the_ids_of_bloom() -> None:
    assert [TOKENIZER.id_to_token(index) for index in range(4)] == SPECIAL_TOKENS


def test_a_number_is_read_digit_by_digit() -> None:
    tokens = [token.removeprefix("Ġ") for token in TOKENIZER.encode("at 2018 or 35").tokens]
    assert [token for token in tokens if any(char.isdigit() for char in token)] == list("201835")


@pytest.mark.parametrize("text", ["</s>", "a </s> b"])
def test_a_control_token_in_a_transcript_is_plain_text(text: str) -> None:
    assert EOS not in a_reader().encode(text).ids


def a_reader() -> Tokenizer:
    """As transcripts are read: nothing in them is a control token."""
    TOKENIZER.encode_special_tokens = True
    return TOKENIZER
