"""Changes to a training example that force the model to copy instead of remembering.

`disguise` renames rare words and digits through a whole example, prompt and completion alike. What the
model then has to write can only be found in the conversation.
"""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from summarizer.conversation import Channel, Conversation, Role, Turn
from summarizer.prompt import speaker_labels
from summarizer.summary import Aspect, Draft, Statement

GREETINGS = (
    "Thank you for calling {name}, how can I help you?",
    "Thanks for calling {name}. This is {person}, how may I help you today?",
    "{name}, this is {person} speaking. What can I do for you?",
    "Hello, you have reached {name}. How can I assist you today?",
    "Hi, {name} customer service, how can I help?",
    "Good morning, thank you for contacting {name}. My name is {person}.",
)
NAMES = "Northgate Bluefin Harbor Summit Lakeside Orion Cedar Pioneer Granite Meridian Willow Falcon Sunrise".split()
KINDS = "Bank,Credit Union,Insurance,Telecom,Energy,Airlines,Electronics,Health,Internet,Motors,Stores,Support".split(
    ","
)
PEOPLE = "Anna Marcus Priya Tom Lucia Ahmed Sofia Daniel Grace Wei Nadia Peter Olga Samuel Julia [NAME] [PII]".split()
INTRODUCTIONS = (
    "Hi, my name is {person}.",
    "Hello, this is {person} {other}.",
    "Hi, I'm {person}.",
    "Hi there, {person} {other} here.",
    "Good morning.",
)
CONCERN = (
    "I'm sorry to hear that, {person}.",
    "I understand your concern.",
    "I am so sorry about that.",
    "Thank you for letting me know, {person}.",
    "I apologize for the inconvenience.",
)
CLOSINGS = (
    (
        "Is there anything else I can help you with today?",
        "No, that's it. Thank you.",
        "Thank you for calling. Goodbye.",
    ),
    ("Anything else I can do for you?", "No, that's all, thanks for your help.", "My pleasure. Have a great day!"),
    ("Thank you for your patience, {person}.", "Thanks, I appreciate it.", "You're welcome. Take care!"),
)
FILLERS = ("Um, ", "Uh, ", "Okay, so ", "Yeah, ", "Well, um ", "Alright, ", "Mhm. ", "So ")


@dataclass(frozen=True)
class Vocabulary:
    """Which tokens may stand for which: classes of rare tokens, and the ten digits in each spelling."""

    classes: tuple[tuple[int, ...], ...]
    digits: tuple[tuple[int, ...], ...]

    @cached_property
    def members(self) -> tuple[frozenset[int], ...]:
        """The classes as sets."""
        return tuple(frozenset(one) for one in self.classes)


def varied(conversation: Conversation, rng: random.Random) -> Conversation:
    """The same contact as another platform would have written it down: greeting, fillers, channel, case."""
    turns = list(conversation.turns)
    agent = next(iter(conversation.agents), None)
    if agent and turns[0].participant != agent and rng.random() < 0.5:
        turns.insert(0, Turn(agent, greeting(rng)))
    if agent and rng.random() < 0.4:
        turns = _polite(turns, agent, rng=rng)
    if rng.random() < 0.25:
        turns = [_hesitant(turn, rng) for turn in turns]
    if rng.random() < 0.1:
        turns = [replace(turn, text=turn.text.lower().rstrip(".")) for turn in turns]
    channel = rng.choice([Channel.VOICE, Channel.VOICE, Channel.CHAT, Channel.CHAT, Channel.MESSAGE, Channel.EMAIL])
    language = conversation.language if rng.random() < 0.7 else None
    return replace(conversation, turns=tuple(turns), channel=channel, language=language)


def anonymous(conversation: Conversation, draft: Draft) -> tuple[Conversation, Draft]:
    """The same contact in a transcript that does not say who is the agent: all of it is narrative."""
    first = conversation.turns[0].participant
    people = sorted(conversation.participants, key=lambda one: one.id != first)
    unknown = replace(conversation, participants=tuple(replace(one, role=Role.UNKNOWN) for one in people))
    labels = speaker_labels(unknown)
    names = {one.role: labels[one.id] for one in conversation.participants}
    return unknown, Draft(tuple(Statement(Aspect.SUMMARY, _renamed(one.text, names)) for one in draft.statements))


