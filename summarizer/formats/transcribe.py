"""Amazon Transcribe, standard jobs: words one by one, told apart by channel or by speaker.

https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from summarizer.conversation import Conversation, Turn
from summarizer.errors import EmptyConversation, InvalidTranscript
from summarizer.formats.node import Node, begins_as_object
from summarizer.formats.speakers import Cast


@dataclass(slots=True)
class _Spoken:
    """Words of one speaker in a row."""

    label: str
    words: list[str] = field(default_factory=list)
    start_ms: int | None = None
    end_ms: int | None = None


def read(raw: bytes) -> Conversation:
    """The conversation in a job's output; who is agent and who customer is not said there, so nobody is."""
    document = Node.of(raw, what="the output of a transcription job")
    spoken = list(_spoken(document.node("results")))
    if not spoken:
        raise EmptyConversation("nobody says anything", pointer="/results/items")
    cast = Cast()
    return Conversation(
        turns=tuple(
            Turn(cast.member(one.label), "".join(one.words).strip(), one.start_ms, one.end_ms) for one in spoken
        ),
        participants=cast.participants,
        language=document.node("results").text("language_code"),
        external_id=document.text("jobName"),
    )


def recognizes(raw: bytes) -> bool:
    """Has it the items of a job?"""
    return begins_as_object(raw) and b'"results"' in raw and b'"items"' in raw and b'"alternatives"' in raw


def _spoken(results: Node) -> Iterator[_Spoken]:
    """A new turn whenever another voice speaks, in order of time."""
    current: _Spoken | None = None
    labels = _labels(results)
    for item in _items(results):
        label = item.text("channel_label", "speaker_label") or labels.get(item.text("start_time") or "")
        is_word = item.text("type") != "punctuation"
        if current is None or (is_word and label != current.label):
            if current is not None:
                yield current
            current = _Spoken(label or "")
        _add(current, item, is_word=is_word)
    if current is not None:
        yield current


def _items(results: Node) -> list[Node]:
    """Words of all channels by their start; a punctuation mark has no time and follows its word."""
    channels = list(results.node("channel_labels").nodes("channels"))
    items = chain.from_iterable(channel.nodes("items") for channel in channels) if channels else results.nodes("items")
    timed: list[tuple[float, Node]] = []
    at = 0.0
    for item in items:
        at = item.number("start_time") if item.fields.get("start_time") is not None else at  # type: ignore[assignment]
        timed.append((at, item))
    return [item for _, item in sorted(timed, key=lambda pair: pair[0])]


def _labels(results: Node) -> dict[str, str]:
    """Old files name the speaker of a word by its start, in a list of its own."""
    return {
        item.text("start_time") or "": item.text("speaker_label") or ""
        for segment in results.node("speaker_labels").nodes("segments")
        for item in segment.nodes("items")
    }


def _add(current: _Spoken, item: Node, *, is_word: bool) -> None:
    best = next(item.nodes("alternatives"), None)
    content = None if best is None else best.text("content")
    if content is None:
        raise InvalidTranscript("an item has an alternative with a content", pointer=item.at("alternatives"))
    current.words.append(f" {content}" if is_word else content)
    start, end = item.number("start_time"), item.number("end_time")
    if current.start_ms is None and start is not None:
        current.start_ms = round(start * 1000)
    if end is not None:
        current.end_ms = round(end * 1000)
