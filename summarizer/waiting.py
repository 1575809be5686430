"""What a customer hears while they wait is no statement of an agent: queue announcements, and words during a hold."""

import re
from dataclasses import replace

from summarizer.conversation import MAX_PARTICIPANTS, Conversation, Participant, Role, Turn, WaitKind
from summarizer.words import any_of, sentences

ANNOUNCEMENT = "announcement"  #: id of the machine that is given what it says
_ANNOUNCED = any_of(r"""
your call is (very )?important to us|please continue to hold
thank you for (your patience|holding|waiting),? (your call|all (of )?our|we will be)
(please )?(stay|remain) on the line,? (and )?(your call|an? (agent|advisor|representative)|we will|for the next)
all (of )?our (agents|advisors|representatives|operators|lines|associates) are (currently |still )?(busy|assisting)
(your|the) (estimated|approximate|expected|current) (wait|waiting)( time)? (is|will be)
you are (now |currently )?(caller )?(number \w+|next) in (the |our )?(line|queue)
your call will be (answered|taken) (by|in|shortly|as soon)|(this|your) calls? (may|will) be (recorded|monitored)
we are (currently )?experiencing (a )?(high|higher than (usual|normal)) (call )?volumes?
an? (agent|advisor|representative) will be with you (shortly|as soon)
votre appel est important (pour nous)?
tous nos (conseillers|agents|opérateurs) sont (actuellement |toujours )?(en ligne|occupés)
(le |votre )?temps d'attente (estimé|prévu|est)|nous allons (donner suite|répondre) à votre appel
veuillez (patienter|rester en ligne),? (un|nous|votre)|un conseiller va (vous répondre|prendre votre appel)
su llamada es (muy )?importante|todos nuestros (agentes|asesores) están ocupados
ihr anruf ist uns wichtig|alle unsere mitarbeiter (sind|befinden)|sua ligação é (muito )?importante
""")
_SOMEBODY = any_of(r"i|i'(ll|m|ve|d)|my|me|je|j'\w+|mon|ma|moi|yo|mi|ich|mein\w*|eu|meu|minha")
_MUSIC = re.compile(
    r"[\[(*<]?\s*(hold |on-hold )?(music|musique|musik|música)( (playing|d'attente|plays))?\s*[\])*>]?|[♪♫\s]+", re.I
)


def without_waiting(conversation: Conversation) -> Conversation:
    """The same turns, in which a machine says what the customer only heard while they waited."""
    moved = {index for index, turn in enumerate(conversation.turns) if _is_heard_waiting(turn, conversation)}
    is_full = len(conversation.participants) == MAX_PARTICIPANTS
    if not moved or is_full or any(one.id == ANNOUNCEMENT for one in conversation.participants):
        return conversation
    turns = (
        replace(turn, participant=ANNOUNCEMENT) if index in moved else turn
        for index, turn in enumerate(conversation.turns)
    )
    machine = Participant(ANNOUNCEMENT, Role.BOT)
    return replace(conversation, turns=tuple(turns), participants=(*conversation.participants, machine))


def _is_heard_waiting(turn: Turn, conversation: Conversation) -> bool:
    """A customer who repeats an announcement complains of it; only music is never theirs."""
    role = conversation.role_of(turn)
    if role is Role.BOT:
        return False
    if role is Role.CUSTOMER:
        return _is_music(turn.text)
    return is_announcement(turn.text) or _is_during_a_wait(turn, conversation)


def is_announcement(text: str) -> bool:
    """Whether every sentence is one that machines say to people who wait; a machine never says `I`."""
    plain = text.replace("’", "'")
    spans = [plain[start:end].strip() for start, end in sentences(plain)]
    said = [one for one in spans if re.search(r"\w|[♪♫]", one)]
    return bool(said) and all(_is_music(one) or (_ANNOUNCED.search(one) and not _SOMEBODY.search(one)) for one in said)


def _is_music(text: str) -> bool:
    return bool(text.strip()) and _MUSIC.fullmatch(text.strip().rstrip(".!")) is not None


def _is_during_a_wait(turn: Turn, conversation: Conversation) -> bool:
    """Wholly inside a time on hold: while one is in a queue, only machines and the customer are there."""
    if turn.start_ms is None:
        return False
    end = turn.start_ms if turn.end_ms is None else turn.end_ms
    return any(
        wait.kind is WaitKind.HOLD and wait.start_ms < turn.start_ms and end < wait.end_ms
        for wait in conversation.waits
    )
