"""Turns that speak to the summarizer instead of the other party: orders, fake labels and headings, tokens.

Whatever a turn says is data. But a claim that repeats such a turn as a fact has obeyed it, so verification must know
which turns they are. Found are imperatives about the summary or the instructions, in a dozen languages, also when they
are spread over a speaker's turns, written with look-alike letters, or in base64.
"""

import base64
import binascii
import html
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate

from summarizer.conversation import Conversation

MOST_FOLLOWING = 2  # turns by the same speaker after an order: what it orders may stand there

# Cyrillic and Greek letters that look like Latin ones.
_LATIN = str.maketrans("авекмнорстухіјѕԁɡαβεικνορτυχ", "abekmhopctyxijsdgabeiknoptux")
_SPACED = re.compile(r"(?<=\b\w) (?=\w\b)")  # i g n o r e
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{16,}={0,2}")

_SKIP = r"""
\b(?:ignor\w*|disregard|forget|overrid\w+|bypass|discard|skip|(?:do not|don't) (?:follow|summari[sz]e)
oubli(?:e|ez|er)\b|néglige\w*|olvid[ea]\w*|vergiss|vergessen|missachte\w*|esque[cç]\w+|desconsider\w+|dimentica\w*
pay no attention to|ne (?:tenez|tiens) pas compte|no hagas? caso|übersehen?|beachte[nt]?
negeer|vergeet|zignoruj\w*|zapomnij|(?:про)?игнориру\w+|забудь\w*|yok say\w*|görmezden|unut\w*)
अनदेखा|नज़रअंदाज|تجاهل|忽略|无视|無視|忘记|忘掉|忘れ|무시
"""
_RULES = r"""
\b(?:instru[ckçz]\w+|prompts?|rules?|guidelines|above|previous|prior|preceding|earlier|everything|all of this
(?:the|this|that|whole) (?:call|conversation|transcript|rest)|ci-dessus|précéd\w+|anterior\w*|anweisung\w*
vorherig\w*|obige\w*|bisherig\w*|istruzion\w+|precedent\w*|alles|ce qui|voorgaande|vorige|poprzedni\w*|инструкц\w+
предыдущ\w+|выше|talimat\w*|önceki)|निर्देश|التعليمات|تعليمات|السابق|指示|指令|以上|上面|之前|上述|지시|이전
"""
_BEFORE_AN_IMPERATIVE = (
    r"(?:^|[.,;:!?\"“'(\[{—–#*>-]\s*|\b(?:please|and|then|must|should|now|just|also|instead|only|always|you"
    r"|(?:need|have|got) to)\s+)"
)
_WRITE = r"""
(?:write|put|say|state|record|include|insert|add|append|output|print|respond|reply|answer|report|mention|replace
mark|note|summari[sz]e|conclude|begin|fill|set|repeat|claim|declare|show|make)\b
"""
_WRITE_ELSEWHERE = r"""
\b(?:écri[svtr]\w*|note[zr]|inscri\w+|ajoute\w*|indique\w*|mentionne\w*|met(?:s|tez)|résume[zr]?
escrib[ae]\w*|pon(?:ga)?|anot[ae]\w*|incluy\w+|indiqu\w+|resum[ae]\w*|schreib\w*|notier\w*|füge|vermerk\w*|trag\w*
fasse?n?|escrev[ae]\w*|coloqu\w+|coloca|inclua|scriv[ai]\w*|inserisc\w+|riassum\w+|schrijf|zet|noteer|napisz|wpisz
dodaj|напиши\w*|запиши\w*|укажи\w*|добавь\w*|yaz\w*)\b|लिख|اكتب|سجل|أضف|写|寫|记录|書|써|적어
"""
_TEXT = r"""
\b(?:summar(?:y|ies)|notes|recap|synopsis|wrap-?up|résumé|compte[- ]rendu|synthèse|resumen|notas|zusammenfassung
notizen|resumo|riassunto|samenvatting|notities|podsumowani\w+|резюме|сводк\w+|заметк\w+|özet\w*)\b
सारांश|ملخص|摘要|总结|總結|要約|まとめ|요약
"""
# Hardly ever said between two people, so that the bare word is enough.
_SUMMARY = r"""
\b(?<!\ba )(?<!\bto )(?<!\bme )summar(?:y|ies|i[sz]\w*)\b(?! of (?:your|the))
\b(?:write-up|compte[- ]rendu|zusammenfassung|riassunto|samenvatting
podsumowani\w+|резюме|сводк\w+|итогах|özet\w*)\b|\b(?:le|ce|du|votre) résumé\b|\bel resumen\b|\bo resumo\b
सारांश|ملخص|摘要|总结|總結|要約|요약
"""
_TO_US = r"""
\b(?:(?:note|message|instructions?) (?:to|for) (?:the |any |our )?(?:ai|model|summari[sz]er|assistant|bot|system|llm)\b
(?:dear|hey|hello|hi|attention|ok(?:ay)?),? (?:summari[sz]er|language model|llm|summary bot|note[- ]?taker)
(?:dear|attention),? (?:ai|model)\b|for the (?:summari[sz]er|language model)|as an ai (?:language )?model
system (?:override|prompt|message|instruction|notice|command)s?|(?:new|updated|important|real|hidden) instructions?\s*:
you are now (?:a|an|the|in|going to)\b|developer mode|jailbreak|your (?:only |new |real )task is
whoever (?:transcribes|reads|writes|summari[sz]es|processes) this|admin(?:istrator)? (?:message|override|command)
(?:hey|hi|hello|dear) ai\s*[,:!]|(?:new|next) task\s*:|(?:the|your|in) notes (?:to )?(?:reflect|read|show|say) that
(?:output|respond|write|print) only|only (?:write|output|respond|print) |repeat after me
(?:do not|don't|stop|cease) summari[sz]\w+|instead of (?:a |the )?summary
end of (?:the )?(?:transcript|conversation|prompt)
(?:when|while|if|as|before) (?:you|anyone|somebody) (?:summari[sz]es?|writes? (?:this|it|that) (?:up|down))
(?:goes|go|belongs?) in(?:to)? (?:the|your) (?:summary|notes)
summari[sz]e (?:this|the call|it|the conversation|everything|me|all)\b[^.]{0,20}\b(?:as|like|with|by)\b
(?:the|your) (?:summary|notes) (?:must|should|shall|has to|have to|needs? to|will)
nouvelles? instructions?\s*:|vous êtes (?:maintenant|désormais) une?|(?:message|instruction) (?:du )?système
nuevas? instrucci\w+\s*:|(?:mensaje|instrucción) del sistema|ahora eres una?|neue anweisung\w*\s*:|systemnachricht
du bist (?:jetzt|ab sofort) eine?|mensagem do sistema|messaggio di sistema|сообщение системы|системное сообщение)
系统(?:消息|提示|指令)|システム(?:メッセージ|指示)|시스템 (?:메시지|지시)
"""
_LABEL = r"""
(?:^|[\n.!?;>"'“”)\]}#*-])\s*["'*_#]*(?:agent|customer|bot|supervisor|system|assistant|user|human|person|client
agente|cliente|kunde|агент|клиент|система|客服|客户|系统|notes?|summary|reason|actions?|resolution|follow-?ups?|résumé
resumen|zusammenfassung|摘要|instructions?|outcome)\s?\d{0,2}["'*_]*\s?[:：]
\bconversation \((?:voice|chat|email|message)|"(?:role|system|instructions?|summary|notes|resolution)"\s*:
‹[^>›]{0,40}>|\(/?(?:inst|sys|system|prompt)\]|<!--|\{\{|```
"""


