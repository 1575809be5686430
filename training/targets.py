"""Summaries built by rules for conversations that have none: every content word is copied from a turn.

A model trained from scratch on little data learns to copy long before it learns to understand, so these
targets reward copying: who said it is changed to the third person, and nothing else. Where no rule is
sure, there is no target.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256

from summarizer.conversation import Conversation, Role
from summarizer.summary import Aspect, Draft, Statement
from training.person import third_person, with_subject

MAX_WORDS = 24  # a longer sentence is a retelling
MIN_WORDS = 3
MAX_STATEMENTS = 4

_SENTENCE_END = re.compile(r"(?<=[.!?])(?<!Dr\.)(?<!Mr\.)(?<!Ms\.)(?<!Mrs\.)(?<!St\.)\s+(?=[A-Z\"'¿])")
_LISTING = re.compile(r" - |###|\d\.$|\b1$|:$")


def _any_of(*phrases: str) -> str:
    """One pattern for all phrases, which are separated by commas."""
    return "(?:" + "|".join(phrase.strip() for line in phrases for phrase in line.split(",")) + ")"


_GREETINGS = _any_of(
    "hello there,hi there,hi,hello,hey,hai,good (?:morning|afternoon|evening),salutations",
    "sure(?: thing)?,ok(?:ay)?,yes,yeah,yep,no,great,perfect,alright,all right,right,awesome,excellent,cool,nice",
    "fantastic,wonderful,noted,of course,certainly,absolutely,got it,sounds good,no problem,not a problem,please",
    "thanks(?: you)?,thank you(?: so much| very much)?,sorry,i am sorry,i'm sorry,i'm afraid,i am afraid,sir,madam,mam",
    "well,actually,um+,uh+,ohh?,so,and,but,also,then,just,now,i see,unfortunately,in that case,therefore,however,first",
    "i(?:'m| am) (?:so |very |really |truly )*sorry",
    "additionally,indeed,furthermore,mhm,hmm,you know,i mean,like,anyway,look,listen,ya",
)
_OPENERS = re.compile(rf"^(?:{_GREETINGS}\b[\s,.!;:-]*)+", re.I)
_FILLER = re.compile(r",?(?<!\w)(?:um+|uh+|er+|mm-?hmm?|mhm|hmm+|oof)(?!\w),?", re.I)
_REQUESTS = _any_of(
    "find,book,help,make,get,search,show,tell,give,reserve,look,play,check,schedule,add,transfer,send,cancel,change,set",
    "order,buy,rent,call,fix,replace,update,open,close,refund,track,explain,let,confirm,pay,upgrade,provide,share,bring",
    "recommend,suggest,assist,arrange,purchase,return,report,lookup,request,move,start,stop,put,connect,pick",
)
_OBJECTS = _any_of("me,us,my,our,a,an,the,for,all,some,that,this,two,three,\\d")
_ASK_TO = re.compile(r"(?:can|could|would|will) you (?:please |kindly |maybe |possibly |just )*(.+?)\??", re.I | re.S)
_ASK_IF = re.compile(r"(?:can|could|may|might) (?:i|we) (?:please |just )*(.+?)\??", re.I | re.S)
_IMPERATIVE = re.compile(rf"({_REQUESTS} {_OBJECTS}.+)", re.I)
_AUXILIARY = _any_of("is,are,do,does,did,was,were,has,have")
_QUESTION = re.compile(
    rf"(?:(?:what|which|who|how|where|when|why)\b.+|{_AUXILIARY}\b.+\?|"
    rf"{_AUXILIARY} (?:you|it|there|that|this|they|he|she|your)\b.+)",
    re.I,
)
_WISHES = _any_of(
    "want,need,like to,love to,like,look for,looking,wondering,hoping,trying,planning,calling,having,having trouble",
    "interested,can't,cannot,have a,have an,lost",
)
_WANT = re.compile(
    rf"(?:i|we)(?:'d| would|'m| am| was|'re| are)? ?(?:really |also |just )?{_WISHES}\b.+",
    re.I,
)
_ASKING = _any_of(
    "(?:can|could|may|might) i (?:please )?(?:have|get|know|ask for)",
    "(?:can|could|would) you (?:please )?(?:provide|tell|give|share|verify|confirm)(?: me| us)?(?: with)?",
    "what is,what's,please (?:provide|tell|give|share)(?: me| us)?",
)
_ASK_FOR = re.compile(rf"{_ASKING} (your [\w' -]{{2,40}}?)(?:,? please)?[?.]?", re.I)
_OFFER = re.compile(
    r"(?:would you like me to|do you want me to|shall i|should i|would you like to have me) (.+?)\?", re.I | re.S
)
_PROPOSE = re.compile(r"would you like (to .+?)\?", re.I | re.S)
_INSTRUCTIONS = _any_of(
    "provide,let,take,check,look,pick,keep,note,tell,give,try,go,call,visit,contact,make,wait,click,enter,follow,restart",
    "bring,be,feel free,allow,state,specify,send,choose,select",
)
_ORDER = re.compile(rf"{_INSTRUCTIONS} (?!up can|can|will|is|are|me know if).+", re.I | re.S)
_CLAUSE = re.compile(r"\b(?:i|i'm|im|we|my|our|is|are|was|won't|doesn't|isn't|not|has|have|got)\b", re.I)
_CONFIRM = re.compile(r"(?:please |can you |could you |just |to )*confirm(?: that)?:? (.+)", re.I | re.S)
_RESULTS = _any_of(
    "booked,reserved,confirmed,scheduled,made,created,purchased,added,set,cancell?ed,changed,updated,placed",
    "transferred,sent,paid,bought,completed,processed,refunded,rented,complete,successful,done,on its way,ready",
)
DONE = re.compile(
    rf"\b(?:(?:has|have|had|was|were|is|are|'s|got|been) (?:now |already |successfully |been |all )*{_RESULTS}|"
    r"successfully|was a success|is playing|starts? playing|went through|"
    r"(?:'ve|have|has) got .{1,40}(?:cancell?ed|booked|changed|updated|set|sent))\b",
    re.I,
)
_FAILURES = _any_of(
    "unable to,not able to,couldn't,could not,cannot,can't,not available,unavailable,no \\w+(?: \\w+)? available",
    "failed,not possible,was unsuccessful,wasn't able,weren't able,did not go through,no longer,there are no",
    "aren't any,not find",
)
FAILED = re.compile(rf"\b{_FAILURES}\b", re.I)
_PROMISES = _any_of(
    "be (?:sent|ready|contacted|called|delivered|processed|refunded|waiting|there),receive,get back,call,send,e-?mail",
    "contact,follow up,let you know,notify,reach out,pick up,arrive,be there",
)
_PROMISE = re.compile(rf"\b(?:will|'ll|going to) (?:\w+ )?{_PROMISES}\b", re.I)
_NO_THANKS = re.compile(r"(?:i|we) (?:do not|don't|dont|won't|will not) (?:want|need|like)\b.+", re.I)
_SMALL_TALK = _any_of(
    "help you,assist you,anything else,something else,have a (?:nice|great|good|wonderful|pleasant),welcome",
    "pleasure,apologi[sz]e,your concern,appreciate,frustrat\\w+,patience,inconvenience,meet you,your time,sorry",
    "enjoy,glad,goodbye,bye,you there,nice day,further,understand what,thank,name is",
)
_FRAGMENT = re.compile(
    r"(?:to (?:hear|know|see|inform)|for (?:calling|contacting|your|being|that|\w+ing)|that sounds)\b", re.I
)
_IDENTITY = re.compile(
    r"\b(?i:phone number|e-?mail|account number|last four|zip code|ssn|date of birth|address is|order number)\b|"
    r"^(?i:i'm|i am|this is|my name is|it's)(?: [A-Z][\w']+){1,3}[.!]?$",
)
_CHAT = re.compile(rf"\b{_SMALL_TALK}\b", re.I)
_INTRODUCED = re.compile(r"(?:[Mm]y name is|[Tt]his is|I'm|I am|I’m) ([A-Z][a-z]+)(?: ([A-Z][a-z]+))?\b")
_WORD = re.compile(r"[\w'$€£#@./:-]*\w")
_COMMON = frozenset(
    (
        "the a an to of and or in on at for with is are was were be been i you my your it that this me we do does did "
        "can could would will have has had not no yes there what which how please so if any some like want need"
    ).split()
)
_READING_ORDER = list(Aspect)


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence of one turn, without the words that only open it."""

    turn: int
    speaker: Role
    text: str