def _renamed(text: str, names: dict[Role, str]) -> str:
    for role, name in names.items():
        text = re.sub(rf"\b[Tt]he {role.value}\b", name, text)
    return text


def greeting(rng: random.Random) -> str:
    """How a contact center answers."""
    name = f"{rng.choice(NAMES)} {rng.choice(KINDS)}"
    return rng.choice(GREETINGS).format(name=name, person=rng.choice(PEOPLE))


def _polite(turns: list[Turn], agent: str, *, rng: random.Random) -> list[Turn]:
    """Introductions, regrets and goodbyes: what every real call has and no summary tells."""
    person, other = rng.sample(PEOPLE, k=2)
    first = next((index for index, turn in enumerate(turns) if turn.participant != agent), None)
    if first is None:
        return turns
    customer = turns[first].participant
    introduction = rng.choice(INTRODUCTIONS).format(person=person, other=other)
    turns[first] = replace(turns[first], text=f"{introduction} {turns[first].text}")
    if first + 1 < len(turns) and turns[first + 1].participant == agent:
        concern = rng.choice(CONCERN).format(person=person)
        turns[first + 1] = replace(turns[first + 1], text=f"{concern} {turns[first + 1].text}")
    if rng.random() < 0.5:
        said = [one.format(person=person) for one in rng.choice(CLOSINGS)]
        turns += [Turn(who, text) for who, text in zip((agent, customer, agent), said, strict=True)]
    return turns


def _hesitant(turn: Turn, rng: random.Random) -> Turn:
    return replace(turn, text=rng.choice(FILLERS) + turn.text) if turn.text and rng.random() < 0.3 else turn


def vocabulary_of(tokens: Sequence[str], *, num_common: int) -> Vocabulary:
    """Sorts tokens (in the order of their ids, frequent ones first) into classes that may be exchanged."""
    patterns = (re.compile(r"Ġ[a-z]+"), re.compile(r"Ġ[A-Z][a-z]+"), re.compile(r"[a-z]+"))
    classes = tuple(
        tuple(index for index, token in enumerate(tokens) if index >= num_common and pattern.fullmatch(token))
        for pattern in patterns
    )
    ids = {token: index for index, token in enumerate(tokens)}
    digits = tuple(tuple(ids[f"{space}{digit}"] for digit in range(10)) for space in ("", "Ġ") if f"{space}0" in ids)
    return Vocabulary(classes, digits)


def disguise(ids: Sequence[int], vocabulary: Vocabulary, *, rng: random.Random, share: float) -> list[int]:
    """The same example with a share of its rare tokens, and its digits, renamed one to one."""
    names: dict[int, int] = {}
    present = set(ids)
    for members, is_member in zip(vocabulary.classes, vocabulary.members, strict=True):
        chosen = [one for one in sorted(present & is_member) if rng.random() < share]
        free = rng.sample(members, k=min(len(members), 3 * len(chosen) + 8)) if chosen else []
        names.update(zip(chosen, [one for one in free if one not in present], strict=False))
    if rng.random() < share:
        order = rng.sample(range(10), k=10)
        for spelling in vocabulary.digits:
            names.update({spelling[digit]: spelling[other] for digit, other in enumerate(order)})
    return [names.get(one, one) for one in ids]


def drill(pieces: Sequence[Sequence[int]], *, newline: int, rng: random.Random) -> tuple[list[int], int]:
    """Lines, then some of them again in another order, and how many ids come before the repetition.

    Nothing can be learned from it but to look up what was written before and go on as it went on there.
    """
    lines = [[*piece, newline] for piece in pieces]
    again = rng.sample(lines, k=max(1, len(lines) // 2))
    shown = [one for line in lines for one in line] + [newline]
    return shown + [one for line in again for one in line], len(shown)
