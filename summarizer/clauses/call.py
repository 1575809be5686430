"""The clauses of a call, found by what they name. A question counts where a yes or a no answers it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from summarizer.clauses.clause import Clause, Time, of_sentence, parts, party
from summarizer.clauses.lexicon import NO, YES
from summarizer.conversation import Conversation

ByRoot = dict[str, list[Clause]]


def clauses_said(conversation: Conversation) -> ByRoot:
    """The clauses of a call in order, by each root they name.

    Of one that names a single word ("I won't charge it") what the one before names is the matter, too.
    """
    found: ByRoot = {}
    before: frozenset[str] = frozenset()
    for clause in _in_order(conversation):
        whole = replace(clause, matter=clause.matter | before) if len(clause.matter) == 1 else clause
        for one in clause.matter:
            found.setdefault(one, []).append(whole)
        before = whole.matter
    return found


def _in_order(conversation: Conversation) -> Iterator[Clause]:
    turns = conversation.turns
    for index, turn in enumerate(turns):
        places, speaker = parts(turn.text), party(conversation.role_of(turn))
        for start, end in places:
            found = of_sentence(turn.text[start:end], speaker)
            is_last = (start, end) == places[-1] and index + 1 < len(turns)
            if is_last and turn.text[end - 1] == "?" and turns[index + 1].participant != turn.participant:
                found = _answered(found, turns[index + 1].text)
            yield from found


def _answered(asked: Iterable[Clause], answer: str) -> Iterator[Clause]:
    """What a yes or a no makes of a question; a no denies what was to be done, and else may answer anything."""
    is_yes, is_no = bool(YES.match(answer)), bool(NO.match(answer))
    for clause in asked:
        if is_yes or (is_no and not clause.affirmed):
            yield replace(clause, is_sure=True)
        elif is_no and clause.time is Time.NEXT:
            yield replace(clause, is_sure=True, affirmed=frozenset(), denied=clause.affirmed)
        else:
            yield clause