def build_target(conversation: Conversation) -> Draft | None:
    """Reason, actions, resolution and follow-up in the conversation's own words, or None where rules are unsure."""
    sentences = list(_sentences(conversation))
    reasons, start = _reasons(sentences, is_plain=bool(_choice(conversation) % 3))
    if not reasons:
        return None
    agent_or_later = [one for one in sentences if one.turn >= start]
    resolution, resolved = _resolution(agent_or_later)
    rest = [one for one in agent_or_later if resolved is None or not _repeats(one, resolved)]
    follow_up, promised = _follow_up(rest)
    rest = [one for one in rest if promised is None or not _repeats(one, promised)]
    room = max(1, MAX_STATEMENTS - len(reasons) - len(resolution) - len(follow_up))
    actions = _actions(rest, sentences=sentences, room=min(room, 2))
    if any(one.speaker is Role.AGENT for one in sentences) and not (actions or resolution or follow_up):
        return None
    statements = {one.text: one for one in [*resolution, *follow_up, *actions, *reasons]}
    return Draft(in_reading_order(statements.values()))


def in_reading_order(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """By aspect, otherwise as they come."""
    return tuple(sorted(statements, key=lambda one: _READING_ORDER.index(one.aspect)))


def _choice(conversation: Conversation) -> int:
    """A number that depends on the words alone, so that the same conversation is always worded alike."""
    return int.from_bytes(sha256("".join(turn.text for turn in conversation.turns).encode()).digest()[:4], "big")


def _names(conversation: Conversation) -> str:
    """A pattern for the names by which people introduce themselves; in front of others they are only politeness."""
    found = {
        name for turn in conversation.turns for match in _INTRODUCED.finditer(turn.text) for name in match.groups()
    }
    return "|".join(sorted(re.escape(name) for name in found if name)) or "(?!)"


def _sentences(conversation: Conversation) -> Iterator[Sentence]:
    address = re.compile(rf", (?:{_names(conversation)})(?=[,.!?]|$)")
    for index, turn in enumerate(conversation.turns):
        role = conversation.role_of(turn)
        if role not in (Role.AGENT, Role.CUSTOMER):
            continue
        for raw in _SENTENCE_END.split(" ".join(turn.text.replace("’", "'").split())):
            text = address.sub("", raw)
            text = _OPENERS.sub("", _FILLER.sub("", text).strip(" ,.-")).strip(" ,")
            if text and not _FRAGMENT.match(text):
                yield Sentence(index, role, text)


def _repeats(one: Sentence, other: Sentence) -> bool:
    """Most of what the shorter one says, the other says too."""
    first, second = set(_content(one.text)), set(_content(other.text))
    return one is other or len(first & second) > 0.7 * max(1, min(len(first), len(second)))


def _reasons(sentences: list[Sentence], *, is_plain: bool) -> tuple[list[Statement], int]:
    """The first request, the request that adds most to it, and the turn from which the agent acts."""
    customer = [one for one in sentences if one.speaker is Role.CUSTOMER]
    found = [(one, text) for one in customer[:6] if (text := _request(one, is_plain=is_plain))]
    if not found:
        found = [(one, text) for one in customer[:4] if (text := _problem(one))]
    if not found:
        return [], 0
    first, text = found[0]
    reasons = [Statement(Aspect.REASON, text)]
    known = set(_content(first.text))
    later = [
        (len(set(_content(one.text)) - known) + _num_exact(one.text), text)
        for one in customer
        if one.turn > first.turn and not _asks(one.text) and (text := _request(one, is_plain=is_plain))
    ]
    gain, text = max(later, default=(0, ""))
    if gain >= 4:
        reasons.append(Statement(Aspect.REASON, _also(text)))
    return reasons, first.turn


def _also(text: str) -> str:
    """ "The customer also wants", "The customer would also like"."""
    return re.sub(
        r"^The customer ((?:would|could|can|is|has|will) )?", r"The customer \1also ", text.replace(" also ", " ", 1)
    )


def _request(sentence: Sentence, *, is_plain: bool) -> str | None:
    text = _without_please(sentence.text)
    if _num_content(text) < 2 or not MIN_WORDS <= _num_words(text) <= MAX_WORDS:
        return None
    if match := _ASK_TO.fullmatch(text) or _IMPERATIVE.fullmatch(text):
        return _said(
            f"The customer {'asked' if is_plain else 'wanted'} the agent to", lower_verb(match[1]), Role.CUSTOMER
        )
    if match := _ASK_IF.fullmatch(text):
        return _said("The customer asked if they could", match[1], Role.CUSTOMER)
    if _WANT.fullmatch(text) and not text.endswith("?"):
        return _sentence(with_subject(_bare(text), Role.CUSTOMER))
    return f"The customer asked: {_bare(text)}?" if _asks(text) else None


def _asks(text: str) -> bool:
    return _QUESTION.fullmatch(text) is not None


def _problem(sentence: Sentence) -> str | None:
    """What the customer says is the matter, when no request was found."""
    text = sentence.text
    if _num_content(text) < 3 or not MIN_WORDS < _num_words(text) <= MAX_WORDS or text.endswith("?"):
        return None
    if _CHAT.search(text) or _IDENTITY.search(text) or not _CLAUSE.search(text):
        return None
    return _sentence(with_subject(_bare(text), Role.CUSTOMER)) or _said("The customer said that", text, Role.CUSTOMER)


def _actions(candidates: list[Sentence], *, sentences: list[Sentence], room: int) -> list[Statement]:
    """What the agent asked for, and the sentences that tell most."""
    agent = [one for one in candidates if one.speaker is Role.AGENT]
    elsewhere = Counter(word for one in sentences for word in set(_content(one.text)))
    asked = _asked_for(agent)
    told = [(one, text) for one in agent if (text := _action(one))]
    best = sorted(told, key=lambda pair: -_weight(pair[0], elsewhere))[: room - bool(asked)]
    picked = [text for _, text in sorted(best, key=lambda pair: pair[0].turn)]
    return [Statement(Aspect.ACTIONS, text) for text in ([asked] if asked else []) + picked]


def _weight(sentence: Sentence, elsewhere: Counter[str]) -> float:
    """Words that come back elsewhere tell what it is about; numbers and names tell it exactly."""
    words = set(_content(sentence.text))
    return sum(1 for word in words if elsewhere[word] > 1) + _num_exact(sentence.text) - 0.05 * len(words)


def _asked_for(agent: list[Sentence]) -> str | None:
    """All the details the agent asked for, in one sentence."""
    things: dict[str, None] = {}
    for one in agent:
        thing = (
            third_person(match[1], Role.AGENT, named=Role.CUSTOMER) if (match := _ASK_FOR.fullmatch(one.text)) else None
        )
        if thing and " and " not in thing.lower() + " ":
            things[thing.replace("the customer's ", "") if things else thing] = None
    names = list(things)[:3]
    if not names:
        return None
    joined = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"The agent asked for {joined}."


def _action(sentence: Sentence) -> str | None:
    text = _without_please(sentence.text)
    if _CHAT.search(text) or _num_content(text) < 2 or not MIN_WORDS < _num_words(text) <= MAX_WORDS:
        return None
    if _num_exact(text) == 0 and _num_content(text) < 4:
        return None
    if _ASK_FOR.fullmatch(text) or _LISTING.search(text):
        return None
    if match := _OFFER.fullmatch(text):
        return _said("The agent offered to", match[1], Role.AGENT)
    if match := _CONFIRM.fullmatch(text):
        has_clause = re.match(r"(?:that )?(?:i|you)\b", match[1], re.I)
        return _said(f"The agent asked the customer to confirm{' that' if has_clause else ''}", match[1], Role.AGENT)
    if match := _PROPOSE.fullmatch(text):
        return _said("The agent asked if the customer would like", match[1], Role.AGENT)
    if _asks(text) or text.endswith("?"):
        return None
    if _ORDER.fullmatch(text):
        return _said("The agent asked the customer to", lower_verb(text), Role.AGENT)
    return _told(text)


def lower_verb(text: str) -> str:
    """An imperative as an infinitive."""
    return text[0].lower() + text[1:]


def _told(text: str) -> str | None:
    return _sentence(with_subject(_bare(text), Role.AGENT)) or _said(
        "The agent told the customer that", text, Role.AGENT
    )


def _resolution(sentences: list[Sentence]) -> tuple[list[Statement], Sentence | None]:
    """The last sentence that says it is done or cannot be done, or the customer's last refusal."""
    for one in reversed(sentences):
        text = _ending(one) if MIN_WORDS <= _num_words(one.text) <= MAX_WORDS and not one.text.endswith("?") else None
        if text:
            return [Statement(Aspect.RESOLUTION, text)], one
    return [], None


def _ending(sentence: Sentence) -> str | None:
    text = sentence.text
    if _CHAT.search(text) or _LISTING.search(text) or _num_content(text) < 2:
        return None
    if sentence.speaker is Role.CUSTOMER:
        return _sentence(with_subject(_bare(text), Role.CUSTOMER)) if _NO_THANKS.fullmatch(text) else None
    if FAILED.search(text):
        return _told(text)
    return _plain(text) if DONE.search(text) else None


def _plain(text: str) -> str | None:
    """Without "the agent said": the thing itself."""
    reported = with_subject(_bare(text), Role.AGENT) or third_person(_bare(text), Role.AGENT, named=Role.CUSTOMER)
    return _sentence(reported)


def _follow_up(sentences: list[Sentence]) -> tuple[list[Statement], Sentence | None]:
    """The agent's last promise."""
    for one in reversed(sentences):
        if one.speaker is not Role.AGENT or not _PROMISE.search(one.text):
            continue
        if one.text.endswith("?") or _CHAT.search(one.text) or _LISTING.search(one.text):
            continue
        text = _plain(one.text) if MIN_WORDS < _num_words(one.text) <= MAX_WORDS else None
        if text:
            return [Statement(Aspect.FOLLOW_UPS, text)], one
    return [], None


def _said(opening: str, rest: str, speaker: Role) -> str | None:
    """ "The customer asked the agent to" leaves the agent to be named; "told the customer" names who tells."""
    reported = third_person(_bare(rest), speaker, named=Role.AGENT)
    return None if reported is None else _sentence(f"{opening} {reported}")


def _sentence(text: str | None) -> str | None:
    """With a capital first letter and a full stop."""
    if text is None or not text.strip():
        return None
    text = text.strip().rstrip(" ,;:-")
    text = text[0].upper() + text[1:]
    return text if text[-1] in ".!?" else f"{text}."


def _bare(text: str) -> str:
    return text.strip().rstrip("?.! ")


def _without_please(text: str) -> str:
    return re.sub(r",? ?\b(?:please|kindly|plz|pls)\b,? ?", " ", text, flags=re.I).strip()


def _content(text: str) -> list[str]:
    return [word for word in _WORD.findall(text) if word.lower() not in _COMMON]


def _num_content(text: str) -> int:
    return len(_content(text))


def _num_words(text: str) -> int:
    return len(text.split())


def _num_exact(text: str) -> int:
    """Numbers, amounts and names: words that are right or wrong."""
    words = _content(text)
    return sum(
        1 for index, word in enumerate(words) if word[0].isdigit() or word[0] in "$€£" or (index and word[0].isupper())
    )
