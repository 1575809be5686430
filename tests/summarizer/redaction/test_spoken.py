import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.redaction.spoken import groups, plain


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("four one oh double two triple five", "4 1 0 22 555"),
        ("forty-two nine hundred twelve", "42 912"),
        ("zéro six douze soixante-dix-huit", "0 6 12 78"),
        ("quatre-vingt-dix-sept vingt et un soixante et onze quatre-vingts", "97 21 71 80"),
        ("dreiundzwanzig null eins", "23 0 1"),
        ("４１１１ and 12", "4111 12"),
        ("the one I want", ""),
        ("oh, fine", ""),
    ],
)
def test_spoken_digits_are_read(text: str, digits: str) -> None:
    assert " ".join(one.digits for one in groups(text)) == digits


@given(st.text(alphabet="one two dix huit 45,-é", max_size=40))
def test_every_character_of_the_plain_text_leads_back_to_the_original(text: str) -> None:
    read = plain(text, groups(text))
    assert len(read.text) == len(read.starts) == len(read.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(read.starts, read.ends, strict=True))
