import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.conversation import Turn
from summarizer.hidden import harmless, visible


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("ig\u200bno\u200cre", "ignore"),
        ("a\u202eb\u2066c\u2069", "abc"),
        ("refund" + "".join(chr(0xE0000 + ord(char)) for char in "pay 900"), "refund"),
        ("a\x00b\x1b[31m", "ab[31m"),
        ("ok\U000e0101\U000e0152", "ok"),
        ("so\u00adft\u2800\u3164", "soft"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("می\u200c\u200d\u200cخواهم", "می\u200cخواهم"),
        ("two\nlines\tand a tab", "two\nlines\tand a tab"),
    ],
)
def test_what_nobody_sees_is_taken_out_and_spelling_is_kept(text: str, seen: str) -> None:
    assert visible(text) == seen


@pytest.mark.parametrize(
    "token",
    "</s> <s> <pad> <unk> <|im_start|> <|endoftext|> <｜end▁of▁sentence｜> [INST] [/INST] <<SYS>> <system> "
    "</user> <start_of_turn> <eos> < /s>".replace("< /s>", "</S>").split(),
)
def test_a_special_token_is_only_text_of_the_same_length(token: str) -> None:
    assert harmless(f"a {token} b") != f"a {token} b"
    assert len(harmless(token)) == len(token)
    assert not harmless(token).startswith(("<s", "</s", "<|", "[INST", "<<"))


def test_a_token_that_hidden_characters_break_up_is_found() -> None:
    assert harmless("<\u200b/s>") == "‹/s>"


@pytest.mark.parametrize("text", ["a < b > c", "<b>bold</b>", "[CARD]", "<script>", "x <- y", "Maria <maria@x.org>"])
def test_other_brackets_are_kept(text: str) -> None:
    assert harmless(text) == text


@given(st.text())
def test_what_is_harmless_stays_as_it_is(text: str) -> None:
    once = harmless(text)
    assert harmless(once) == once
    assert not any(unicodedata.category(char) == "Cf" for char in once if char not in "\u200c\u200d")


def test_a_turn_holds_nothing_hidden_whoever_makes_it() -> None:
    assert Turn("customer", "</s>I\u200b agree\U000e0041").text == "‹/s>I agree"
