"""Is there a call to summarize, and if not, why: a voice menu, a voicemail, noise, greetings, one side only.

Phrases are known in English and French, and a few in Spanish and German; an unknown greeting of a voicemail is
summarized as any other call.
"""

import re
from collections.abc import Iterable
from itertools import pairwise

from summarizer.conversation import Channel, Conversation, Role, Turn
from summarizer.summary import NoSummary
from summarizer.words import any_of, telling_stems

MIN_TELLING_WORDS = 6  # fewer different ones in the whole conversation, and nothing was said
MIN_NOISES = 3  # fewer, and it is a call of greetings
VOICEMAIL_GREETS_WITHIN = 3  # turns; later, somebody only tells of a voicemail
MAX_VOICEMAIL_CHANGES = 2  # of speaker: a menu, the greeting, the message; more is a dialogue

_MARK = re.compile(r"\[[^\[\]]{0,40}\]|\([^()]{0,40}\)|<[^<>]{0,40}>|\*[^*]{0,40}\*|[♪♫]+")
_NOISE = any_of(r"""
noise|silence|music|inaudible|unintelligible|static|beep|breath\w*|cough\w*|laugh\w*|crosstalk|unk
bruit|musique|inintelligible|bip|respiration|toux|rires?|ruido|música|rauschen|musik
""")
_SOUND = any_of(r"m+-?h?m+|m+|h+m+|u+[hm]+|u+h-hu+h|e+[rhu]+m?|a+h+|o+h+|heu|euh+|hein|bah|ben|äh+m?")
_MENU = any_of(r"""
press (\d|one|two|three|four|five|six|seven|eight|nine|zero|star|pound)|say or press|main menu|menu options
your call is (very )?important|(calls?|this call) (may|will) be (recorded|monitored)|please listen carefully
(stay|remain) on the line|please hold|your estimated wait|all (of )?our (agents|representatives|operators|lines) are
(appuyez|tapez) (sur )?(la touche )?(\d|un|deux|trois|quatre|cinq|étoile|dièse)|dites ou tapez|menu principal
votre appel est important|(cet|votre) appel (peut|pourra|est susceptible|sera|va)|restez en ligne|ne quittez pas
tous nos (conseillers|agents|opérateurs)|temps d'attente
para español|(oprima|pulse|marque) (el )?(\d|uno|dos|tres)|drücken sie (die )?(\d|eins|zwei|drei)
""")
_VOICEMAIL = any_of(r"""
(leave|record) (us |me |him |her |them )?(a|your) (brief |short |detailed )?message|(after|at) the (tone|beep)
you('ve| have) reached the (voice ?mail|mailbox)|(forwarded|transferred) to (an automated )?voice( ?mail| mess\w+)
voice ?mail (box )?of|voice messag(e|ing) system
laiss(ez|er)([- ](moi|nous))? (un|votre) message|après le (bip|signal)|(messagerie|répondeur) (vocale )?(de|du)
(sur|bien) (ma|la|sa|notre) messagerie|deje su mensaje|después del tono|nachricht nach dem (ton|signal|piep)
""")


def why_none(conversation: Conversation) -> NoSummary | None:
    """The reason why this conversation gets no summary; None when there is something to summarize."""
    if _is_voicemail(conversation):
        return NoSummary.VOICEMAIL
    if _is_menu_only(conversation):
        return NoSummary.IVR_ONLY
    if not says_something(conversation):
        return NoSummary.NOISE_ONLY if _is_noise(conversation.turns) else NoSummary.NOTHING_SAID
    return NoSummary.ONE_PARTY if _is_one_sided(conversation) else None


def says_something(conversation: Conversation) -> bool:
    """More than greetings, noise and filler."""
    return _num_telling(conversation.turns) >= MIN_TELLING_WORDS


def _is_voicemail(conversation: Conversation) -> bool:
    """A greeting that asks for a message, and nobody who answers what is said after it."""
    spoken = [turn for turn in conversation.turns if _spoken(turn)]
    speakers = [turn.participant for turn in spoken]
    changes = sum(one != other for one, other in pairwise(speakers))
    is_greeted = any(_VOICEMAIL.search(_plain(turn)) for turn in spoken[:VOICEMAIL_GREETS_WITHIN])
    return conversation.channel is Channel.VOICE and is_greeted and changes <= MAX_VOICEMAIL_CHANGES


def _is_menu_only(conversation: Conversation) -> bool:
    """A menu speaks, no employee does, and the caller does no more than choose."""
    if conversation.channel is not Channel.VOICE:
        return False
    menu = {turn.participant for turn in conversation.turns if _MENU.search(_plain(turn))}
    machines = menu | {one.id for one in conversation.participants if one.role is Role.BOT}
    people = [turn for turn in conversation.turns if turn.participant not in machines]
    machine_turns = [turn for turn in conversation.turns if turn.participant in machines and _spoken(turn)]
    is_machine = all(_is_prompt(turn, conversation) for turn in machine_turns)
    is_agents = any(conversation.role_of(turn) is Role.AGENT and _spoken(turn) for turn in people)
    return bool(machine_turns) and is_machine and not is_agents and _num_telling(people) < MIN_TELLING_WORDS


def _is_prompt(turn: Turn, conversation: Conversation) -> bool:
    """What a menu says: by a bot, a known phrase, or next to nothing."""
    is_bots = conversation.role_of(turn) is Role.BOT
    return is_bots or bool(_MENU.search(_plain(turn))) or _num_telling([turn]) < MIN_TELLING_WORDS


def _is_noise(turns: Iterable[Turn]) -> bool:
    """Noise marks or hesitations, some of them or nothing else."""
    num_noises = sum(_spoken(turn) != turn.text.strip() or bool(_SOUND.search(turn.text)) for turn in turns)
    return num_noises >= MIN_NOISES or not any(re.search(r"\w", _SOUND.sub("", _spoken(turn))) for turn in turns)


def _is_one_sided(conversation: Conversation) -> bool:
    """Only one of those who should speak does; a lone speaker whose role nobody knows may be both sides in one."""
    speakers = {turn.participant for turn in conversation.turns if _spoken(turn)}
    if conversation.channel is not Channel.VOICE or len(speakers) != 1:
        return False
    role = conversation.participant(min(speakers)).role
    return role is not Role.UNKNOWN or len(conversation.participants) > 1


def _num_telling(turns: Iterable[Turn]) -> int:
    return len({one for turn in turns for one in telling_stems(_spoken(turn))})


def _spoken(turn: Turn) -> str:
    """The words of a turn, without marks for what is no speech."""
    return _MARK.sub(lambda mark: "" if _NOISE.search(mark[0]) or mark[0][0] in "♪♫" else mark[0], turn.text).strip()


def _plain(turn: Turn) -> str:
    return turn.text.replace("’", "'")
