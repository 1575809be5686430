import pytest

from summarizer.roots import root


@pytest.mark.parametrize(
    "forms",
    [
        "send sends sent sending",
        "pay pays paid paying",
        "rembourser rembourse remboursé remboursera rembourserons rembourserai",
        "envoyer envoie enverrai enverra envoyé",
        "renvoyer renvoie renverrai",
        "transmettre transmets transmettrons transmis",
        "recevoir recevrez recevra reçu",
        "remplacer remplacerons remplacera remplacé",
        "cobrar cobraré cobrará",
        "rappeler rappellerai rappelle rappellera call",
    ],
)
def test_the_forms_of_a_verb_have_one_root(forms: str) -> None:
    assert len({root(one) for one in forms.split()}) == 1, {one: root(one) for one in forms.split()}


def test_different_verbs_have_different_roots() -> None:
    assert len({root(one) for one in "send refund order cancel rembourser envoyer".split()}) == 6
