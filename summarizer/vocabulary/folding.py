"""Words made alike that differ only in case, accents or the shape of an apostrophe."""

import unicodedata
from functools import lru_cache


@lru_cache(maxsize=50_000)
def folded(word: str) -> str:
    """In lower case, without accents, with a straight apostrophe: `Été` is `ete`, `Straße` is `strasse`."""
    plain = word.casefold().replace("’", "'")
    if plain.isascii():
        return plain
    return unicodedata.normalize("NFC", _without_accents(plain))


def _without_accents(word: str) -> str:
    """Only Latin letters lose their marks; in other scripts a mark makes another letter."""
    kept: list[str] = []
    for char in unicodedata.normalize("NFD", word):
        is_accent = unicodedata.category(char) == "Mn" and kept and kept[-1].isascii()
        if not is_accent:
            kept.append(char)
    return "".join(kept)
