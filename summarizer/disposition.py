"""A wrap-up code for a conversation, from the tenant's own list: by the words they share, and none when unsure.

Nothing is learned of a list; two constants, fitted on one half of three public sets of dialogues, make chances of
scores. On the other half, with lists of one sentence and one example a code (`training.dispositions`, threshold 0.5):

    set        codes  first is right  in first three  calibration error  right if chosen  abstains  if not on the list
    STAR          24            85 %            98 %               0.06             92 %      16 %                50 %
    MultiDoGO     32            88 %            94 %               0.08             95 %      18 %                66 %
    SGD           19            96 %           100 %               0.06             98 %       8 %                86 %

Where the right code is missing, one much like it may be chosen: the search for a hotel instead of its booking.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp, fsum, log, sqrt
from unicodedata import normalize

from summarizer.conversation import Conversation, Role
from summarizer.words import FILLERS, Word, is_content, stem, words

TEMPERATURE = 0.04
NONE_SCORE = 0.17  # of "none of them"

NUM_CANDIDATES = 3
LABEL_WEIGHT, DESCRIPTION_WEIGHT, EXAMPLE_WEIGHT = 2.0, 1.0, 0.5
FADING, LEAST_CUSTOMER_WEIGHT = 0.5, 0.2  # people say first why they made contact: each later turn counts half
AGENT_WEIGHT, CLOSING_WEIGHT = 0.3, 0.6
OPENING_TURNS, CLOSING_TURNS = 30, 4
MIDDLE_WEIGHT = 3.0  # of all other turns together: in a long call, only what is said again and again counts there
MIN_REQUEST_STEMS = 2  # fewer, and the turn has not said why
MOST_SAID = 16.0  # a longer call needs no more words in common than one of some 30 turns
PART_WEIGHT = 0.2  # of a piece of a word against a word
PART_CHARACTERS = 4
VAGUE_SHARE = 0.3  # of what a vague word would weigh

_AGENT_SIDE = frozenset({Role.AGENT, Role.SUPERVISOR, Role.BOT})
_MASK = re.compile(r"\[[A-Z][A-Z_\d]*\]")  # what redaction puts for personal data
_ELIDED = re.compile(r"\b(?:[cdjlmnst]|qu)['’](?=\w{2})", re.IGNORECASE)  # l'adresse, but not I'm or it's
_UNACCENTED = {letter: normalize("NFKD", chr(letter))[0] for letter in range(0xC0, 0x180)}  # chats leave accents out

Weights = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Code:
    """One wrap-up code of a tenant's list; the label weighs most, then the description, then what people say."""

    code: str
    label: str
    description: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A code and how likely it is the right one, 0 to 1."""

    code: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The best three, best first, and the one that is likely enough, if any."""

    candidates: tuple[Candidate, ...]
    chosen: Candidate | None


def choose(conversation: Conversation, codes: Sequence[Code], *, threshold: float) -> Choice:
    """The likeliest codes, and the first of them unless it is less likely than `threshold` or shares no word."""
    found = scores(conversation, codes)
    likely = zip(codes, chances(found), found, strict=True)
    ranked = sorted(likely, key=lambda one: (-one[1], one[0].code))[:NUM_CANDIDATES]
    candidates = tuple(Candidate(code.code, chance) for code, chance, _ in ranked)
    is_chosen = bool(ranked) and ranked[0][1] >= threshold and ranked[0][2] > 0
    return Choice(candidates, candidates[0] if is_chosen else None)


def chances(found: Sequence[float], *, temperature: float = TEMPERATURE, none_score: float = NONE_SCORE) -> list[float]:
    """How likely each code is by its score; what is missing to 1 is the chance of none of them."""
    most = max([none_score, *found])
    shares = [exp((one - most) / temperature) for one in found]
    whole = fsum([exp((none_score - most) / temperature), *shares])
    return [share / whole for share in shares]


def scores(conversation: Conversation, codes: Sequence[Code]) -> list[float]:
    """How much each code shares with the conversation, from 0; by whole words, and by parts of the words left over."""
    spoken, described = _spoken(conversation), [_described(code) for code in codes]
    known = {one for weights in described for one in weights}
    left = _parts({one: weight for one, weight in spoken.items() if one not in known})
    by_word = _shared(spoken, described)
    by_part = _shared(left, [_parts(weights) for weights in described])
    said = sqrt(1 + min(MOST_SAID, fsum(map(_saturated, spoken.values()))))
    return [(word + PART_WEIGHT * part) / said for word, part in zip(by_word, by_part, strict=True)]


