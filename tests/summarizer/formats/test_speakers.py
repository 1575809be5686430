"""Roles come from words everybody uses; everything else is a name."""

import pytest

from summarizer.conversation import Participant, Role
from summarizer.errors import LimitExceeded
from summarizer.formats.speakers import Cast, role_of, split


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("Agent", Role.AGENT),
        ("ADVISOR", Role.AGENT),
        ("representative", Role.AGENT),
        ("Agent 2", Role.AGENT),
        ("customer", Role.CUSTOMER),
        ("Caller", Role.CUSTOMER),
        ("client", Role.CUSTOMER),
        ("END_USER", Role.CUSTOMER),
        ("bot", Role.BOT),
        ("IVR", Role.BOT),
        ("AUTOMATED_AGENT", Role.BOT),
        ("Supervisor", Role.SUPERVISOR),
        ("SPEAKER_01", Role.UNKNOWN),
        ("Maria", None),
        ("", None),
        ("travel agent fee", None),
    ],
)
def test_a_word_says_its_role_or_nothing(word: str, role: Role | None) -> None:
    assert role_of(word) is role


@pytest.mark.parametrize(
    ("line", "parts"),
    [
        ("Agent: Hello", ("Agent", "Hello")),
        ("customer:  two spaces", ("customer", "two spaces")),
        ("Agent:", ("Agent", "")),
        ("Maria de la Cruz: Hola", ("Maria de la Cruz", "Hola")),
        ("Maria Lopez (Agent): Hi", ("Maria Lopez (Agent)", "Hi")),
        ("Dr. O'Neil: Yes: no", ("Dr. O'Neil", "Yes: no")),
        ("王小明: 你好", ("王小明", "你好")),
        ("The price is: 5", None),
        ("https://example.com", None),
        ("at 12:30 then", None),
        ("my number: 5", None),
        ("no colon", None),
        ("<b>: x", None),
        (": x", None),
        ("", None),
        ("A" * 61 + ": x", None),
    ],
)
def test_a_line_begins_with_a_speaker_or_not(line: str, parts: tuple[str, str] | None) -> None:
    assert split(line) == parts


def test_everybody_gets_one_id_that_holds_no_name() -> None:
    cast = Cast()
    ids = [cast.labelled(one) for one in ("Agent", "Maria Lopez", None, "agent", "Maria  Lopez", "Bo (Agent)", "")]
    assert ids == ["agent", "unknown", "unknown-2", "agent", "unknown", "agent-2", "unknown-2"]
    assert cast.participants == (
        Participant("agent", Role.AGENT),
        Participant("unknown", Role.UNKNOWN, "Maria Lopez"),
        Participant("unknown-2"),
        Participant("agent-2", Role.AGENT, "Bo"),
    )


def test_more_speakers_than_a_conversation_has_are_refused() -> None:
    cast = Cast()
    for number in range(50):
        cast.labelled(f"Name{number}x")
    assert cast.labelled("Name1x") == "unknown-2"
    with pytest.raises(LimitExceeded):
        cast.labelled("One more")
