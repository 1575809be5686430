"""Amounts: a value with its unit, money above all; then percent, and spans of time."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from summarizer.figures.digits import in_digits
from summarizer.figures.languages import language_of
from summarizer.figures.numbers import number, value

# One unit a line: its name, how many of it the words mean, the words in six languages.
_MONEY = r"""
$ 1 dollars? bucks? dólar(?:es)? dólares dollari usd us\$ ca\$ cad
€ 1 euros? eur
£ 1 pounds? quid livres? pfund libras? sterline gbp
¥ 1 yens? jpy
CHF 1 chf franken francs? franchi
peso 1 pesos? mxn
real 1 reais brl r\$
¤ 0.01 cents? centimes? pence pennies penny céntimos? centavos? cêntimos? centesimi
"""
_SPANS = """
business-day 1 business.days? working.days? jours?.ouvr(?:és?|ables?) werktage?n? arbeitstage?n? días?.(?:hábil(?:es)?|laborables?) dias?.út(?:il|eis) giorni.lavorativi
day 1 days? jours? tage?n? días? dias? giorn[oi]
day 7 weeks? wks? semaines? wochen? semanas? settiman[ae]
month 1 months? mois monate?n? mes(?:es)? mês mes[ei]
month 12 years? yrs? années? ans jahre?n? años? anos? ann[oi]
minute 1 minutes? mins? minuten? minutos? minut[oi]
minute 60 hours? hrs? heures? h stunden? std horas? or[ea]
"""  # noqa: E501
_SYMBOLS = "%€$£¥"
_PERCENT = r"percent|per\scent|prozent"
_HUNDREDTHS = r"cents?|centimes?|pence|céntimos?|centavos?|cêntimos?|centesimi"
_ARTICLES = {
    "en": "a an one", "fr": "un une", "es": "un una uno", "de": "ein eine einen einem einer", "pt": "um uma",
    "it": "un una uno",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Amount:
    """So many of a unit: `$`, `€`, `£`, `¤` (cents of whatever currency), `%`, `day`, `month`, `minute`."""

    value: Decimal
    unit: str

    def __str__(self) -> str:
        return f"{self.value.normalize():f} {self.unit}"


def amounts(text: str, language: str | None = None) -> set[Amount]:
    """Every amount, however it is written; a week is 7 days, and 50 cents are half of their currency."""
    language = language_of(text, known=language)
    return {amount for amount, _ in find_amounts(in_digits(text, language), language)}


def find_amounts(plain: str, language: str) -> Iterator[tuple[Amount, tuple[int, int]]]:
    """The amounts of a text that is in digits, and the characters of each."""
    for match in _expression(language).finditer(plain):
        unit = match["money"] or match["before"] or match["span"]
        if unit is None:
            continue
        name, factor = _unit(unit.casefold())
        hundredths = Decimal(match["cents"] or match["more"] or 0) / 100
        for written, more in ((match["first"], Decimal(0)), (match["number"], hundredths)):
            whole = value(written, language) if written else None
            if whole is not None:
                yield Amount(Decimal(whole) * factor + more, name), match.span()


def ones(plain: str, language: str) -> Iterator[Amount]:
    """What an article counts: `a week`, `un euro`. It supports, but nobody has to support it."""
    for match in _counted_by_article(language).finditer(plain):
        name, factor = _unit(match["unit"].casefold())
        yield Amount(factor, name)


@cache
def _expression(language: str) -> re.Pattern[str]:
    """One or two numbers with the unit before or after them, and the hundredths after the unit; or without any unit."""
    one = number(language)
    money, spans = _alternatives(_MONEY), _spans(language)
    between = r"(?:\s?(?:-|–)\s?|\s(?:to|or|à|ou|bis|oder|a|o)\s)"
    go_on = rf"(?!\d|[.,:]\d|\s?(?:[%€$£¥]|(?:{money}|{spans})\b))"
    cents = (
        rf"(?:\s(?:and|et|und|y|con|e))?\s(?P<cents>\d\d?)\s(?:{_HUNDREDTHS})\b"
        rf"|(?:(?<=[€$£])|\s(?:(?:con|e|y)\s)?)(?P<more>\d\d){go_on}"
    )
    return re.compile(
        rf"(?:(?P<before>(?:us|ca|\br)\$|[$€£¥]|\b(?:usd|eur|gbp|chf)\b)\s?)?"
        rf"(?:(?P<first>{one}){between}(?=\d))?(?P<number>{one})"
        rf"(?:\+?[\s-]?(?:(?:de\s|d['’])?(?P<money>[€$£¥](?!\d)|(?<=\d)[€$£](?=\d\d(?!\d))|(?:{money})\b)(?:{cents})?"
        rf"|(?P<span>%|(?:{spans}|{_PERCENT})\b)))?",
        re.IGNORECASE,
    )


@cache
def _counted_by_article(language: str) -> re.Pattern[str]:
    articles = "|".join(_ARTICLES[language].split())
    return re.compile(rf"\b(?:{articles})\s(?P<unit>{_alternatives(_MONEY)}|{_spans(language)})\b", re.IGNORECASE)


def _spans(language: str) -> str:
    """`an` is a year in French alone: $5 an hour."""
    return _alternatives(_SPANS) + ("|an" if language == "fr" else "")


@cache
def _alternatives(table: str) -> str:
    words = [word for line in table.strip().splitlines() for word in line.split()[2:]]
    return "|".join(word.replace(".", r"[\s-]") for word in words)


@cache
def _unit(written: str) -> tuple[str, Decimal]:
    """The unit of this word, and how many of it the word means."""
    if written in _SYMBOLS:
        return written, Decimal(1)
    if written == "an":
        return "month", Decimal(12)
    for line in [*_MONEY.strip().splitlines(), *_SPANS.strip().splitlines()]:
        name, factor, *words = line.split()
        if re.fullmatch("|".join(words).replace(".", r"[\s-]"), written):
            return name, Decimal(factor)
    return "%", Decimal(1)