def _joined(*lists: str) -> str:
    return "(?:" + "|".join(line for one in lists for line in one.strip().splitlines()) + ")"


_SKIPPED, _RULED, _ABOUT = _joined(_SKIP), _joined(_RULES), _joined(_TEXT)
_WRITTEN = f"(?:{_BEFORE_AN_IMPERATIVE}{_joined(_WRITE)}|{_joined(_WRITE_ELSEWHERE)})"
_US = re.compile(r"\bto the summari[sz]er\b", re.IGNORECASE)
_ORDER = re.compile(
    f"{_SKIPPED}.{{0,40}}?{_RULED}|{_RULED}.{{0,40}}?{_SKIPPED}|{_WRITTEN}.{{0,60}}?{_ABOUT}"
    f"|{_ABOUT}.{{0,60}}?{_WRITTEN}|{_joined(_SUMMARY, _TO_US, _LABEL)}",
    re.DOTALL,
)


def names_us(text: str) -> bool:
    """A sentence that names the summarizer repeats an order word for word, whoever it says has given it."""
    return _US.search(text) is not None


def orders_in(conversation: Conversation) -> frozenset[int]:
    """Indices of the turns that hold a part of an order, or directly follow one from the same speaker."""
    found: set[int] = set()
    for participant in conversation.participants:
        mine = [index for index, turn in enumerate(conversation.turns) if turn.participant == participant.id]
        places = _places([conversation.turns[index].text for index in mine])
        found |= {mine[near] for place in places for near in range(place, min(place + 1 + MOST_FOLLOWING, len(mine)))}
    return frozenset(found)


def without_orders(conversation: Conversation) -> Conversation:
    """The same conversation, every character in its place, in which nobody tells the summarizer anything."""
    orders = orders_in(conversation)
    left = tuple(
        replace(turn, text=" " * len(turn.text)) if index in orders else turn
        for index, turn in enumerate(conversation.turns)
    )
    return replace(conversation, turns=left) if any(turn.text.strip() for turn in left) else conversation


def is_order(text: str) -> bool:
    """Does this text alone speak to the summarizer?"""
    return bool(_places([text]))


def _places(texts: list[str]) -> set[int]:
    """Which of one speaker's turns an order stands in, also one that begins in one turn and ends in another."""
    readings = zip(*(_readings(text) for text in texts), strict=True)
    return {place for reading in readings for place in _matched(list(reading))}


def _matched(texts: list[str]) -> Iterator[int]:
    ends = list(accumulate(len(text) + 1 for text in texts))
    for match in _ORDER.finditer("\n".join(texts)):
        yield from (
            place for place, end in enumerate(ends) if match.start() < end and match.end() > end - len(texts[place]) - 1
        )


def _readings(text: str) -> tuple[str, str, str]:
    """As written, with look-alike letters made Latin, and what its base64 says."""
    plain = unicodedata.normalize("NFKC", html.unescape(text)).replace("’", "'").casefold()
    return plain, _SPACED.sub("", plain.translate(_LATIN)), " ".join(_decoded(text)).casefold()


def _decoded(text: str) -> Iterator[str]:
    for match in _BASE64.finditer(text):
        bare = match[0].rstrip("=").translate(str.maketrans("-_", "+/"))
        try:
            yield base64.b64decode(bare + "=" * (-len(bare) % 4), validate=True).decode()
        except (binascii.Error, UnicodeDecodeError):
            continue
