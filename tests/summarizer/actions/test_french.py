import pytest

from summarizer.actions.action import Who
from summarizer.actions.french import actions, infinitive


@pytest.mark.parametrize(
    ("sentence", "who", "opening"),
    [
        ("Je vous envoie la facture.", Who.SPEAKER, "envoyer à {you}"),
        ("Je vous l'enverrai ce soir.", Who.SPEAKER, "l'envoyer à {you}"),
        ("Nous allons vous rembourser.", Who.SPEAKER, "rembourser {you}"),
        ("Vous devrez nous rappeler.", Who.LISTENER, "rappeler {me}"),
        ("Il faut que vous signiez le contrat.", Who.LISTENER, "signer"),
        ("Un conseiller vous rappellera.", Who.TEAM, "rappeler {you}"),
        ("On vous rappellera demain.", Who.TEAM, "rappeler {you}"),
        ("La banque va vous contacter.", Who.OUTSIDER, "contacter {you}"),
        ("Vous recevrez le code.", Who.TEAM, "{you} recevra"),
    ],
)
def test_what_will_or_must_be_done_begins_with_its_infinitive(sentence: str, who: Who, opening: str) -> None:
    assert [(one.who, one.opening) for one in actions(sentence)] == [(who, opening)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Nous n'allons pas facturer les frais.",
        "Vous ne recevrez pas de facture.",
        "Personne ne viendra.",
        "Je vérifie votre dossier.",
        "Si vous résiliez, nous facturerons 50 euros.",
        "J'ai annulé la commande.",
    ],
)
def test_what_is_denied_open_or_done_is_no_action(sentence: str) -> None:
    assert list(actions(sentence)) == []


@pytest.mark.parametrize(
    ("verb", "known"),
    [
        ("enverrai", "envoyer"),
        ("rappellera", "rappeler"),
        ("remplacerons", "remplacer"),
        ("tiens", "tenir"),
        ("xyz", None),
    ],
)
def test_a_form_leads_to_its_infinitive(verb: str, known: str | None) -> None:
    assert infinitive(verb) == known
