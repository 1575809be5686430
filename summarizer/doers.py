"""Who did what: is the one whom a claim names the one who says "I did", or whom another tells "you did"?

A deed is the first word that tells after the subject. What is said of it without a doer ("it has been ordered")
counts for whoever says it.
"""

from summarizer.clauses.call import ByRoot
from summarizer.clauses.clause import Clause, clauses, party
from summarizer.clauses.lexicon import ROLES, tells
from summarizer.conversation import Conversation, Role
from summarizer.roots import ELISION, root
from summarizer.summary import Claim, Evidence
from summarizer.words import is_content, words

_SUBJECTS = ROLES | {"bot": Role.BOT, "supervisor": Role.SUPERVISOR}
_ARTICLES = frozenset("the le la l el un une der die".split())
_BETWEEN = frozenset(
    """has have had is was also then now already just still not able to being been did does a s est ont été va ha se hat
    first later finally kindly""".split()
)
_PASSIVE_BEGINS = frozenset("was is being been were".split())
_OPEN = frozenset("will shall would must should can could may might cannot".split())
# Deeds that are done by saying one of these.
_SPOKEN = {
    root(deed): {root(one) for one in said.split()}
    for deeds, said in (
        ("apologise apologize excuser désoler", "apologise apologize apology sorry regret excuser désolé pardon"),
        ("thank remercier", "thank thanks appreciate grateful merci remercier"),
    )
    for deed in deeds.split()
}


def subject_of(text: str) -> Role | None:
    """The role with which a claim begins."""
    first = _spoken(text)[:2]
    subject = first[1] if len(first) > 1 and first[0] in _ARTICLES else (first or [""])[0]
    return _SUBJECTS.get(subject)


def deed_of(text: str) -> str | None:
    """Root of what the subject of a claim did; None when it says, has or will do something, or it is done to them."""
    spoken = _spoken(text)
    start = next((index for index, one in enumerate(spoken[:2]) if one in _SUBJECTS), None)
    if start is None:
        return None
    for index, one in enumerate(spoken[start + 1 :], start=start + 1):
        if one in _BETWEEN or one.endswith("ly"):
            continue
        is_passive = spoken[index - 1] in _PASSIVE_BEGINS and one.endswith(("ed", "nt"))
        return None if one in _OPEN or is_passive or not _is_telling(one) else root(one)
    return None


def is_by_its_subject(claim: Claim, conversation: Conversation, *, said: ByRoot) -> bool:
    """What the claim says a role did rests on what that role says, or on what others say of it."""
    role = subject_of(claim.text)
    if role is None or all(one.role is not role for one in conversation.participants):
        return True
    doers = _doers(claim.text, said)
    if doers:
        return bool(doers & {party(role), None})
    if any(conversation.role_of(conversation.turns[part.turn]) is role for part in claim.evidence):
        return True
    return _speaks_of_it(claim, role, said) or not _is_of_another(claim, role, conversation)


def _doers(text: str, said: ByRoot) -> set[Role | None]:
    """Who in the call does what the claim says; of thanks and excuses who says them."""
    deed = deed_of(text)
    if deed is None:
        return set()
    if deed in _SPOKEN:
        return {clause.speaker for one in _SPOKEN[deed] for clause in said.get(one, [])}
    known = [one for one in said.get(deed, []) if deed in one.affirmed]
    is_of_it = any(one.matter & _matter(text) - {deed} for one in known)
    return {one.subject or one.speaker for one in known} if is_of_it else set()


def _speaks_of_it(claim: Claim, role: Role, said: ByRoot) -> bool:
    """The role itself says half of it somewhere, though the evidence is another's turn."""
    matter = _matter(claim.text)
    known = {id(one): one for deed in matter for one in said.get(deed, []) if one.speaker is party(role)}
    return any(2 * len(one.matter & matter) >= len(matter) for one in known.values())


def _is_of_another(claim: Claim, role: Role, conversation: Conversation) -> bool:
    """The evidence says that another than the role does what the claim says, and nothing that the role does."""
    matter = _matter(claim.text)
    doers = {
        one.subject
        for part in claim.evidence
        for one in _clauses(part, conversation)
        if one.subject and 2 * len(one.matter & matter) >= len(one.matter)
    }
    return bool(doers) and party(role) not in doers


def _clauses(part: Evidence, conversation: Conversation) -> list[Clause]:
    turn = conversation.turns[part.turn]
    return clauses(turn.text[part.start : part.end], speaker=party(conversation.role_of(turn)))


def _matter(text: str) -> frozenset[str]:
    return frozenset(root(one) for one in _spoken(text) if tells(one))


def _spoken(text: str) -> list[str]:
    return [word.text for word in words(ELISION.sub(r"\1 ", text.lower()))]


def _is_telling(word: str) -> bool:
    return all(is_content(one) for one in words(word))
