"""Better sentences where a public set has labels: the goal the customer was given, and what was confirmed and done.

STAR's players were told their goal in plain words; what of it was really said becomes the reason. In the
Schema-Guided dialogues the agent has all details confirmed before it acts; together with what came of it that is
the resolution, in one sentence that stands nowhere in the call. Mosig et al., STAR (2020),
https://arxiv.org/abs/2010.11853; Rastogi et al. (2020), https://arxiv.org/abs/1909.05855.
"""

import re
from collections.abc import Iterator
from typing import Any

from summarizer.conversation import Conversation, Role
from summarizer.summary import Aspect, Draft, Statement
from summarizer.verify import unsaid, what_is_said
from summarizer.words import content_stems
from training.person import third_person
from training.targets import DONE, FAILED, in_reading_order

MAX_GOAL_SENTENCES = 3
MAX_WORDS = 34
SAID = 0.6  # of the words of a goal that the call must contain
REPEATED = 0.6  # of the words of an action that the outcome says as well

PAST = {
    "book": "booked",
    "reserve": "reserved",
    "schedule": "scheduled",
    "buy": "bought",
    "purchase": "bought",
    "make": "made",
    "play": "played",
    "add": "added",
    "transfer": "transferred",
    "send": "sent",
    "rent": "rented",
    "set": "set",
    "order": "ordered",
    "get": "got",
}
GERUNDS = {
    "booking": "book", "reserving": "reserve", "scheduling": "schedule", "buying": "buy", "purchasing": "purchase",
    "making": "make", "playing": "play", "adding": "add", "transferring": "transfer", "sending": "send",
    "renting": "rent", "setting": "set", "ordering": "order",
}  # fmt: skip
_CONFIRM = re.compile(
    r"\bconfirm\b[^.?!]*?[:,]? (?:you(?:'d like| would like| want|'re looking|'re going)?(?:'re| are)? (?:to )?|to )?"
    rf"({'|'.join([*PAST, *GERUNDS])}) ((?:an?\b|the\b|your\b|\d|\w+ tickets?\b|\w+ rooms?\b|(?-i:[A-Z])).+)",
    re.I | re.S,
)
_DIRECTIONS = re.compile(
    r"\b(?:wizard|assistant|scenario|pretend|alternate|keep going|goodbye|it is ok|okay if|indicate|instead|if|when"
    r"|until|about you|please|politely|repeat|conversation|answer|you are|your are|your name|today is|first"
    r"|if necessary|then)\b",
    re.I,
)
_INTRODUCTION = re.compile(r"^your? are \w+(?: and (?=(?:you )?(?:want|would|need)))?", re.I)
_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!Dr\.)\s+|\n+")
_DETAILS_END = re.compile(r"(?<!Dr)(?<! [A-Z])[.?!] (?=[A-Z])")
_WANTS = re.compile(r"(?:(?:and |you are \w+ and )?you )?(?:want|would like|wish|need) (to .+|an? .+|the .+)", re.I)
_IMPERATIVE = re.compile(
    r"(?:please )?(search|find|book|reserve|make|schedule|plan|ask|check|order|get|request|look|call|change|set"
    r"|transfer|report|inquire|cancel|rsvp) .+",
    re.I,
)


def silver(draft: Draft, conversation: Conversation, labels: dict[str, Any]) -> Draft:
    """The draft with the reason and the resolution that the labels allow; the draft itself where they allow none."""
    task = labels.get("user_task") if not labels.get("multi_task") else None
    goals = list(_goals(task, conversation)) if task else []
    outcome = _outcome(conversation)
    ended = next((one.text for one in draft.statements if one.aspect is Aspect.RESOLUTION), "")
    if outcome and (FAILED.search(outcome) is None) != (FAILED.search(ended) is None):
        outcome = None  # it was tried again, and what came of that is what counts
    kept = [
        one
        for one in draft.statements
        if not (goals and one.aspect is Aspect.REASON)
        and not (outcome and one.aspect is Aspect.RESOLUTION)
        and not (outcome and one.aspect is Aspect.ACTIONS and _repeats(one.text, outcome))
    ]
    added = [Statement(Aspect.REASON, one) for one in goals]
    added += [Statement(Aspect.RESOLUTION, outcome)] if outcome else []
    return Draft(in_reading_order([*added, *kept]))


def _goals(task: str, conversation: Conversation) -> Iterator[str]:
    """What the customer was told to want, as far as the call says it."""
    said = what_is_said(conversation)
    num = 0
    for sentence in _SENTENCE_END.split(task):
        text = re.sub(
            r"^your? are \w+(?: and (?=(?:you )?(?:want|would|need)))?", "", sentence.strip(" .!"), flags=re.I
        )
        if not text or _DIRECTIONS.search(text) or len(text.split()) > MAX_WORDS:
            continue
        goal = _as_goal(text.strip().replace("'", "") if text.count("'") == 2 else text.strip(), is_first=num == 0)
        words = content_stems(text)
        if goal is None or not words or unsaid(text, said):
            continue
        if len(words & said.stems) >= SAID * len(words) and num < MAX_GOAL_SENTENCES:
            num += 1
            yield goal


def _as_goal(text: str, *, is_first: bool) -> str | None:
    who = "The customer" if is_first else "They"
    if match := _WANTS.fullmatch(text):
        verb = "wants" if not text.lower().startswith("need") and " need " not in f" {text.lower()[:12]}" else "needs"
        return f"{who} {verb} {_theirs(match[1])}."
    if _IMPERATIVE.fullmatch(text):
        return f"{who} wants to {_theirs(text[0].lower() + text[1:])}."
    if is_first or ":" in text or re.search(r"\b(?:you|you'd|i|my|me)\b", text, re.I):
        return None
    told = _theirs(text)
    return f"{told[0].upper()}{told[1:]}."


def _theirs(text: str) -> str:
    text = re.sub(r"\byou are\b", "they are", text, flags=re.I)
    text = re.sub(r"\byou (?=\w)", "they ", text, flags=re.I)
    return re.sub(r"\byour\b", "their", text, flags=re.I)


def _outcome(conversation: Conversation) -> str | None:
    """The last thing that was confirmed and then done, or could not be done."""
    turns = conversation.turns
    for index in range(len(turns) - 1, -1, -1):
        if conversation.role_of(turns[index]) is not Role.AGENT:
            continue
        match = _CONFIRM.search(turns[index].text.strip()) if "confirm" in turns[index].text.lower() else None
        details = _DETAILS_END.split(match[2])[0].strip(" .?!") if match else ""
        later = [one.text for one in turns[index + 1 : index + 4] if conversation.role_of(one) is Role.AGENT]
        if match is None or not later or not 3 <= len(details.split()) <= MAX_WORDS:
            continue
        verb = GERUNDS.get(match[1].lower(), match[1].lower())
        told = third_person(details, Role.AGENT, named=Role.CUSTOMER)
        if told is None or re.search(r"\bcorrect\b|\bright\b", told):
            return None
        if FAILED.search(later[0]):
            return f"The agent could not {verb} {told}."
        return f"The agent {PAST[verb]} {told}." if DONE.search(later[0]) else None
    return None


def _repeats(text: str, other: str) -> bool:
    words = content_stems(text)
    return len(words & content_stems(other)) >= REPEATED * max(1, len(words))
