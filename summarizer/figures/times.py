"""Times of the day in minutes since midnight; am or pm stays open where nobody says which."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from summarizer.figures.digits import in_digits
from summarizer.figures.languages import language_of

NOON = 12 * 60

_ONE = {"one": 1, "une": 1, "un": 1, "eins": 1, "ein": 1, "una": 1, "uma": 1}
_HOUR = r"(?P<hour>\d{1,2})(?!\d)"
_HOUR_OR_ONE = r"(?P<hour>\d{1,2}(?!\d)|(?:one|une|eins|una|uma)\b)"
_MINUTE = r"(?P<minute>[0-5]\d)(?!\d)"
_FROM = r"à|vers|avant|après|dès|jusqu['’]à|entre|et|sera|at|from|until|by|around|before|after"
_HALF, _QUARTER = r"demie?|media|meia|mezz[ao]", r"quart|cuarto|quarto|4º"
_AM = r"morning|matin|morgens|früh|vormittags?|mañana|manhã|mattin[ao]|madrugada"
_PM = r"afternoon|evening|night|après-midi|soir|nachmittags?|abends?|nachts|tarde|noche|noite|pomeriggio|sera"
_PART = re.compile(
    rf",?\s(?:in the|at|this|on \w+|du|de l['’]|de la|da|del|di|am|ce|de|por la)?\s?(?:(?P<am>{_AM})|(?P<pm>{_PM}))\b",
    re.I,
)
_GOES_ON = re.compile(r"[.,:]\d")  # halb 1,234 is no time
_EXPRESSIONS = [
    re.compile(expression, re.IGNORECASE)
    for expression in (
        rf"(?<![\w.,:]){_HOUR}(?:[:.h ]{_MINUTE})?\s?(?:(?P<am>a[. ]?m)|(?P<pm>p[. ]?m))\b\.?",
        rf"\bhalf past {_HOUR_OR_ONE}(?P<plus>)",
        rf"\b(?:a )?quarter (?:(?P<past>past|after)|to|of) {_HOUR_OR_ONE}(?P<quarter>)",
        rf"(?<![\w.,:])(?P<after>\d\d?)(?: minutes?)? past {_HOUR_OR_ONE}",
        rf"(?<![\w.,:])(?P<before>\d\d?) minutes? to {_HOUR_OR_ONE}",
        rf"\bhalb {_HOUR_OR_ONE}(?P<minus>)",
        rf"\bviertel (?:(?P<past>nach)|vor) {_HOUR_OR_ONE}(?P<quarter>)",
        rf"(?<![\w.,:]){_HOUR_OR_ONE}(?:[:.]{_MINUTE})? ?uhr\b(?: {_MINUTE.replace('minute', 'late')})?",
        rf"(?<![\w.,:])(?:{_HOUR_OR_ONE}) ?(?:heures?|h)\b ?(?:et (?:(?P<half>{_HALF})|(?P<fourth>{_QUARTER}))\b"
        rf"|moins (?:le )?(?P<less>quart)\b|{_MINUTE})",
        rf"(?<![\w.,:]){_HOUR}h{_MINUTE}\b",
        rf"\b(?:{_FROM}) {_HOUR_OR_ONE} ?(?:heures?|h)\b",
        rf"\b(?:las?|às|à|alle|all['’]) ?{_HOUR_OR_ONE}"
        rf"(?: (?:y|e) (?:un )?(?:(?P<half>{_HALF})|(?P<fourth>{_QUARTER}))(?!\w)"
        rf"| (?:menos|meno un) (?P<less>{_QUARTER})(?!\w))",
        rf"\b(?:las|às|alle) {_HOUR}(?=,? (?:de la|da|del|di) (?:{_AM}|{_PM}))",
        rf"\b(?:a las|hasta las|desde las|a la(?= una)|às|alle) {_HOUR_OR_ONE}(?![.:,]\d)",
        rf"(?<![\w.,:]){_HOUR}:{_MINUTE}(?::\d\d)?(?![\d:])",
        rf"(?<![\w.,:]){_HOUR} ?o['’]?clock\b",
        r"(?<![\w.,:])(?P<hour>\d{1,2})(?= in the (?:morning|afternoon|evening)\b| at night\b)",
        r"\b(?:(?P<noon>noon|midday|midi|mittags?|mediodía|meio-dia|mezzogiorno)"
        r"|(?P<midnight>midnight|minuit|mitternacht|medianoche|meia-noite|mezzanotte))\b",
    )
]


@dataclass(frozen=True, slots=True)
class Time:
    """Minutes since midnight; open when it may as well be twelve hours later."""

    minutes: int
    is_open: bool = False

    def is_same(self, other: "Time") -> bool:
        """The same time, or possibly the same."""
        if self.is_open or other.is_open:
            return self.minutes % NOON == other.minutes % NOON
        return self.minutes == other.minutes

    def __str__(self) -> str:
        return f"{self.minutes // 60}:{self.minutes % 60:02d}{' am or pm' if self.is_open else ''}"


def times(text: str, language: str | None = None) -> set[Time]:
    """Every time of the day; hours that may be a span, `3 hours`, are none."""
    plain = in_digits(text, language_of(text, known=language))
    return {time for time, _ in find_times(plain)}


def find_times(plain: str) -> Iterator[tuple[Time, tuple[int, int]]]:
    """The times of a text that is in digits, and the characters of each; no two overlap."""
    taken: set[int] = set()
    for expression in _EXPRESSIONS:
        for match in expression.finditer(plain):
            time = None if _GOES_ON.match(plain, match.end()) else _time(match, plain)
            if time is not None and taken.isdisjoint(range(*match.span())):
                taken.update(range(*match.span()))
                yield time, match.span()


def _time(match: re.Match[str], plain: str) -> Time | None:
    groups = match.groupdict()
    if groups.get("noon") or groups.get("midnight"):
        return Time(NOON if groups.get("noon") else 0)
    written = match["hour"].casefold()
    hour = _ONE.get(written) or int(written)
    minute = _minute(groups)
    part = _PART.match(plain, match.end())
    is_am = bool(groups.get("am") or (part and part["am"]))
    is_pm = bool(groups.get("pm") or (part and part["pm"]))
    if hour > 24 or minute > 59 or ((is_am or is_pm) and not groups.get("hour")):
        return None
    is_open = 1 <= hour <= 12 and not is_am and not is_pm
    if is_pm and hour < 12:
        hour += 12
    if is_am and hour == 12:
        hour = 0
    return Time((hour * 60 + minute) % (2 * NOON), is_open)


def _minute(groups: dict[str, str | None]) -> int:
    """Minutes after the hour, negative before it."""
    if groups.get("half") or groups.get("plus") is not None:
        return 30
    if groups.get("minus") is not None:
        return -30
    if groups.get("quarter") is not None:
        return 15 if groups.get("past") else -15
    if groups.get("fourth") or groups.get("less"):
        return 15 if groups.get("fourth") else -15
    if groups.get("after") or groups.get("before"):
        return int(groups.get("after") or 0) - int(groups.get("before") or 0)
    return int(groups.get("minute") or groups.get("late") or 0)
