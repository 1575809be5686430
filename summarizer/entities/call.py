"""The sentences of a conversation with their words, and how well a sentence names a label."""

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from summarizer.clauses.clause import parts
from summarizer.clauses.lexicon import tells
from summarizer.conversation import Conversation
from summarizer.entities.wanted import Wanted
from summarizer.redaction.masks import MASK
from summarizer.roots import ELISION, root
from summarizer.words import FILLERS, words

# Heads of labels: they tell of what kind a detail is and alone not which.
_HEADS = frozenset(
    map(
        root,
        """number numbers no id code reference ref amount sum value date day price cost total rate name type count
        numéro numero nombre référence montant somme valeur jour prix coût tarif nom identifiant client customer
        méthode method""".split(),
    )
)
# Without these a label means another thing: the new order is not the order.
_DISTINCT = frozenset(
    map(
        root,
        """new old first second last previous next current nouveau nouvelle nouvel ancien ancienne premier
        première dernier dernière actuel actuelle prochain prochaine""".split(),
    )
)
_ELISION = re.compile(ELISION.pattern, re.IGNORECASE)
_ASKS = re.compile(
    r"\?|^\W*(?:(?:and|so|okay|ok|then|et|alors|donc),?\s)?(?:what|when|where|which|how|who|whose|can|could|may|might"
    r"|would|do|does|did|is|are|please|give|tell|provide|quel(?:le)?s?|quand|où|combien|comment|pouvez|pourriez|puis"
    r"|donnez|est-ce|auriez)\b|\b(?:please (?:provide|enter|specify|give|tell|confirm)|i(?:'ll| will)? need your"
    r"|(?:can|could|may) i (?:have|get))\b"
    r"|\b(?:your|votre|vos)\s(?:[\w'’]{1,20},?\s){1,8}(?:please\b|s['’]il (?:vous|te) pla[iî]t)",
    re.IGNORECASE,
)
_NO_WORDS = re.compile(rf"{MASK.pattern}|\b[Ii]n order (?=to\b|for\b|that\b)")
_FEWEST_OF_DESCRIPTION = 2
_DESCRIBED = 0.4  # how much a description counts beside a label


@dataclass(frozen=True, slots=True)
class Spoken:
    """One word of a turn at characters `start` to `end`; `tells` if it says something of this call."""

    root: str
    start: int
    end: int
    tells: bool


@dataclass(frozen=True, slots=True)
class Sentence:
    """Characters `start` to `end` of the turn at index `turn`."""

    index: int
    turn: int
    speaker: str
    start: int
    end: int
    spoken: tuple[Spoken, ...]
    roots: frozenset[str]
    asks: bool


@dataclass(frozen=True, slots=True)
class Label:
    """The roots by which a detail is called."""

    strong: frozenset[str]
    weak: frozenset[str]
    distinct: frozenset[str]
    described: frozenset[str]

    @property
    def all(self) -> frozenset[str]:
        """Every root that may stand beside a value without saying something else."""
        return self.strong | self.weak | self.distinct | self.described

    def named(self, roots: frozenset[str]) -> float:
        """How fully a sentence of these roots names it, 0 if it does not: at least half of what tells it apart."""
        if not self.distinct <= roots:
            return 0.0
        found = len(self.strong & roots)
        if found and 2 * found >= len(self.strong):
            return found / len(self.strong)
        described = len(self.described & roots)
        enough = min(_FEWEST_OF_DESCRIPTION, len(self.described))
        return _DESCRIBED * described / len(self.described) if described and described >= enough else 0.0

    def heads(self, roots: frozenset[str]) -> int:
        """How many of its weak words the sentence has."""
        return len(self.weak & roots)


def label_of(wanted: Wanted) -> Label:
    """A label of heads alone is called by them: `Number`."""
    telling = {one.root for one in spoken(wanted.label) if one.tells or one.root in _HEADS}
    known = telling or {one.root for one in spoken(wanted.label)}
    strong, weak = known - _HEADS - _DISTINCT, known & _HEADS
    if not strong:
        strong, weak = known - _DISTINCT or known, set()
    described = {one.root for one in spoken(wanted.description) if one.tells} - _HEADS - strong
    return Label(frozenset(strong), frozenset(weak), frozenset(known & _DISTINCT), frozenset(described))


class Call:
    """A conversation as sentences."""

    def __init__(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.sentences: list[Sentence] = []
        self.of_turn: list[list[Sentence]] = []
        for index in range(len(conversation.turns)):
            self.of_turn.append(list(self._sentences(index)))
            self.sentences += self.of_turn[-1]

    @cached_property
    def by_root(self) -> dict[str, list[Sentence]]:
        """The sentences that hold each root."""
        found: defaultdict[str, list[Sentence]] = defaultdict(list)
        for sentence in self.sentences:
            for one in sentence.roots:
                found[one].append(sentence)
        return found

    def naming(self, label: Label) -> Iterator[tuple[Sentence, float]]:
        """The sentences that name it in their order, and how fully."""
        held = {one.index for key in label.strong | label.described for one in self.by_root.get(key, ())}
        for index in sorted(held):
            sentence = self.sentences[index]
            named = label.named(sentence.roots)
            if named:
                yield sentence, named

    def text(self, sentence: Sentence) -> str:
        """Its characters."""
        return self.conversation.turns[sentence.turn].text[sentence.start : sentence.end]

    def _sentences(self, index: int) -> Iterator[Sentence]:
        turn = self.conversation.turns[index]
        known = spoken(turn.text)
        done = 0
        for number, (start, end) in enumerate(parts(turn.text)):
            first = done
            while done < len(known) and known[done].start < end:
                done += 1
            said = tuple(known[first:done])
            roots = frozenset(one.root for one in said)
            asks = _ASKS.search(turn.text[start:end]) is not None
            yield Sentence(len(self.sentences) + number, index, turn.participant, start, end, said, roots, asks)


def spoken(text: str) -> list[Spoken]:
    """The words of a text without those of masks; `l'abonnement` is two."""
    plain = _NO_WORDS.sub(lambda match: " " * len(match[0]), text)
    found = words(_ELISION.sub(r"\1 ", plain))
    return [Spoken(root(one.text), one.start, one.end, _says(one.text.casefold())) for one in found]


def _says(word: str) -> bool:
    return tells(word.replace("’", "'")) and word not in FILLERS