def _shared(spoken: Weights, described: Sequence[Weights]) -> list[float]:
    """For each code, what is common to both: more where few codes have it, less the longer the code's text is."""
    num_codes = Counter(one for weights in described for one in weights)
    rarity = {one: log(1 + len(described) / count) / log(1 + len(described)) for one, count in num_codes.items()}
    found = []
    for weights in described:
        valued = {one: weight * rarity[one] for one, weight in weights.items()}
        length = sqrt(fsum(value * value for value in valued.values())) or 1.0
        common = fsum(_saturated(spoken[one]) * value for one, value in valued.items() if one in spoken)
        found.append(common / sqrt(length))
    return found


def _saturated(weight: float) -> float:
    """Said twice is more than once, but not twice as much."""
    return weight / (weight + 1)


def _spoken(conversation: Conversation) -> Weights:
    """Each stem with the weight of the turns that say it."""
    roles = {one.id: one.role for one in conversation.participants}
    total: dict[str, float] = {}
    num_requests, num_turns = 0, len(conversation.turns)
    for index, turn in enumerate(conversation.turns):
        stems = list(_stems(turn.text))
        if roles[turn.participant] in _AGENT_SIDE:
            weight = _agent_weight(index, num_turns)
        else:
            weight = _customer_weight(index, num_turns, num_requests=num_requests)
            num_requests += len(stems) >= MIN_REQUEST_STEMS
        for one in stems:
            total[one] = total.get(one, 0.0) + weight
    return total


def _agent_weight(index: int, num_turns: int) -> float:
    if index >= num_turns - CLOSING_TURNS:
        return CLOSING_WEIGHT
    return _later_weight(AGENT_WEIGHT, index, num_turns)


def _customer_weight(index: int, num_turns: int, *, num_requests: int) -> float:
    later = _later_weight(LEAST_CUSTOMER_WEIGHT, index, num_turns)
    return max(later, FADING ** min(num_requests, OPENING_TURNS))


def _later_weight(opening: float, index: int, num_turns: int) -> float:
    return opening if index < OPENING_TURNS else min(opening, MIDDLE_WEIGHT / num_turns)


def _described(code: Code) -> Weights:
    """Each stem of the code's texts with the weight of the place where it counts most."""
    return {
        **_weighed(" ".join(code.examples), weight=EXAMPLE_WEIGHT),
        **_weighed(code.description, weight=DESCRIPTION_WEIGHT),
        **_weighed(code.label, weight=LABEL_WEIGHT),
    }


def _weighed(text: str, *, weight: float) -> Weights:
    return {one: weight * (VAGUE_SHARE if one in _VAGUE else 1.0) for one in _stems(text)}


def _stems(text: str) -> Iterator[str]:
    plain = _ELIDED.sub("", _MASK.sub(" ", text))
    return (_one_ended(stem(word.text.translate(_UNACCENTED))) for word in words(plain) if _is_telling(word))


def _one_ended(stemmed: str) -> str:
    """`bill` as the stem of `billing`, which has one letter less."""
    return stemmed[:-1] if len(stemmed) > 3 and stemmed[-1] == stemmed[-2] else stemmed


def _is_telling(word: Word) -> bool:
    return is_content(word) and word.text.casefold() not in FILLERS and not word.text[0].isdigit()


def _parts(weights: Weights) -> Weights:
    """Every four characters in a row, for endings that stems keep and words that are joined."""
    total: dict[str, float] = {}
    for one, weight in weights.items():
        for part in _runs(f"<{one}>"):
            total[part] = total.get(part, 0.0) + weight
    return total


def _runs(text: str) -> Iterable[str]:
    return (text[start : start + PART_CHARACTERS] for start in range(len(text) - PART_CHARACTERS + 1))


# What every list and every call may say, whatever it is about.
_VAGUE = frozenset(
    _stems(
        """question enquiry inquiry query problem issue request matter day time user general other
        demande question probleme general autre jour fois"""
    )
)
