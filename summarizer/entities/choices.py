"""Which of a tenant's choices was said last and neither denied nor declined, copied as it was said."""

import re
from collections.abc import Iterator

from summarizer.clauses.lexicon import NO, YES
from summarizer.entities.answers import Answers, Found
from summarizer.entities.call import Sentence, Spoken, spoken
from summarizer.entities.values import Place

MAX_BETWEEN = 3  # other words between those of a choice

_DENIES = re.compile(
    r"n['’]t\b|\b(?:not|no|never|without|instead of|rather than|cancel|leave|pas|sans|plus de|jamais"
    r"|au lieu d|plutôt qu)\b",
    re.IGNORECASE,
)
_BREAK = re.compile(r"[,;:.!?…\n–—]|\b(?:but|mais|so|donc)\b", re.IGNORECASE)


def choice(answers: Answers, choices: tuple[str, ...]) -> Found | None:
    """The last choice that somebody takes; of two in one sentence the later."""
    wanted = [frozenset(one.root for one in _telling(text)) for text in choices]
    found: Found | None = None
    for sentence in _holding(answers, wanted):
        if sentence.asks and not _is_agreed(answers, sentence):
            continue
        if not sentence.asks and _is_declined(answers, sentence):
            continue
        said = [place for place in _said(sentence, wanted) if not _is_denied(answers, sentence, place)]
        if said and not (sentence.asks and len(said) > 1):
            found = Found(sentence.turn, said[-1], ())
    return found


def _telling(text: str) -> list[Spoken]:
    known = spoken(text)
    return [one for one in known if one.tells] or known


def _holding(answers: Answers, wanted: list[frozenset[str]]) -> list[Sentence]:
    """The sentences that hold all words of some choice."""
    held = answers.call.by_root
    indices = {
        sentence.index
        for roots in wanted
        if roots
        for sentence in min((held.get(root, []) for root in roots), key=len)
        if roots <= sentence.roots
    }
    return [answers.call.sentences[index] for index in sorted(indices)]


def _said(sentence: Sentence, wanted: list[frozenset[str]]) -> list[Place]:
    """The places of the choices in their order, without those that lie in a longer one."""
    places = [place for roots in wanted if roots and roots <= sentence.roots for place in _spans(sentence, roots)]
    kept: list[Place] = []
    for start, end in sorted(set(places), key=lambda one: (one[0], -one[1])):
        if not kept or end > kept[-1][1]:
            kept.append((start, end))
    return kept


def _spans(sentence: Sentence, roots: frozenset[str]) -> Iterator[Place]:
    """Where the words of a choice stand together."""
    last: dict[str, int] = {}
    for number, one in enumerate(sentence.spoken):
        if one.root not in roots:
            continue
        last[one.root] = number
        first = min(last.values())
        if len(last) == len(roots) and number - first < len(roots) + MAX_BETWEEN:
            yield sentence.spoken[first].start, one.end
            last.clear()


def _is_denied(answers: Answers, sentence: Sentence, place: Place) -> bool:
    """A word before it in its clause denies it."""
    before = answers.call.conversation.turns[sentence.turn].text[sentence.start : place[0]]
    return _DENIES.search(_BREAK.split(before)[-1]) is not None


def _is_agreed(answers: Answers, sentence: Sentence) -> bool:
    reply = _reply(answers, sentence)
    return reply is not None and YES.match(reply) is not None


def _is_declined(answers: Answers, sentence: Sentence) -> bool:
    reply = _reply(answers, sentence)
    return reply is not None and NO.match(reply) is not None


def _reply(answers: Answers, sentence: Sentence) -> str | None:
    """What another says next, if the sentence ends its turn."""
    following = sentence.turn + 1
    if answers.call.of_turn[sentence.turn][-1] is not sentence or following >= len(answers.call.of_turn):
        return None
    turn = answers.call.conversation.turns[following]
    return turn.text.lstrip() if turn.participant != sentence.speaker else None
