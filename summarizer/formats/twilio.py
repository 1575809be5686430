"""Twilio Conversational Intelligence v2: a transcript resource and the pages of its sentences.

The two are fetched apart, so `merged` makes one document of them: the transcript with a member `sentences`. Sentences
alone can be read too, but who is agent and who customer stands only in the transcript. What v3 posts holds results and
no words. https://www.twilio.com/docs/conversational-intelligence/api/transcript-sentence-resource
"""

from collections.abc import Mapping, Sequence
from typing import Any

from summarizer.conversation import Channel, Conversation, Role, Turn
from summarizer.errors import EmptyConversation, InvalidTranscript
from summarizer.formats.node import Node, begins_as_object
from summarizer.formats.speakers import Cast, role_of


def merged(transcript: Mapping[str, Any], pages: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """One document of what `/Transcripts/{sid}` and the pages of `/Transcripts/{sid}/Sentences` answer."""
    sentences = [sentence for page in pages for sentence in page.get("sentences") or []]
    return {**transcript, "sentences": sentences}


def read(raw: bytes) -> Conversation:
    """The conversation in a transcript with its sentences, which need not be in order."""
    document = Node.of(raw, what="a Twilio transcript")
    if "operatorResults" in document.fields or "operator_results" in document.fields:
        raise InvalidTranscript("it holds results of operators and no words; send the transcript's sentences")
    sentences = sorted(document.nodes("sentences"), key=lambda one: one.number("sentence_index") or 0)
    if not sentences:
        raise EmptyConversation("there are no sentences", pointer=document.at("sentences"))
    people = {
        one.number("channel_participant"): role_of(one.text("role") or "") or Role.UNKNOWN
        for one in document.node("channel").nodes("participants")
    }
    cast = Cast()
    return Conversation(
        turns=tuple(_turn(one, people=people, cast=cast) for one in sentences),
        participants=cast.participants,
        channel=Channel.VOICE,
        language=document.text("language_code"),
        started_at=document.moment("media_start_time"),
        external_id=document.text("customer_key") or document.text("sid"),
    )


def recognizes(raw: bytes) -> bool:
    """Has it sentences of media channels, or the results of operators?"""
    has_words = b'"sentences"' in raw and b'"media_channel"' in raw
    has_results = b'"operatorResults"' in raw or b'"operator_results"' in raw
    return begins_as_object(raw) and (has_words or has_results)


def _turn(sentence: Node, *, people: dict[float | None, Role], cast: Cast) -> Turn:
    text = sentence.text("transcript")
    if text is None:
        raise InvalidTranscript("a sentence has a transcript", pointer=sentence.at("transcript"))
    channel = sentence.number("media_channel")
    speaker = cast.member(channel, role=people.get(channel, Role.UNKNOWN))
    start, end = sentence.number("start_time"), sentence.number("end_time")
    return Turn(
        speaker, text, None if start is None else round(start * 1000), None if end is None else round(end * 1000)
    )
