"""First and second person to third, by rules: "I lost my card" becomes "they lost their card".

One of the two people has to be named or nobody knows who is meant: either the listener ("they gave the
agent their name") or the speaker ("the agent gave them a date"). Where no rule is sure, the answer is None.
"""

import re

from summarizer.conversation import Role

NAMES = {Role.AGENT: "the agent", Role.CUSTOMER: "the customer"}
LISTENERS = {Role.AGENT: Role.CUSTOMER, Role.CUSTOMER: Role.AGENT}

_MODALS = "can could will would should may might must cannot can't won't couldn't wouldn't shouldn't".split()
_NOT_A_VERB = (
    "to at in on for with a an the by and or but if when from about of as this that these those there here today "
    "tomorrow tonight now any some all more up out over soon again what which how where who why one two three four "
    "five several many next until before after during"
).split()
_TAKES_OBJECT = [
    [one] for one in "for to with of at from about by give send tell help offer get let show thank".split()
]
_REGULAR = (
    "want need like love prefer plan hope think wish see know live work feel understand believe require get use "
    "decide enjoy change go say ask call pay order book choose"
).split()
_PAST = (
    "found booked made sent checked looked got saw went had did lost bought paid called said told forgot left".split()
)
_LOWER_FIRST = frozenset(
    (
        "a an the this that these those there here it its it's he she his her you your you're they them their if when "
        "while because as in on at for from with by to of and but or so all any some no not one two three four five is "
        "are was were do does did will would can could may please what which who how where why our we both either "
        "currently unfortunately yes tickets flights only each every most several looks therefore since however "
        "according based although after before once until let take provide keep both additionally also then first "
        "rooms seats total cost another something someone everything nothing"
    ).split()
)


def third_person(sentence: str, speaker: Role, *, named: Role) -> str | None:
    """The sentence as somebody else reports it, naming one of the two, or None where no rule is sure."""
    text = sentence.replace("’", "'")
    listener = LISTENERS[speaker]
    forms = (
        (("i", "we"), ("me", "us"), ("my", "our"), ("mine", "ours"), ("myself", "ourselves"), speaker),
        (("you", "u", "yall"), (), ("your", "ur"), ("yours",), ("yourself",), listener),
    )
    for subjects, objects, owners, possessives, reflexives, role in forms:
        name = NAMES[role] if role is named else None
        text = _replace(possessives, f"{name}'s" if name else "theirs", text)
        text = _replace(reflexives, "themselves", text)
        text = _replace(owners, f"{name}'s" if name else "their", text)
        text = _replace(objects, name or "them", text)
        replaced = _subjects(text, subjects, name=name, is_object_too=not objects)
        if replaced is None:
            return None
        text = replaced
    return lower_first(text)


def with_subject(sentence: str, speaker: Role) -> str | None:
    """What "I found two rooms" is with its speaker as subject, or None if it does not begin with a known verb."""
    match = re.fullmatch(r"(?:i|we)\b(\S*)\s+(.+)", sentence.replace("’", "'"), flags=re.I | re.S)
    if match is None:
        return None
    verb, rest = _conjugate(match[1].lower(), match[2])
    if verb is None or (reported := third_person(rest, speaker, named=LISTENERS[speaker])) is None:
        return None
    reported = reported if reported[:1] == rest[:1] else reported[:1].lower() + reported[1:]
    return f"{NAMES[speaker].capitalize()} {verb} {reported}".strip()


def lower_first(text: str) -> str:
    """Small first letter, unless the first word may be a name."""
    first = re.match(r"[A-Za-z']+", text)
    if first is not None and first[0].lower().split("'")[0] in _LOWER_FIRST:
        return text[0].lower() + text[1:]
    return text


def _replace(words: tuple[str, ...], replacement: str, text: str) -> str:
    """Whole words, written small or opening the sentence; a capital elsewhere belongs to a title."""
    if not words:
        return text
    pattern = re.compile(rf"(?<![\w'/.-])(?:{'|'.join(words)})(?![\w'-])")
    opening = re.compile(rf"(?:{'|'.join(words)})(?![\w'-])", re.I)
    if match := opening.match(text):
        text = replacement + text[match.end() :]
    return pattern.sub(replacement, text)


def _subjects(text: str, words: tuple[str, ...], *, name: str | None, is_object_too: bool) -> str | None:
    """ "I am" to "they are" or "the agent is", wherever it stands; None if a verb cannot be told from a noun."""
    either = "|".join([*words, *(word.capitalize() for word in words if word in ("i", "we"))])
    pattern = re.compile(rf"(?:(?<![\w'/.-])(?:{either})|^(?i:{either}))('\w+)?(?![\w'-])(\s+[\w']+)?")
    is_sure = True

    def report(match: re.Match[str]) -> str:
        nonlocal is_sure
        contraction, word = (match[1] or "").lower(), (match[2] or "").strip()
        before = text[: match.start()].split()[-1:]
        is_object = is_object_too and not contraction and word.lower() not in _MODALS
        is_object = is_object and (not word or word.lower() in _NOT_A_VERB or before[:1] in _TAKES_OBJECT)
        if is_object:
            return (name or "them") + (match[2] or "")
        if name is None:
            plural = {"'m": " are", "'s": " is"}.get(contraction, contraction)
            verb = {"am": "are", "was": "were"}.get(word.lower(), word)
            return f"they{plural} {verb}".rstrip()
        if not contraction and not word:
            return name
        verb_now, rest = _conjugate(contraction, word)
        is_sure = is_sure and verb_now is not None
        return f"{name} {verb_now} {rest}".rstrip()

    replaced = pattern.sub(report, text)
    return replaced if is_sure else None


def _conjugate(contraction: str, rest: str) -> tuple[str | None, str]:
    """The verb for one named person, and what follows it."""
    if contraction:
        return {"'m": "is", "'re": "is", "'ve": "has", "'ll": "will", "'d": "would"}.get(contraction), rest
    first, _, tail = rest.partition(" ")
    low = first.lower()
    if low in ("don't", "dont") or (low == "do" and tail.startswith("not ")):
        return "does not", tail.removeprefix("not ")
    irregular = {
        "am": "is",
        "are": "is",
        "was": "was",
        "were": "was",
        "have": "has",
        "do": "does",
        "try": "tries",
        "haven't": "has not",
    }
    if low in irregular:
        return irregular[low], tail
    if low in _REGULAR:
        return ("goes" if low == "go" else f"{low}s"), tail
    if low in _MODALS or low in _PAST or (low.endswith("ed") and low != "need"):
        return low, tail
    return None, rest
