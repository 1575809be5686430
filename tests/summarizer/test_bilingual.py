import pytest

from summarizer import bilingual
from summarizer.bilingual import PAIRS, translated
from summarizer.stems import stem_in


@pytest.mark.parametrize(
    ("word", "source", "target", "other"),
    [
        ("refund", "en", "fr", "remboursement"),
        ("refunded", "en", "fr", "rembourser"),
        ("appointment", "en", "fr", "rendez"),
        ("facture", "fr", "en", "invoice"),
        ("factures", "fr", "en", "bill"),
        ("livraison", "fr", "en", "delivery"),
    ],
)
def test_a_word_has_its_senses_both_ways(word: str, source: str, target: str, other: str) -> None:
    assert stem_in(other, target) in translated([stem_in(word, source)], source=source, target=target)


def test_what_no_list_holds_has_no_other_word() -> None:
    assert translated(["zzz"], source="en", target="fr") == set()
    assert translated(["refund"], source="en", target="zh") == set()
    assert ("en", "zh") not in PAIRS


def test_each_line_of_a_list_has_words_of_both_languages() -> None:
    for source, target in PAIRS:
        notions = bilingual._notions(source, target)
        assert len(notions) > 1_000
        assert all(words and others for words, others in notions)
