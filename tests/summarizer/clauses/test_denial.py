import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.clauses.denial import Denial, denial
from summarizer.clauses.lexicon import NEGATORS, tells
from summarizer.roots import root


@pytest.mark.parametrize(
    ("clause", "deed"),
    [
        ("i will not charge the fee", "charge"),
        ("you don't have to pay the 35 dollars", "pay"),
        ("nobody will call", "call"),
        ("i never received the pin", "received"),
        ("it was not a mistake", "mistake"),
        ("our app no longer supports it", "supports"),
        ("nous ne remplacerons pas l appareil", "remplacer"),
        ("je n ai jamais reçu le code", "reçu"),
        ("je facture pas les frais", "facture"),
        ("personne n a enregistré la demande", "enregistré"),
        ("no le cobraré la tarifa", "cobraré"),
        ("ich werde ihnen die gebühr nicht berechnen", "berechnen"),
    ],
)
def test_a_clause_denies_the_deed_behind_its_not(clause: str, deed: str) -> None:
    assert denial(clause.split()) == Denial(deeds=frozenset({root(deed)}))


@pytest.mark.parametrize(
    ("clause", "thing"), [("no fee", "fee"), ("there is no refund", "refund"), ("aucun frais", "frais")]
)
def test_a_clause_says_that_a_thing_is_not_there(clause: str, thing: str) -> None:
    assert denial(clause.split()) == Denial(things=frozenset({root(thing)}))


@pytest.mark.parametrize("clause", ["i don't know the number", "we do not get it"])
def test_what_says_nothing_of_the_call_is_not_compared(clause: str) -> None:
    assert denial(clause.split()) == Denial()


@given(st.lists(st.sampled_from("the fee card send charge pay we you".split())))
def test_a_clause_without_a_not_denies_nothing(spoken: list[str]) -> None:
    assert denial(spoken) is None


@given(st.lists(st.sampled_from([*sorted(NEGATORS), "ne", "pas", "n", "fee", "charge", "i", "the"])))
def test_what_is_denied_stands_in_the_clause(spoken: list[str]) -> None:
    found = denial(spoken) or Denial()
    assert found.deeds | found.things <= {root(one) for one in spoken if tells(one)}
