"""Does the conversation say what the claim says? A claim that fails one check is dropped.

Each check sees something else that a fluent sentence can have wrong; `CHECKS` lists them with their names, under which
they are counted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from summarizer.clauses.call import ByRoot, clauses_said
from summarizer.conversation import Conversation
from summarizer.doers import is_by_its_subject
from summarizer.equivalents import equivalents, notes_language, share_said, word_equivalents
from summarizer.evidence import is_there, quoted
from summarizer.figures import Figures, figures, figures_of_turns, is_reference, language_of, spelled
from summarizer.negation import contradicts
from summarizer.obligations.agreement import invents_follow_up, swaps_owner
from summarizer.obligations.obligation import Obligation
from summarizer.obligations.said import obligations
from summarizer.ordered import Ordered, is_no_order, what_is_ordered
from summarizer.redaction.masks import MASK
from summarizer.reported import Spoken, is_as_said, spoken_by
from summarizer.summary import Claim
from summarizer.words import Word, content_stems, is_content, stem, telling_stems, words

MIN_SUPPORT = 0.6  # share of a claim's content words that its evidence holds
MIN_CONTENT_WORDS = 2  # a claim of fewer says nothing that could be checked


@dataclass(frozen=True, slots=True)
class Said:
    """What a conversation says, gathered once for all claims about it."""

    figures: Figures
    stems: set[str]
    masks: frozenset[str]  #: as `[PHONE_2]`
    turns: list[tuple[Figures, set[str]]]  #: figures and content stems of each turn that states a figure
    clauses: ByRoot  #: by each root they name
    obligations: list[Obligation]
    spoken: Spoken
    language: str | None = None  #: in which the figures of a claim are read if its own words do not tell
    on: date | None = None  #: when the call was
    ordered: Ordered | None = None  #: None in almost all conversations: nobody speaks to the summarizer


Check = Callable[[Claim, Conversation, Said], bool]

CHECKS: dict[str, Check] = {
    "evidence": lambda claim, conversation, _: _has_evidence(claim, conversation),
    "content": lambda claim, conversation, _: (
        says_something(claim.text, language=conversation.language) and not stutters(claim.text)
    ),
    "figures": lambda claim, conversation, said: (
        not unsaid(claim.text, said) and figures_fit(claim, conversation, said)
    ),
    "names": lambda claim, conversation, said: (
        not unknown_names(claim.text, said.stems, language=conversation.language) and _has_masks(claim.text, said)
    ),
    "support": lambda claim, conversation, _: support(claim, conversation) >= MIN_SUPPORT,
    "negation": lambda claim, _, said: not contradicts(claim.text, said.clauses),
    "doer": lambda claim, conversation, said: is_by_its_subject(claim, conversation, said=said.clauses),
    "speaker": lambda claim, conversation, said: is_as_said(claim, said.spoken, language=conversation.language),
    "follow-up": lambda claim, _, said: not invents_follow_up(claim.text, said.obligations),
    "owner": lambda claim, _, said: not swaps_owner(claim.text, said.obligations),
    "order": lambda claim, conversation, said: _is_no_order(claim, conversation, said),
}


def what_is_said(conversation: Conversation) -> Said:
    """Everything claims about this conversation are held against."""
    texts = [turn.text for turn in conversation.turns]
    on = conversation.started_at.date() if conversation.started_at else None
    stated, by_turn = figures_of_turns(texts, language=conversation.language, said_on=on)
    language, said = conversation.language, " ".join(texts)
    return Said(
        figures=stated,
        stems={form for word in words(said) for form in _forms(word, language)}
        | {stem(one) for one in spelled(stated)},
        masks=frozenset(MASK.findall(said)),
        turns=[
            (each, content_stems(text, language=language))
            for each, text in zip(by_turn, texts, strict=True)
            if each.states_any
        ],
        clauses=clauses_said(conversation),
        obligations=obligations(conversation),
        spoken=spoken_by(conversation),
        language=language_of(said, known=conversation.language),
        on=on,
        ordered=what_is_ordered(conversation, by_turn),
    )


def verified(claims: list[Claim], conversation: Conversation, *, said: Said) -> list[Claim]:
    """The claims that pass every check, in their order."""
    return [claim for claim in claims if all(holds(claim, conversation, said) for holds in CHECKS.values())]


def failed(claim: Claim, conversation: Conversation, *, said: Said) -> frozenset[str]:
    """The names of the checks that a claim does not pass."""
    return frozenset(name for name, holds in CHECKS.items() if not holds(claim, conversation, said))


def says_something(text: str, *, language: str | None = None) -> bool:
    """More than who somebody is: a few telling words, and one of them no name; `language` is the call's."""
    notes = notes_language(text, language=language)
    telling = [word for word in words(text) if telling_stems(word.text, language=notes)]
    num_different = len({stem(word.text, language=notes) for word in telling})
    return num_different >= MIN_CONTENT_WORDS and not all(one.is_name for one in telling)


def stutters(text: str) -> bool:
    """The same word twice in a row, as a model writes that has lost its thread."""
    spoken = [word.text.casefold() for word in words(text)]
    return any(first == second and first.isalpha() for first, second in pairwise(spoken))


def unsaid(text: str, said: Said) -> set[str]:
    """Numbers, amounts, dates, times and references of the text that nobody says."""
    return said.figures.unsupported(_figures(text, said))


def figures_fit(claim: Claim, conversation: Conversation, said: Said) -> bool:
    """Each figure stands in a turn that holds another word of the claim, or it is a figure of something else.

    A reference may be dictated over several turns, and is one of nothing else.
    """
    told = equivalents(claim.text, language=conversation.language)
    claimed = {one for each in told for one in each if not one[0].isdigit()}
    return all(
        is_reference(figure) or any(stated.support(figure) and stems & claimed for stated, stems in said.turns)
        for figure in _figures(claim.text, said)
    )


def unknown_names(text: str, known_words: set[str], *, language: str | None = None) -> set[str]:
    """Words written as names that nobody says; the first word counts too, for a name may stand there.

    An ordinary word that opens a sentence may be said in other forms, or in the other language: that of the call.
    """
    notes = notes_language(text, language=language)
    names = (word for word in words(text) if word.is_name and is_content(word, language=notes))
    return {
        word.text
        for word in names
        if known_words.isdisjoint({stem(word.text), *word_equivalents(word, language=language, notes=notes)})
    }


def _has_masks(text: str, said: Said) -> bool:
    return said.masks.issuperset(MASK.findall(text))


def support(claim: Claim, conversation: Conversation) -> float:
    """Share of the claim's content words that its evidence holds, 0 to 1, also when it is in another language."""
    evidence = (quoted(part, conversation) for part in claim.evidence)
    return share_said(claim.text, evidence, language=conversation.language)


def _forms(word: Word, language: str | None) -> tuple[str, str]:
    """With the ending of its language gone, and of any, for names are not inflected."""
    return stem(word.text), stem(word.text, language=language)


def _has_evidence(claim: Claim, conversation: Conversation) -> bool:
    return bool(claim.evidence) and all(is_there(part, conversation) for part in claim.evidence)


def _is_no_order(claim: Claim, conversation: Conversation, said: Said) -> bool:
    if said.ordered is None:
        return True
    is_known = not said.ordered.other_figures.unsupported(_figures(claim.text, said)) and not unknown_names(
        claim.text, said.ordered.other_stems, language=conversation.language
    )
    return is_no_order(claim, conversation, ordered=said.ordered, is_known=is_known)


def _figures(text: str, said: Said) -> Figures:
    return figures(text, language=said.language, said_on=said.on)
