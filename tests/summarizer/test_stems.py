import pytest

from summarizer.stems import stem_in, without_elision


@pytest.mark.parametrize(
    ("language", "forms"),
    [
        ("fr", "commander commandé commandée commandées commandait commande commandent"),
        ("fr", "payer paie payé paiement"),
        ("fr", "rembourser remboursé remboursement remboursera"),
        ("fr", "annuler annulation annulé"),
        ("fr", "recevoir reçu reçue reçoit recevra"),
        ("fr", "adresse l'adresse L’Adresse adresses"),
        ("es", "enviar envío enviado enviaron"),
        ("es", "devolver devolución devuelto"),
        ("pt", "cancelar cancelou cancelado cancelamento"),
        ("it", "spedire spedito spedizione"),
        ("it", "ordine ordini dell'ordine"),
        ("de", "kündigen gekündigt Kündigung kündigt"),
        ("de", "Vertrag Verträge Vertrags"),
        ("en", "book booked booking books"),
        (None, "book booked booking books"),
    ],
)
def test_forms_of_a_word_share_a_stem(language: str | None, forms: str) -> None:
    assert len({stem_in(form, language) for form in forms.split()}) == 1


@pytest.mark.parametrize(("language", "one", "other"), [("fr", "parti", "partir"), ("fr", "carte", "cartable")])
def test_other_words_keep_other_stems(language: str, one: str, other: str) -> None:
    assert stem_in(one, language) != stem_in(other, language)


def test_accents_do_not_part_words() -> None:
    assert stem_in("réseau", "fr") == stem_in("RESEAU", "fr")


def test_only_what_is_elided_falls() -> None:
    assert without_elision("aujourd'hui", "fr") == "aujourd'hui"
    assert without_elision("dell’ordine", "it") == "ordine"
    assert without_elision("customer's", "en") == "customer's"
