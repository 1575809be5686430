"""A checkpoint's tokenizer, made to read a transcript as nothing but text; nothing here loads torch."""

from pathlib import Path

from tokenizers import Tokenizer

from summarizer.engine.files import TOKENIZER
from summarizer.errors import UnusableCheckpoint


def opened_tokenizer(directory: Path) -> Tokenizer:
    """As it was published, but it cuts nothing off and fills nothing up."""
    try:
        tokenizer = Tokenizer.from_file(str(directory / TOKENIZER))
    except Exception as error:  # tokenizers raises nothing narrower
        raise UnusableCheckpoint(f"{TOKENIZER} cannot be read: {error}") from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def literal(tokenizer: Tokenizer, *, vocabulary_size: int, end_tokens: frozenset[int]) -> Tokenizer:
    """The same tokenizer, which from now on reads control tokens as plain text; refused where it cannot."""
    tokenizer.encode_special_tokens = True
    greatest = max(tokenizer.get_vocab(with_added_tokens=True).values(), default=-1)
    if greatest >= vocabulary_size:
        raise UnusableCheckpoint(f"{TOKENIZER} knows token {greatest}; the model knows {vocabulary_size} tokens.")
    special = {token for token, added in tokenizer.get_added_tokens_decoder().items() if added.special}
    for token in sorted(special | end_tokens):
        content = tokenizer.id_to_token(token)
        if content is not None and token in tokenizer.encode(content, add_special_tokens=False).ids:
            raise UnusableCheckpoint(f"{TOKENIZER} reads {content!r} in a text as a control token.")
    return tokenizer
