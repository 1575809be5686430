import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.entities import Entity, Wanted, entities
from summarizer.evidence import is_there, quoted
from summarizer.template import Template
from tests.summarizer.labelled import a_call, rows

ORDER = Wanted("order", "Order number", kind="reference")
PLAN = Wanted("plan", "Plan", kind="choice", choices=("Basic", "Premium"))
PROBLEM = Wanted("problem", "Problem", kind="phrase")
CASES = list(rows("entities/cases.jsonl"))


def a_wanted(fields: dict[str, Any]) -> Wanted:
    return Wanted(**{**fields, "choices": tuple(fields.get("choices", ()))})


def placed(found: Entity) -> dict[str, Any] | None:
    """Value and turn, as the labels have them."""
    return None if found.evidence is None else {"value": found.value, "turn": found.evidence.turn}


def value(wanted: Wanted, *turns: str, language: str = "en") -> str | None:
    [found] = entities(a_call(*turns, language=language), [wanted])
    return found.value


@pytest.mark.parametrize("case", CASES, ids=lambda case: json.dumps(case["expected"], ensure_ascii=False))
def test_each_labelled_detail_is_copied_from_where_it_was_said_last(case: dict[str, Any]) -> None:
    """One that is known to be missed is not found, rather than found wrong."""
    call = a_call(*case["call"], language=case["language"])
    found = entities(call, [a_wanted(one) for one in case["wanted"]])
    missed = dict.fromkeys(case.get("missed", ()))
    assert {one.name: placed(one) for one in found} == {**case["expected"], **missed}


def test_a_template_may_want_details() -> None:
    template = Template.model_validate({"entities": [{"name": "order", "label": "Order number", "kind": "reference"}]})
    assert template.entities == (ORDER,)


def test_details_come_in_the_order_in_which_they_are_wanted() -> None:
    found = entities(a_call("c: I keep basic. The order number is A-4471."), [PLAN, ORDER, PROBLEM])
    assert [(one.name, one.value) for one in found] == [("plan", "basic"), ("order", "A-4471"), ("problem", None)]


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (("c: The order number is A-4471, sorry, A-4417.",), "A-4417"),
        (("c: The order number is A-4471.", "c: I mean A-4417.", "c: No, wait, A-4418."), "A-4418"),
        (("c: The order number is A-4471.", "a: Zip code?", "c: Sorry, 90210."), "A-4471"),
        (("c: The order number is A-4471.", "a: So A-4471?", "c: Not A-4471, no, it's A-4417."), "A-4417"),
    ],
)
def test_a_correction_wins_unless_it_answers_another_question(turns: tuple[str, ...], expected: str) -> None:
    assert value(ORDER, *turns) == expected


@pytest.mark.parametrize(
    ("question", "answer", "expected"),
    [
        ("Okay, could I have your account number and PIN please?", "85731890, 3100", "3100"),
        ("What are your PIN and your account number?", "3100 and 85731890", "3100"),
        ("What are your name, account number and PIN?", "85731890 and 3100", None),
        ("Your account number and PIN?", "85731890, PIN: 3100", "3100"),
    ],
)
def test_of_several_answers_each_is_taken_in_its_turn(question: str, answer: str, expected: str | None) -> None:
    assert value(Wanted("pin", "PIN", kind="reference"), f"a: {question}", f"c: {answer}") == expected


def test_a_dictated_number_is_copied_as_it_was_said() -> None:
    assert value(ORDER, "a: your order number please?", "c: four four seven one two") == "four four seven one two"


@pytest.mark.parametrize(
    ("wanted", "turn", "expected"),
    [
        (Wanted("pin", "PIN", kind="reference"), "c: My account number is 85731890 & PIN is 5380.", "5380"),
        (Wanted("rating", "Rating", kind="number"), "a: One with a 4.5 rating at 1 Suffolk Place.", "4.5"),
        (ORDER, "c: In order to pay I used card 88-2231.", None),
        (ORDER, "c: @164296 If an order is late, who pays?", None),
        (Wanted("fee", "Fee", kind="amount"), "a: There is no fee. The new price is $75.", None),
        (Wanted("fee", "Fee", kind="amount"), "a: The fee is thirty-five dollars.", "thirty-five dollars"),
        (Wanted("date", "Delivery date", kind="date"), "a: Delivery is on March third.", "March third"),
    ],
)
def test_a_value_belongs_to_the_label_that_it_stands_by(wanted: Wanted, turn: str, expected: str | None) -> None:
    assert value(wanted, turn) == expected


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (("a: What is the problem?", "c: Oh, of course. My screen is black."), "My screen is black"),
        (("a: What is the problem?", "c: A blank screen, please."), "blank screen"),
        (("a: What is the problem?", "c: I don't know."), None),
        (("a: Is that the problem?", "c: Yes, that is all correct."), None),
        (("c: The problem with my phone is that it gets hot, and now it is off.",), "it gets hot"),
        (("c: The problem is [NAME].",), None),
    ],
)
def test_a_phrase_is_the_clause_behind_its_label_or_a_short_answer(turns: tuple[str, ...], expected: str) -> None:
    assert value(PROBLEM, *turns) == expected


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        (("a: Do you want premium?", "c: Yes please."), "premium"),
        (("a: Do you want premium?", "c: No thanks."), None),
        (("a: I can move you to premium.", "c: No, thanks."), None),
        (("a: Basic or premium?", "c: Yes."), None),
        (("c: I don't want premium, but basic is fine.",), "basic"),
    ],
)
def test_a_choice_is_one_that_somebody_takes(turns: tuple[str, ...], expected: str | None) -> None:
    assert value(PLAN, *turns) == expected


_TURN = st.sampled_from(
    ["My order number is", "A-4471.", "no, it's 44720", "[PHONE]", "What is the problem?", "basic", "not premium", "İß"]
)


@given(st.lists(st.one_of(_TURN, st.text(max_size=40)).map("c: {}".format), min_size=1, max_size=8))
def test_every_value_is_a_copy_at_its_evidence(turns: list[str]) -> None:
    call = a_call("a: hello", *turns)
    kinds = [Wanted(kind, "Order number", kind=kind) for kind in ("amount", "date", "number")]
    for one in entities(call, [ORDER, PLAN, PROBLEM, *kinds]):
        if one.evidence is None:
            assert one.value is None
        else:
            assert is_there(one.evidence, call)
            assert one.value == quoted(one.evidence, call)
            assert "[PHONE]" not in one.value


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["number", "phrase", "choice"]))
def test_any_label_can_be_wanted(label: str, description: str, kind: Any) -> None:
    [found] = entities(
        a_call("a: What is the new number?", "c: 4 of them"), [Wanted("x", label, description, kind, (label,))]
    )
    assert found.name == "x"
