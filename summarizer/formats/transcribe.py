"""Amazon Transcribe, standard jobs: words one by one, told apart by channel or by speaker.

https://docs.aws.amazon.com/transcribe/latest/dg/how-input.html
"""

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain

from summarizer.conversation import Conversation, Turn
from summarizer.errors import EmptyConversation, InvalidTranscript
from summarizer.formats.node import Node, begins_as_object
from summarizer.formats.speakers import Cast

SHORT_PAUSE = 0.3  # seconds: within a sentence
LONG_PAUSE = 2.0


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
    spoken = _spoken(document.node("results"))
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


def _spoken(results: Node) -> list[_Spoken]:
    """Utterances in order of time: who talks on while another says "mhm" is not cut in two."""
    voices: dict[str, list[list[Node]]] = {}
    labels = _labels(results)
    label = ""
    for item in _items(results):
        label = item.text("channel_label", "speaker_label") or labels.get(item.text("start_time") or "") or label
        words = voices.setdefault(label, [])
        if item.text("type") == "punctuation" and words:
            words[-1].append(item)  # it has no time and follows its word
        else:
            words.append([item])
    starts = sorted((_start(word), voice) for voice, words in voices.items() for word in words)
    cut = [one for voice, words in voices.items() for one in _utterances(voice, words, starts=starts)]
    return sorted(cut, key=lambda one: one.start_ms or 0)


def _utterances(voice: str, words: list[list[Node]], *, starts: list[tuple[float, str]]) -> Iterator[_Spoken]:
    """A voice's words, cut at long pauses and at those in which another one begins to speak."""
    current = _Spoken(voice)
    silent_since: float | None = None
    for word in words:
        start = _start(word)
        if silent_since is not None and _is_over(silent_since, start, voice=voice, starts=starts):
            yield current
            current = _Spoken(voice)
        for item in word:
            _add(current, item)
        silent_since = word[0].number("end_time") or start
    if current.words:
        yield current


def _is_over(silent_since: float, start: float, *, voice: str, starts: list[tuple[float, str]]) -> bool:
    if start - silent_since < SHORT_PAUSE:
        return False
    between = starts[bisect_left(starts, (silent_since, "")) : bisect_left(starts, (start, ""))]
    return start - silent_since >= LONG_PAUSE or any(other != voice for _, other in between)


def _start(word: list[Node]) -> float:
    return word[0].number("start_time") or 0.0


def _items(results: Node) -> Iterator[Node]:
    """Words and punctuation marks, of one channel after the other where there are several."""
    channels = list(results.node("channel_labels").nodes("channels"))
    if channels:
        return chain.from_iterable(channel.nodes("items") for channel in channels)
    return results.nodes("items")


def _labels(results: Node) -> dict[str, str]:
    """Old files name the speaker of a word by its start, in a list of its own."""
    return {
        item.text("start_time") or "": item.text("speaker_label") or ""
        for segment in results.node("speaker_labels").nodes("segments")
        for item in segment.nodes("items")
    }


def _add(current: _Spoken, item: Node) -> None:
    best = next(item.nodes("alternatives"), None)
    content = None if best is None else best.text("content")
    if content is None:
        raise InvalidTranscript("an item has an alternative with a content", pointer=item.at("alternatives"))
    current.words.append(content if item.text("type") == "punctuation" else f" {content}")
    start, end = item.number("start_time"), item.number("end_time")
    if current.start_ms is None and start is not None:
        current.start_ms = round(start * 1000)
    if end is not None:
        current.end_ms = round(end * 1000)
