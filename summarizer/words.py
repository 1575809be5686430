"""Words of a text with their places: what grounding, verification and the fallback compare."""

import re
from dataclasses import dataclass

_CJK = "぀-ヿ㐀-䶿一-鿿가-힣"
_WORD = re.compile(rf"[{_CJK}]|\d+(?:[.,:]\d+)*|[^\W\d_{_CJK}][^\W_{_CJK}]*(?:['’][^\W\d_]+)*")
_SENTENCE = re.compile(r"[^.!?。！？…\n]+[.!?。！？…]*\s*|[.!?。！？…\n]+\s*")
_ABBREVIATION = re.compile(r"(?:\b(?:mr|mrs|ms|dr|st|no|m|mme)|\b[a-z])\.\s*$|\d\.$", re.IGNORECASE)
_SUFFIXES = ("ings", "ing", "edly", "ied", "ies", "ed", "es", "ly", "s", "e", "y")

ROLE_WORDS = frozenset("customer agent client caller bot supervisor representative person people someone".split())

# Function words and the verbs with which one reports speech; they say nothing of this conversation.
STOP_WORDS = frozenset(
    """a an the this that these those it its they them their theirs he she him her his hers we us our you your i me my
    mine and or but if so because as of at by for with about into to from in on off out up down over again then than
    too very just also only own same such no nor not both each few more most other some any all once here there when
    where why how what which who whom whose am is are was were be been being have has had having do does did doing
    done would should could can will shall may might must cannot ain t s d ll m re ve don doesn didn isn aren wasn
    won wouldn couldn shouldn let lets let's i'm it's that's there's you're we're they're i'll i've i'd you'll we'll
    want wants wanted need needs needed ask asks asked asking say says said tell tells told inform informs informed
    explain explains explained state states stated mention mentions mentioned offer offers offered confirm confirms
    confirmed request requests requested reply replies replied report reports reported know knows knew get gets got
    getting like would going go make made give gave given take took see help helped please le la les un une des du
    de et ou mais si que qui dans en au aux ce cette ces il elle ils elles je tu nous vous pas ne est sont était
    être a ont avoir pour par sur avec son sa ses leur se plus client cliente el los las una unos y o pero por para
    con su sus es son está que no se lo al del um uma os as e do da dos das no na em com seu sua""".split()
)

# What people say to keep a conversation going; a call of nothing else has nothing to summarize.
FILLERS = frozenset(
    """hello hi hey hey bye goodbye good morning afternoon evening thanks thank thankyou welcome ok okay yes yeah yep
    yup no nope sure right alright well oh ah uh um hm hmm mm mhm mmhm huh er eh great nice fine sorry pardon excuse
    hear sir madam ma'am maam day moment minute second hold wait line later try again bonjour merci oui non au
    revoir hola gracias sí si adiós""".split()
)


@dataclass(frozen=True, slots=True)
class Word:
    """One word as written, and its characters `start` to `end` (exclusive)."""

    text: str
    start: int
    end: int

    @property
    def is_name(self) -> bool:
        """Written as a name: a capital first, or capitals inside."""
        return any(char.isupper() for char in self.text)


def any_of(phrases: str) -> re.Pattern[str]:
    """Finds each of the phrases, regular expressions a line or between bars, as whole words in any case."""
    return re.compile(rf"\b(?:{'|'.join(phrases.strip().splitlines())})\b", re.IGNORECASE)


def words(text: str) -> list[Word]:
    """Runs of letters, also with digits (HAT136), and runs of digits; a CJK character counts as one word."""
    return [Word(match[0], match.start(), match.end()) for match in _WORD.finditer(text)]


def stem(word: str) -> str:
    """The word without its ending, roughly, so that `booked` meets `booking`."""
    plain = word.casefold().replace("’", "'").removesuffix("'s")
    for suffix in _SUFFIXES:
        if plain.endswith(suffix) and len(plain) - len(suffix) >= 3:
            return _undouble(plain.removesuffix(suffix))
    return plain


def is_content(word: Word) -> bool:
    """Says something of this conversation: no function word, no reporting verb, no role."""
    plain = word.text.casefold().replace("’", "'")
    role = plain.removesuffix("'s").rstrip("0123456789").removesuffix("s")  # customers, Agent2's
    return plain not in STOP_WORDS and role not in ROLE_WORDS


def content_stems(text: str) -> set[str]:
    """Stems of the words that say something."""
    return {stem(word.text) for word in words(text) if is_content(word)}


def telling_stems(text: str) -> set[str]:
    """Content stems without fillers."""
    return {stem(word.text) for word in words(text) if is_content(word) and word.text.casefold() not in FILLERS}


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end (exclusive) of each sentence, without the space around it."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _SENTENCE.finditer(text):
        if match.end() < len(text) and _ABBREVIATION.search(text[start : match.end()]):
            continue
        spans.append(_trimmed(text, start, match.end()))
        start = match.end()
    if start < len(text):
        spans.append(_trimmed(text, start, len(text)))
    return [(left, right) for left, right in spans if left < right]


def _undouble(word: str) -> str:
    return word[:-1] if len(word) > 3 and word[-1] == word[-2] else word


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    part = text[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))
