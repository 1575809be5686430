import pytest

from summarizer.clauses.clause import MAX_SENTENCE, Time, clauses, parts
from summarizer.conversation import Role


def test_a_clause_affirms_what_it_names_unless_it_denies() -> None:
    [paid, fee] = clauses("I paid the bill but I did not pay the fee.", speaker=Role.CUSTOMER)
    assert (paid.affirmed, paid.denied) == ({"pay", "bil"}, set())
    assert (fee.affirmed, fee.denied, fee.matter) == (set(), {"pay"}, {"pay", "fee"})


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("We will charge the fee.", Time.NEXT),
        ("You must pay the fee.", Time.NEXT),
        ("We charged the fee.", Time.PAST),
        ("The card works.", Time.OPEN),
        ("Nous facturerons les frais.", Time.NEXT),
        ("Nous avons facturé les frais.", Time.PAST),
    ],
)
def test_a_clause_knows_roughly_when(text: str, time: Time) -> None:
    assert [one.time for one in clauses(text, speaker=Role.AGENT)] == [time]


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("I charged the fee.", Role.AGENT),
        ("You paid the fee.", Role.CUSTOMER),
        ("Someone can send you the form.", None),
        ("The fee was charged.", None),
    ],
)
def test_who_speaks_says_who_does_it(text: str, subject: Role | None) -> None:
    assert [one.subject for one in clauses(text, speaker=Role.AGENT)] == [subject]


def test_a_verb_behind_an_and_keeps_subject_and_time() -> None:
    [_, sends] = clauses("I'll unblock the card and send you a PIN.", speaker=Role.AGENT)
    assert (sends.subject, sends.time) == (Role.AGENT, Time.NEXT)


@pytest.mark.parametrize(
    "text", ["Did you charge the fee?", "You should pay the fee.", "If we charge the fee.", "I have a problem with it."]
)
def test_questions_wishes_and_complaints_are_not_sure(text: str) -> None:
    assert not any(one.is_sure for one in clauses(text, speaker=Role.CUSTOMER))


def test_a_sentence_without_an_end_is_read_in_parts() -> None:
    text = "we charge the fee " * 200
    assert all(end - start <= MAX_SENTENCE for start, end in parts(text))
    assert sum(end - start for start, end in parts(text)) == len(text.strip())
