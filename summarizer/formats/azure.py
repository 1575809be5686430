"""Azure AI Language: the conversation in a request for conversation summarization; times are ticks of 100 ns.

https://learn.microsoft.com/azure/ai-services/language-service/summarization/conversation-summarization
"""

from summarizer.conversation import Channel, Conversation, Role, Turn
from summarizer.errors import InvalidTranscript
from summarizer.formats.node import Node, begins_as_object
from summarizer.formats.speakers import Cast, role_of

_TICKS_A_MS = 10_000
_TEXTS = ("text", "maskedItn", "itn", "lexical")


def read(raw: bytes) -> Conversation:
    """The one conversation of a request; raises InvalidTranscript when it holds several."""
    document = Node.of(raw, what="an Azure request")
    holder = document.node("analysisInput") if "analysisInput" in document.fields else document
    conversations = list(holder.nodes("conversations"))
    if len(conversations) != 1:
        raise InvalidTranscript("send each conversation by itself", pointer=holder.at("conversations"))
    (conversation,) = conversations
    cast = Cast()
    return Conversation(
        turns=tuple(_turn(item, cast=cast) for item in conversation.nodes("conversationItems")),
        participants=cast.participants,
        channel=Channel.VOICE if conversation.text("modality") == "transcript" else Channel.CHAT,
        language=conversation.text("language"),
        external_id=conversation.text("id"),
    )


def recognizes(raw: bytes) -> bool:
    """Has it conversation items?"""
    return begins_as_object(raw) and b'"conversationItems"' in raw


def _turn(item: Node, *, cast: Cast) -> Turn:
    words = item.node("content") if "content" in item.fields else item  # older files nest it
    text = words.text(*_TEXTS)
    if text is None:
        raise InvalidTranscript("an item has a text", pointer=words.at("text"))
    participant = item.text("participantId") or ""
    role = role_of(item.text("role") or participant) or Role.UNKNOWN
    start_ms, end_ms = _times(item.node("conversationItemLevelTiming"))
    return Turn(cast.member(participant, role=role), text, start_ms, end_ms)


def _times(timing: Node) -> tuple[int | None, int | None]:
    offset, duration = timing.number("offset"), timing.number("duration")
    if offset is None:
        return None, None
    end = None if duration is None else round((offset + duration) / _TICKS_A_MS)
    return round(offset / _TICKS_A_MS), end
