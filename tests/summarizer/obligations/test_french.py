import pytest

from summarizer.conversation import Role
from summarizer.obligations.obligation import Mood
from summarizer.obligations.said import obligations, promises
from summarizer.obligations.told import stated
from tests.summarizer.obligations.builders import a_call


@pytest.mark.parametrize(
    "said",
    [
        "Je vous envoie le formulaire.",
        "Je vous enverrai le formulaire.",
        "Nous allons vous rembourser.",
        "J'enverrai le bon de retour.",
        "Vous recevrez une confirmation.",
        "Vous serez recontacté demain.",
        "On vous rappellera demain.",
        "Un technicien vous rappellera.",
    ],
)
def test_a_promise_of_the_agent_is_the_agents(said: str) -> None:
    assert [one.owner for one in promises(a_call(f"a: {said}"))][:1] == [Role.AGENT]


@pytest.mark.parametrize(
    "said",
    ["Nous n'allons pas vous rembourser.", "Je ne vous enverrai rien.", "Je vous ai envoyé le formulaire.", "Bonjour."],
)
def test_refusals_and_what_is_done_are_no_promises(said: str) -> None:
    assert promises(a_call(f"a: {said}")) == []


@pytest.mark.parametrize(
    "asked",
    [
        "Vous devez envoyer le formulaire.",
        "Il faut que vous envoyiez le formulaire.",
        "Pourriez-vous nous envoyer le formulaire ?",
        "Veuillez envoyer le formulaire.",
    ],
)
def test_who_is_asked_owes(asked: str) -> None:
    assert {(one.owner, one.mood) for one in obligations(a_call(f"a: {asked}"))} == {(Role.CUSTOMER, Mood.MUST)}


@pytest.mark.parametrize(
    ("told", "owner"),
    [
        ("L'agent enverra le formulaire.", Role.AGENT),
        ("L'agent va rembourser le client.", Role.AGENT),
        ("Le client doit envoyer le formulaire.", Role.CUSTOMER),
        ("Le client recevra le formulaire.", Role.AGENT),
        ("Un technicien rendra visite au client.", Role.AGENT),
        ("L'agent demande au client d'envoyer le formulaire.", Role.CUSTOMER),
    ],
)
def test_a_summary_says_who_owes(told: str, owner: Role) -> None:
    assert [one.owner for one in stated(told)] == [owner]
