"""Which value belongs to which label: beside it in a sentence, in the answer to a question, or in a correction."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from summarizer.conversation import Conversation
from summarizer.entities.call import Call, Label, Sentence, Spoken
from summarizer.entities.values import Place, Values
from summarizer.figures.languages import language_of
from summarizer.redaction.masks import MASK
from summarizer.words import any_of

WINDOW = 15  # words on either side of a value in which its label may stand
FARTHEST = 2 * WINDOW  # a word before a value counts 2
NEAR = 8
MAX_TURNS = 4  # that an answer or a correction may stand behind
MAX_CORRECTIONS = 10
MAX_SENTENCES = 12  # that are read for one answer or one correction
_BREAK = 16  # what a comma or an `and` between them adds
_MOST_FOREIGN = 3  # words of an answer that say something else: it should have come on Friday
_CHARACTERS = 4_000  # by which the language is told

REFUSES = re.compile(
    r"n['’]t\b|\b(?:not|no idea|unsure|none|nothing|pas|aucune?|jamais|rien|sais plus)\b", re.IGNORECASE
)
CORRECTS = re.compile(
    r"(?:^|[.,;:!?…–—-]\s*|\b(?:so|oh|ah|uh|euh|mais|but)\s)(?:no|nope|non)\b(?! (?:problem|worries|thanks|thank))"
    r"|\b(?:sorry|wait|actually|i mean|i meant|make that|correction|rather|my mistake|i misspoke|pardon|désolée?|plutôt"
    r"|en fait|excusez-moi|je me suis trompée?|je veux dire|je voulais dire|finalement)\b",
    re.IGNORECASE,
)
_NOT_THIS = re.compile(r"(?:\bnot|\bpas|n['’]t)(?: (?:the|a|an|on|le|la|les|de|du))?\s$", re.IGNORECASE)
_LONGEST_DENIAL = 12  # characters
_IS_BROKEN = re.compile(r"[,;()]\s|\s[&+]\s|\b(?:and|but|or|et|mais|ou)\b", re.IGNORECASE)
_ASKED_FOR = any_of("your|the|votre|vos|les?|la")
_JOINS = re.compile(r",(?! please)(?: and| et)?\s|\s(?:and|et|&)\s", re.IGNORECASE)
_IN_A_CORRECTION = any_of(r"""
no|nope|non|sorry|wait|actually|mean|meant|make|correction|rather|mistake|misspoke|pardon|désolée?|plutôt|fait
trompée?|dire|voulais|finalement|excusez|moi|let|check|correct|should|be|instead|attendez
""")


@dataclass(frozen=True, slots=True)
class Found:
    """A value for a label, and how well it fits: by its rank, and of the same rank the last that is said."""

    turn: int
    place: Place
    rank: tuple[float, ...]

    @property
    def order(self) -> tuple[tuple[float, ...], int, Place]:
        """The greatest is the best."""
        return self.rank, self.turn, self.place


class Answers:
    """The values of a conversation and the labels that stand nearest to each."""

    def __init__(self, conversation: Conversation, labels: Sequence[Label]) -> None:
        self.call = Call(conversation)
        self._labels = labels
        self._values: dict[int, Values] = {}
        self._held: dict[tuple[int, str], list[Place]] = {}
        self._said: dict[tuple[int, str], list[Spoken]] = {}
        self._nearest: dict[tuple[int, Place], tuple[dict[int, int], int]] = {}

    @cached_property
    def language(self) -> str:
        """Of the whole conversation."""
        conversation = self.call.conversation
        start = " ".join(turn.text[:200] for turn in conversation.turns[:100])[:_CHARACTERS]
        return language_of(start, known=conversation.language)

    @cached_property
    def _anchors(self) -> dict[str, list[int]]:
        """Which labels each root may stand for."""
        anchors: dict[str, list[int]] = {}
        for index, label in enumerate(self._labels):
            for root in label.strong:
                anchors.setdefault(root, []).append(index)
        return anchors

    def best(self, index: int, kind: str) -> Found | None:
        """The value of this kind that belongs to the label, after all corrections."""
        label = self._labels[index]
        found = [one for sentence, named in self.call.naming(label) for one in self._of(sentence, named, index, kind)]
        best = max(found, key=lambda one: one.order, default=None)
        return best and self._corrected(best, index, kind)

    def _of(self, sentence: Sentence, named: float, index: int, kind: str) -> Iterator[Found]:
        """Beside the label; else in what follows, where somebody asks or says no more."""
        heads = self._labels[index].heads(sentence.roots)
        beside = self._beside(sentence, index, kind)
        if beside is not None:
            place, distance = beside
            yield Found(sentence.turn, place, (named, not sentence.asks, distance <= NEAR, heads))
            return
        following = self._answer(sentence, index, kind)
        if following is not None:
            yield Found(*following, (named, True, True, heads))

    def _beside(self, sentence: Sentence, index: int, kind: str) -> tuple[Place, int] | None:
        """The nearest value of the sentence that is not nearer to another label, and how far it is."""
        best: tuple[Place, int] | None = None
        text = self.call.conversation.turns[sentence.turn].text
        is_called = bool(self._labels[index].strong & sentence.roots)  # else only the description names it
        for place in self._places(sentence, kind):
            distances, least = self._distances(sentence, place)
            is_ours = distances.get(index) == least if is_called else not distances
            if is_ours and (best is None or least < best[1]) and not _is_denied(text, place):
                best = place, least
        return best

    def _places(self, sentence: Sentence, kind: str) -> list[Place]:
        key = sentence.index, kind
        if key not in self._held:
            self._read(sentence.turn, kind)
        return self._held[key]

    def _read(self, turn: int, kind: str) -> None:
        """The values of a turn, each with its sentence."""
        if turn not in self._values:
            self._values[turn] = Values(self.call.conversation.turns[turn].text, self.language)
        found = self._values[turn].of(kind)
        starts = [start for start, _ in found]
        for one in self.call.of_turn[turn]:
            within = found[bisect_left(starts, one.start) : bisect_left(starts, one.end)]
            self._held[one.index, kind] = [place for place in within if place[1] <= one.end]

    def _distances(self, sentence: Sentence, place: Place) -> tuple[dict[int, int], int]:
        """How far a value is from each label that is named near it, and the least of these."""
        key = sentence.turn, place
        if key not in self._nearest:
            measured = self._measured(sentence, place)
            self._nearest[key] = measured, min(measured.values(), default=FARTHEST)
        return self._nearest[key]

    def _measured(self, sentence: Sentence, place: Place) -> dict[int, int]:
        """A label rather stands before its value than behind: order 4471, account 5512, but also 4 passengers."""
        text = self.call.conversation.turns[sentence.turn].text
        first = bisect_right(sentence.spoken, place[0], key=lambda one: one.end)
        last = bisect_left(sentence.spoken, place[1], key=lambda one: one.start)
        before = sentence.spoken[max(0, first - WINDOW) : first]
        behind = sentence.spoken[last : last + WINDOW]
        measured: dict[int, int] = {}
        for away, one in enumerate(reversed(before)):
            self._note(measured, one.root, 2 * away, gap=text[one.end : place[0]])
        for away, one in enumerate(behind):
            self._note(measured, one.root, 4 * away + 1, gap=text[place[1] : one.start])
        return measured

    def _note(self, measured: dict[int, int], root: str, distance: int, *, gap: str) -> None:
        indices = self._anchors.get(root)
        if not indices:
            return
        distance += _BREAK if _IS_BROKEN.search(gap) else 0
        for index in indices:
            if distance < measured.get(index, FARTHEST):
                measured[index] = distance

    def _answer(self, sentence: Sentence, index: int, kind: str) -> tuple[int, Place] | None:
        """A value in what follows a question, or in a sentence that says nothing else."""
        for one, is_first in self.following(sentence):
            text = self.call.text(one)
            foreign = self._foreign(one, index, kind)
            most = (_MOST_FOREIGN if kind != "reference" else 1) if is_first and sentence.asks else 0
            free = [place for place in self._places(one, kind) if self._is_free(one, place, index)]
            if free and foreign <= most:
                place = self._in_turn(sentence, index, free)
                return place and (one.turn, place)
            if MASK.search(text) or (sentence.asks and REFUSES.search(text)) or (foreign and not sentence.asks):
                return None
        return None

    def _in_turn(self, sentence: Sentence, index: int, held: list[Place]) -> Place | None:
        """Of several values the one that stands where its label stands in the question: your name and your PIN."""
        if len(held) == 1:
            return held[0]
        text = self.call.text(sentence)
        named = next((one for one in sentence.spoken if one.root in self._labels[index].strong), None)
        begin = asked.start() if (asked := _ASKED_FOR.search(text)) else 0  # behind `Okay, could I have`
        joints = [match.start() + sentence.start for match in _JOINS.finditer(text, begin)]
        if not joints or named is None:
            return held[0]
        return held[bisect_left(joints, named.start)] if len(joints) + 1 == len(held) else None

    def following(self, sentence: Sentence) -> Iterator[tuple[Sentence, bool]]:
        """What may answer a sentence, and whether it begins its turn; no further than another question."""
        for one in self._behind(sentence):
            is_own = one.speaker == sentence.speaker
            if is_own and (one.asks or (not sentence.asks and one.turn > sentence.turn + 1)):
                return
            if is_own is not sentence.asks:
                yield one, one is self.call.of_turn[one.turn][0]

    def _behind(self, sentence: Sentence) -> Iterator[Sentence]:
        first = sentence.index + 1
        for one in self.call.sentences[first : first + MAX_SENTENCES]:
            if one.turn > sentence.turn + MAX_TURNS:
                return
            yield one

    def _is_free(self, sentence: Sentence, place: Place, index: int) -> bool:
        """No other label of ours stands near it."""
        distances, least = self._distances(sentence, place)
        return not distances or distances.get(index) == least

    def _foreign(self, sentence: Sentence, index: int, kind: str) -> int:
        """How many words say something that is neither the label nor a value."""
        ours = self._labels[index].all
        return sum(one.root not in ours for one in self._beyond(sentence, kind))

    def _beyond(self, sentence: Sentence, kind: str) -> list[Spoken]:
        """The words that say something, without those of values."""
        key = sentence.index, kind
        if key not in self._said:
            held = self._places(sentence, kind)
            ends = [end for _, end in held]
            telling = [one for one in sentence.spoken if one.tells and not one.root.isdigit()]
            self._said[key] = [one for one in telling if not _is_within(one, held, ends)]
        return self._said[key]

    def _corrected(self, found: Found, index: int, kind: str) -> Found:
        """The value after every correction that follows it."""
        for _ in range(MAX_CORRECTIONS):
            corrected = self._correction(found, index, kind)
            if corrected is None:
                break
            found = corrected
        return found

    def _correction(self, found: Found, index: int, kind: str) -> Found | None:
        own = next(one for one in self.call.of_turn[found.turn] if one.end >= found.place[1])
        for sentence in [own, *self._behind(own)]:
            start = found.place[1] if sentence is own else sentence.start
            place = self._put_right(sentence, start, index, kind)
            if place is not None:
                return Found(sentence.turn, place, found.rank)
            if sentence is not own and sentence.asks and self._foreign(sentence, index, kind):
                return None
        return None

    def _put_right(self, sentence: Sentence, start: int, index: int, kind: str) -> Place | None:
        """The last value behind a word of correction, where nothing else is said."""
        text = self.call.conversation.turns[sentence.turn].text
        sign = CORRECTS.search(text, start, sentence.end)
        if sign is None or self._is_strange(sentence, sign.start(), index, kind):
            return None
        held = [
            one
            for one in self._places(sentence, kind)
            if one[0] >= sign.end() and self._is_free(sentence, one, index) and not _is_denied(text, one)
        ]
        return held[-1] if held else None

    def _is_strange(self, sentence: Sentence, start: int, index: int, kind: str) -> bool:
        """Behind `start` it says something that is neither a correction, the label nor a value."""
        text = self.call.conversation.turns[sentence.turn].text
        ours = self._labels[index].all
        return any(
            one.start >= start and one.root not in ours and not _IN_A_CORRECTION.fullmatch(text[one.start : one.end])
            for one in self._beyond(sentence, kind)
        )


def _is_denied(text: str, place: Place) -> bool:
    """Not 4417, but another."""
    return _NOT_THIS.search(text, max(0, place[0] - _LONGEST_DENIAL), place[0]) is not None


def _is_within(one: Spoken, held: list[Place], ends: list[int]) -> bool:
    following = bisect_right(ends, one.start)
    return following < len(held) and held[following][0] <= one.start
