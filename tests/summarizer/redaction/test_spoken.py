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
        ("quarante-quatre mille, mille neuf cent soixante-huit", "44000 1968"),
        ("mil novecientos ochenta y dos", "1982"),
        ("neunzehnhundertsechzig vierhundertzwölf zweitausendvier", "1960 412 2004"),
        ("the payment is due, sei es um", ""),
        ("[PHONE_2] 4", "4"),
        ("the one I want", ""),
        ("oh, fine", ""),
    ],
)
def test_spoken_digits_are_read(text: str, digits: str) -> None:
    assert " ".join(one.digits for one in groups(text)) == digits


@pytest.mark.parametrize(
    ("language", "text", "digits"),
    [
        ("pt", "quatro cinco três nove, meia meia", "4 5 3 9 6 6"),
        ("pt-BR", "vinte e três", "23"),
        ("it", "quattro due trentatré ventuno diciassette", "4 2 33 21 17"),
    ],
)
def test_portuguese_and_italian_digits_are_read_where_they_are_spoken(language: str, text: str, digits: str) -> None:
    assert " ".join(one.digits for one in groups(text, language)) == digits


@given(st.text(alphabet="one two dix huit 45,-é", max_size=40))
def test_every_character_of_the_plain_text_leads_back_to_the_original(text: str) -> None:
    read = plain(text, groups(text))
    assert len(read.text) == len(read.starts) == len(read.ends)
    assert all(0 <= start < end <= len(text) for start, end in zip(read.starts, read.ends, strict=True))
