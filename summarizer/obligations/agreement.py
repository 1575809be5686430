"""What a summary tells, invents or turns round of what was promised and asked for in a call.

Beside what `said` and `told` do not see, these checks do not catch a wrong object, date or amount of the right
deed, nor an invented demand ("the customer must sign"), of which only the owner is checked; and an owner counts as
swapped only if nothing in the call puts that deed, of that matter, on the party that the summary names.
"""

from summarizer.conversation import Conversation, Role
from summarizer.obligations.deeds import FAMILIES, deeds_in, matter_of, plain_sentences
from summarizer.obligations.obligation import Mood, Obligation
from summarizer.obligations.said import obligations, promises
from summarizer.obligations.told import stated

MIN_SHARED = 2  # words in common that show the same matter under another verb


def follow_up_recall(summary: str, conversation: Conversation) -> float | None:
    """Share of the promises of the call of which the summary says something, 0 to 1; None without a promise."""
    promised = promises(conversation)
    if not promised:
        return None
    sentences = plain_sentences(summary)
    told = [one for one in stated(summary) if one.mood is Mood.WILL]
    return sum(any(_fits(one, of) for one in told) or _is_told(of, sentences) for of in promised) / len(promised)


def has_unsupported_follow_up(summary: str, conversation: Conversation) -> bool:
    """Says that something will be done that nobody promised or offered, and for which no agent asked."""
    return invents_follow_up(summary, obligations(conversation))


def has_swapped_owner(summary: str, conversation: Conversation) -> bool:
    """Gives one party a deed that only the other owes."""
    return swaps_owner(summary, obligations(conversation))


def invents_follow_up(summary: str, known: list[Obligation]) -> bool:
    """The same, of the obligations of a call."""
    promised = [
        one
        for one in known
        if one.mood in (Mood.WILL, Mood.OFFER) or (one.mood is Mood.MUST and one.owner is not Role.AGENT)
    ]
    return any(not any(_fits(one, of) for of in promised) for one in stated(summary) if one.is_follow_up)


def swaps_owner(summary: str, known: list[Obligation]) -> bool:
    """The same, of the obligations of a call."""
    return any(_is_swapped(one, known) for one in stated(summary) if one.owner)


def _is_swapped(told: Obligation, known: list[Obligation]) -> bool:
    """The other party owes that deed, of that matter, and what the named one owes is less like it."""
    same = [one for one in known if _is_same_deed(told, one)]
    own = [one for one in same if _may_owe(told, one)]
    others = [one for one in same if not _may_owe(told, one)]
    alike = [one for one in others if _is_same_matter(told, one)]
    if told.is_follow_up and not own:
        return bool(alike) or any(one.is_follow_up for one in others)
    return bool(alike) and _likest(told, alike) > _likest(told, own)


def _likest(told: Obligation, said: list[Obligation]) -> int:
    """Most words in common; -1 of nothing."""
    return max((len(told.matter & one.matter) for one in said), default=-1)


def _may_owe(told: Obligation, said: Obligation) -> bool:
    return told.owner is None or said.owner in (None, told.owner)


def _fits(told: Obligation, said: Obligation) -> bool:
    return _is_same_deed(told, said) or len(told.matter & said.matter) >= MIN_SHARED


def _is_same_deed(told: Obligation, said: Obligation) -> bool:
    """Also of a matter that is named where it is said; a verb that we do not know needs the very matter."""
    if shared := told.deeds & said.deeds:
        return _is_same_matter(told, said) if not shared & FAMILIES.keys() else _is_near(told, said)
    return False


def _is_near(told: Obligation, said: Obligation) -> bool:
    return not told.matter or bool(told.matter & (said.matter | said.around))


def _is_same_matter(told: Obligation, said: Obligation) -> bool:
    """Of an "it" the matter is what the turns around are about."""
    return bool(told.matter & (said.matter or said.around)) or (not told.matter and bool(told.deeds & FAMILIES.keys()))


def _is_told(promise: Obligation, sentences: list[str]) -> bool:
    """Some sentence tells it without saying "will": the agent arranged a callback."""
    return any(_tells(one, promise) for one in sentences)


def _tells(sentence: str, promise: Obligation) -> bool:
    shared = promise.matter & matter_of(sentence)
    return len(shared) >= MIN_SHARED or bool(shared and promise.deeds & deeds_in(sentence))
