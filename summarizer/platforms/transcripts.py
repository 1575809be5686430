"""A transcript that stands somewhere inside an event."""

import json

from summarizer import formats
from summarizer.conversation import Conversation
from summarizer.errors import InvalidTranscript, Problem
from summarizer.formats.node import Node


def transcript_in(node: Node) -> Conversation | None:
    """The conversation that this object is, by its content; None when no format knows it.

    What is wrong with one is said with its place in the whole event.
    """
    raw = json.dumps(node.fields, ensure_ascii=False).encode()
    name = formats.object_format(raw)
    if name is None:
        return None
    try:
        return formats.read(raw, name)
    except InvalidTranscript as error:
        problems = tuple(Problem(node.pointer + one.pointer, one.detail) for one in error.problems)
        raise type(error)(error.detail, pointer=node.pointer + error.pointer, problems=problems) from None
