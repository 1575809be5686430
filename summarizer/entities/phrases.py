"""What is told in words: the clause behind `<label> is`, or a short answer to a question that names the label."""

import re

from summarizer.entities.answers import CORRECTS, REFUSES, Answers, Found
from summarizer.entities.call import Label, Sentence
from summarizer.entities.values import Place
from summarizer.redaction.masks import MASK

MAX_WORDS = 8  # of a short answer
MAX_CLAUSE = 15

_IS = re.compile(
    r"(?: [\w'’-]{1,20})?(?: (?:with|of|for|on|in|de|du|des|avec|pour|sur)(?: [\w'’-]{1,20}){1,3}?)?"
    r"(?:\s?[:=]|,? (?:is|are|was|est|sont|était|c['’](?:est|était))(?![\w'’]))\s+(?:that\s|que\s|qu['’])?",
    re.IGNORECASE,
)
_ASKS_WHAT = re.compile(
    r"\b(?:what|which|where|who|how|why|when|provide|give|tell|specify|enter|share|have|get|need|quel(?:le)?s?|où|qui|que"
    r"|comment|pourquoi|quand|donnez|donner|préciser|précisez|indiquer|indiquez|dire|dites)\b"
    r"|^\W*(?:(?:and|et|okay|ok)\s)?(?:your|the|votre|vos|la|le|l['’])",
    re.IGNORECASE,
)
_END = re.compile(r"[.,;!?\n](?!\w)|\s(?:and|but|because|et|mais|car|parce)\s|\s?[–—]", re.IGNORECASE)
_OPENING = re.compile(
    r"(?:(?:yes|yeah|yep|sure|okay|ok|well|so|um|uh|er|oh|ah|hi|of course|certainly|oui|alors|euh|ben|bien sûr"
    r"|d['’]accord|voilà)\b[,.!]?\s*)*"
    r"(?:(?:it|that|this)(?:['’]s| is| was)\s+|c['’](?:est|était)\s+)?"
    r"(?:(?:an?|the|une?|le|la|les)\s+(?!(?:[\w'’-]{1,20}\s){1,3}(?:is|are|was|est|sont)\b))?",
    re.IGNORECASE,
)
_POLITE = re.compile(r",? (?:please|thanks|thank you|s['’]il (?:vous|te) pla[iî]t|merci)$", re.IGNORECASE)
_MARKS = " \t\r\n.,;:!?…"
_WAITS = re.compile(r"\b(?:moment|second|sec|minute|hold on|let me|instant|attendez|patientez)\b", re.IGNORECASE)


def phrase(answers: Answers, label: Label) -> Found | None:
    """The last clause or answer of those that name the label most fully, after a correction."""
    found: list[Found] = []
    for sentence, named in answers.call.naming(label):
        place = _clause(answers, sentence, label)
        if place is not None:
            found.append(Found(sentence.turn, place, (named, True)))
        elif sentence.asks and label.strong & sentence.roots and _ASKS_WHAT.search(answers.call.text(sentence)):
            answer = _answer(answers, sentence)
            found += [Found(*answer, (named, True))] if answer else []
    return max(found, key=lambda one: one.order, default=None)


def _clause(answers: Answers, sentence: Sentence, label: Label) -> Place | None:
    """Behind the label and a word that says what it is."""
    if sentence.asks:
        return None
    text = answers.call.conversation.turns[sentence.turn].text
    for one in sentence.spoken:
        is_told = one.root in label.strong and _IS.match(text, one.end, sentence.end)
        if is_told:
            return _until_end(text, is_told.end(), sentence.end, most=MAX_CLAUSE)
    return None


def _answer(answers: Answers, sentence: Sentence) -> tuple[int, Place] | None:
    found: tuple[int, Place] | None = None
    for one, _ in answers.following(sentence):
        text = answers.call.text(one)
        if found is None and _says_nothing(one, text):
            continue
        if found is None and (REFUSES.search(text) or MASK.search(text)):
            return None
        sign = CORRECTS.search(text)
        if found is None or sign:
            start = one.start + (sign.end() if sign and found else 0)
            place = _short(answers, one, start)
            found = (one.turn, place) if place else found
        if found is None:
            return None
    return found


def _says_nothing(sentence: Sentence, text: str) -> bool:
    """One moment; oh, of course."""
    opening = _OPENING.match(text)
    is_opening = opening is not None and not text[opening.end() :].strip(_MARKS)
    return is_opening or _WAITS.search(text) is not None or not any(one.tells for one in sentence.spoken)


def _short(answers: Answers, sentence: Sentence, start: int) -> Place | None:
    """The words of a short sentence without its opening."""
    text = answers.call.conversation.turns[sentence.turn].text
    while start < sentence.end and not (text[start].isalnum() or text[start] == "["):
        start += 1
    opening = _OPENING.match(text, start, sentence.end)
    begin = opening.end() if opening else start
    place = _trimmed(text, begin, sentence.end)
    is_short = place is not None and len(text[slice(*place)].split()) <= MAX_WORDS
    says = any(one.tells for one in sentence.spoken if one.start >= begin)
    return place if is_short and says and not sentence.asks else None


def _until_end(text: str, start: int, end: int, *, most: int) -> Place | None:
    stop = _END.search(text, start, end)
    place = _trimmed(text, start, stop.start() if stop else end)
    if place is None:
        return None
    said = text[slice(*place)]
    is_usable = len(said.split()) <= most and not MASK.search(said) and not re.match(r"(?:not|pas)\b", said, re.I)
    return place if is_usable else None


def _trimmed(text: str, start: int, end: int) -> Place | None:
    """Without space and the marks that end a sentence."""
    said = text[start:end]
    kept = _POLITE.sub("", said.rstrip(_MARKS)).rstrip(_MARKS)
    left = len(kept) - len(kept.lstrip())
    return (start + left, start + len(kept)) if kept.strip() else None
