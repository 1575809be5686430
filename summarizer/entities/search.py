"""All wanted details of one conversation."""

from collections.abc import Sequence

from summarizer.conversation import Conversation
from summarizer.entities.answers import Answers, Found
from summarizer.entities.call import label_of
from summarizer.entities.choices import choice
from summarizer.entities.phrases import phrase
from summarizer.entities.wanted import Entity, Wanted
from summarizer.summary import Evidence


def entities(conversation: Conversation, wanted: Sequence[Wanted]) -> tuple[Entity, ...]:
    """Each detail in the order in which they are wanted, as the very characters that were said, or None."""
    answers = Answers(conversation, [label_of(one) for one in wanted])
    return tuple(_entity(one, _found(answers, index, one), conversation) for index, one in enumerate(wanted))


def _found(answers: Answers, index: int, wanted: Wanted) -> Found | None:
    if wanted.kind == "choice":
        return choice(answers, wanted.choices)
    if wanted.kind == "phrase":
        return phrase(answers, label_of(wanted))
    return answers.best(index, wanted.kind)


def _entity(wanted: Wanted, found: Found | None, conversation: Conversation) -> Entity:
    if found is None:
        return Entity(wanted.name, None, None)
    start, end = found.place
    value = conversation.turns[found.turn].text[start:end]
    return Entity(wanted.name, value, Evidence(found.turn, start, end))
