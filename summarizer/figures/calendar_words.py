"""The words of the calendar in six languages: months, weekdays, and days counted from today."""

MONTHS = {
    "en": "january february march april may june july august september october november december",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "de": "januar februar märz april mai juni juli august september oktober november dezember",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
}
SHORT_MONTHS = {
    "en": "jan feb mar apr - jun jul aug sept oct nov dec",
    "fr": "janv févr - avr - - juil aout sept oct nov déc",
    "es": "ene feb mar abr may jun jul ago sept oct nov dic",
    "de": "jänner feb mär apr - jun jul aug sept okt nov dez",
    "pt": "jan fev mar abr mai jun jul ago set out nov dez",
    "it": "gen feb mar apr mag giu lug ago set ott nov dic",
}
#: From Monday; further words for the same day after a bar.
WEEKDAYS = {
    "en": "monday tuesday wednesday thursday friday saturday sunday",
    "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "es": "lunes martes miércoles|miercoles jueves viernes sábado|sabado domingo",
    "de": "montag dienstag mittwoch donnerstag freitag samstag|sonnabend sonntag",
    "pt": "segunda-feira terça-feira quarta-feira quinta-feira sexta-feira sábado domingo",
    "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica",
}
#: Days from today, longer expressions first.
DAYS_FROM_TODAY = {
    "en": {r"the day after tomorrow": 2, r"tomorrow": 1, r"yesterday|last night": -1, r"today|tonight": 0},
    "fr": {r"après-demain": 2, r"avant-hier": -2, r"demain": 1, r"hier": -1, r"aujourd['’]hui": 0},
    "es": {r"pasado mañana": 2, r"anteayer": -2, r"(?<!la )mañana": 1, r"ayer": -1, r"hoy|esta noche": 0},
    "de": {r"übermorgen": 2, r"vorgestern": -2, r"(?<!guten )(?<!heute )morgen": 1, r"gestern": -1, r"heute": 0},
    "pt": {r"depois de amanhã": 2, r"anteontem": -2, r"amanhã": 1, r"ontem": -1, r"hoje": 0},
    "it": {r"dopodomani": 2, r"domani": 1, r"ieri": -1, r"oggi|stasera": 0},
}
#: Before or after a weekday that is over; and before or after a weekday or a span that is not this week's.
LAST = {
    "en": "last", "fr": "dernier", "es": "pasado", "de": "letzte[rnm]?", "pt": "passad[ao]", "it": "scors[oa]",
}  # fmt: skip
NEXT = {
    "en": "next", "fr": "prochaine?", "es": "próxim[oa]|que viene", "de": "nächste[rnsm]?|kommende[rnsm]?",
    "pt": "próxim[oa]|que vem", "it": "prossim[oa]",
}  # fmt: skip
#: Before a week, a month or a year of which the last day is meant, or before a month by its name.
THIS = {
    "en": r"this|(?:the )?end of(?: the| this)?",
    "fr": r"cette|ce|(?:la )?fin (?:de |du )?(?:la |cette |ce |l['’])?",
    "es": r"est[ae]|(?:el )?final(?:es)? de(?: la| el| este| esta|l)?",
    "de": r"diese[rsnm]?|ende(?: der| des| dieser| dieses)?",
    "pt": r"est[ae]|(?:o )?(?:fim|final) d[aoe]",
    "it": r"quest[ao]|(?:la )?fine (?:di|del(?:la)?)",
}
SPANS = {
    "en": {"week": "week", "month": "month", "year": "year"},
    "fr": {"week": "semaine", "month": "mois", "year": "année|an"},
    "es": {"week": "semana", "month": "mes", "year": "año"},
    "de": {"week": "woche", "month": "monat(?:s|en)?", "year": "jahre?s?"},
    "pt": {"week": "semana", "month": "mês", "year": "ano"},
    "it": {"week": "settimana", "month": "mese", "year": "anno"},
}
#: Before a span of time that somebody promises to keep to.
WITHIN = {
    "en": "within|in(?: the)?(?: next)?|over the next|takes?|up to|allow",
    "fr": r"sous|dans(?: les)?(?: prochaine?s)?|d['’]ici|jusqu['’]à|en",
    "es": "en(?: los)?(?: próximos)?|dentro de|en un plazo de|hasta",
    "de": "innerhalb(?: von)?|in(?: den)?(?: nächsten)?|binnen|bis zu",
    "pt": "em(?: até)?|dentro de|no prazo de|até",
    "it": "entro|tra|fra|in",
}
FROM_NOW = "from (?:now|today)"
