"""Where the sample documents are, and what anybody may throw at a reader."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

from hypothesis import strategies as st

from summarizer.conversation import Channel, Conversation, Leg, Participant, Role, Turn, Wait, WaitKind

DATA = Path(__file__).parents[2] / "data" / "formats"


def sample(name: str) -> bytes:
    """One of the sample documents."""
    return (DATA / name).read_bytes()


def broken(documents: list[bytes]) -> st.SearchStrategy[bytes]:
    """Any bytes at all, and real documents with a piece taken out, doubled or replaced."""
    return st.binary(max_size=200) | st.builds(
        _mutated,
        st.sampled_from(documents),
        st.integers(0, 6000),
        st.integers(0, 40),
        st.sampled_from(
            [b"", b"null", b"-1", b"{", b'"', b"\x00", b"\xff", b"\\ud800", b"1e999", b"\n\n", b"-->", b"<v"]
        )
        | st.binary(max_size=8),
    )


def _mutated(raw: bytes, start: int, length: int, instead: bytes) -> bytes:
    start %= len(raw)
    return raw[:start] + instead + raw[start + length :]


_characters = st.characters(exclude_characters="\x00", exclude_categories=["Cs"])
_labels = st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20)


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    """Any conversation the canonical form can hold."""
    ids = draw(st.lists(_labels, min_size=1, max_size=4, unique=True))
    people = [Participant(one, draw(st.sampled_from(Role)), draw(st.none() | _labels)) for one in ids]
    turns = [_turn(draw, speaker=draw(st.sampled_from(ids))) for _ in range(draw(st.integers(1, 5)))]
    zone = timezone(timedelta(minutes=draw(st.integers(-1439, 1439))))
    moments = st.datetimes(datetime(1971, 1, 1), datetime(2099, 1, 1), timezones=st.sampled_from([UTC, zone]))
    return Conversation(
        turns=(*turns, Turn(ids[0], "a word")),
        participants=tuple(people),
        channel=draw(st.sampled_from(Channel)),
        language=draw(st.sampled_from([None, "en", "pt-BR", "zh-Hans-CN", "es-419"])),
        started_at=draw(st.none() | moments),
        external_id=draw(st.none() | _labels),
        queue=draw(st.none() | _labels),
        as_of=draw(st.none() | moments),
        **draw(st.sampled_from([{}, {"leg": "second"}, {"legs": (Leg("one", 0, 1), Leg("two", 1, len(turns)))}])),
        waits=draw(st.sampled_from([(), (Wait(WaitKind.HOLD, 5, 10), Wait(WaitKind.QUEUE, 10, 10))])),
    )


def _turn(draw: st.DrawFn, *, speaker: str) -> Turn:
    start_ms = draw(st.none() | st.integers(0, 10**7))
    end_ms = draw(st.none() | st.integers(start_ms or 0, 10**7 + 1))
    return Turn(speaker, draw(st.text(_characters, max_size=30)), start_ms, end_ms)
