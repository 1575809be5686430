import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.actions.wording import Parties, french_name, in_english, in_french
from summarizer.conversation import Role

AGENT_OWES = Parties(Role.AGENT, Role.CUSTOMER, Role.AGENT)
CUSTOMER_OWES = Parties(Role.AGENT, Role.CUSTOMER, Role.CUSTOMER)
UNKNOWN = Parties(None, None, None)


@pytest.mark.parametrize(
    ("clause", "parties", "told"),
    [
        ("send you my form", AGENT_OWES, "send the customer their form"),
        ("email us your receipt", CUSTOMER_OWES, "email the agent their receipt"),
        ("bring your ID with you", CUSTOMER_OWES, "bring their ID with them"),
        ("call when you're ready", AGENT_OWES, "call when the customer is ready"),
        ("refund your card", AGENT_OWES, "refund the customer's card"),
        ("send you my form", UNKNOWN, "send the other party the speaker's form"),
    ],
)
def test_pronouns_turn_towards_a_reader(clause: str, parties: Parties, told: str) -> None:
    assert in_english(clause, parties) == told


def test_french_pronouns_turn_too() -> None:
    assert in_french("transmettre votre demande", AGENT_OWES) == "transmettre leur demande"
    assert french_name("you", AGENT_OWES) == "le client"
    assert french_name("me", UNKNOWN) == "la personne"


@given(st.lists(st.sampled_from("send the form by Friday you your us my card 35 dollars".split()), min_size=1))
def test_no_other_word_is_touched(spoken: list[str]) -> None:
    told = in_english(" ".join(spoken), AGENT_OWES)
    kept = [one for one in spoken if one not in ("you", "your", "us", "my")]
    assert [one for one in re.findall(r"\w+", told) if one in kept] == kept or "the" in kept
