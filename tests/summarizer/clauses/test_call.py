import pytest

from summarizer.clauses.call import clauses_said
from tests.summarizer.labelled import a_call


@pytest.mark.parametrize(
    ("turns", "is_denied"),
    [
        (("c: Do I have to pay the fee?", "a: Yes."), False),
        (("c: Do I have to pay the fee?", "a: No."), True),
        (("c: So I don't have to pay the fee?", "a: Correct."), True),
        (("c: So I don't have to pay the fee?", "a: No."), True),
    ],
)
def test_an_answer_makes_a_question_sure(turns: tuple[str, ...], is_denied: bool) -> None:
    [asked] = clauses_said(a_call(*turns))["pay"]
    assert asked.is_sure
    assert ("pay" in asked.denied) is is_denied


def test_an_open_question_is_not_sure() -> None:
    [asked] = clauses_said(a_call("c: Do I have to pay the fee?", "a: Let me look."))["pay"]
    assert not asked.is_sure


def test_an_it_takes_its_matter_from_the_clause_before() -> None:
    call = clauses_said(a_call("a: There is a day pass.", "c: Fine.", "a: I won't add it."))
    assert {"day", "pas"} & call["add"][0].matter
