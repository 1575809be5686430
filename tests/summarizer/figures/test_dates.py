from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.figures import dates, due

THURSDAY = date(2026, 11, 26)


@pytest.mark.parametrize(
    ("language", "text", "said", "day"),
    [
        ("en", "May 3rd", "05-03", "2027-05-03"),
        ("en", "3 May", "05-03", "2027-05-03"),
        ("en", "the third of May 2028", "2028-05-03", "2028-05-03"),
        ("en", "2026-11-27", "2026-11-27", "2026-11-27"),
        ("en", "12/24/2026", "2026-12-24", "2026-12-24"),
        ("en", "Friday", "weekday 4", "2026-11-27"),
        ("en", "Thursday", "weekday 3", "2026-11-26"),
        ("en", "next Thursday", "weekday 3", "2026-12-03"),
        ("en", "last Monday", "weekday 0", "2026-11-23"),
        ("en", "tomorrow", "day +1", "2026-11-27"),
        ("en", "next week", "next week", "2026-12-06"),
        ("en", "by the end of the month", "end of month", "2026-11-30"),
        ("en", "end of June", "end of month 6", "2027-06-30"),
        ("fr", "le 3 mai", "05-03", "2027-05-03"),
        ("fr", "le premier juin", "06-01", "2027-06-01"),
        ("fr", "vendredi prochain", "weekday 4", "2026-11-27"),
        ("fr", "après-demain", "day +2", "2026-11-28"),
        ("fr", "la semaine prochaine", "next week", "2026-12-06"),
        ("fr", "d'ici la fin du mois", "end of month", "2026-11-30"),
        ("fr", "le 03/05/2027", "2027-05-03", "2027-05-03"),
        ("de", "am 3.5.", "05-03", "2027-05-03"),
        ("de", "am dritten Mai", "05-03", "2027-05-03"),
        ("de", "übermorgen", "day +2", "2026-11-28"),
        ("es", "el tres de mayo", "05-03", "2027-05-03"),
        ("es", "mañana", "day +1", "2026-11-27"),
        ("pt", "amanhã", "day +1", "2026-11-27"),
        ("it", "il tre maggio", "05-03", "2027-05-03"),
    ],
)
def test_a_date_is_what_was_said_and_the_last_day_it_means(language: str, text: str, said: str, day: str) -> None:
    [found] = dates(text, language=language, said_on=THURSDAY)
    assert (found.said, found.day) == (said, date.fromisoformat(day))


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "I may have 3 of them, 24/7, version 11.1"),
        ("en", "it's 1/2 full"),
        ("en", "February 30"),
        ("es", "por la mañana"),
        ("de", "guten Morgen"),
    ],
)
def test_what_only_looks_like_a_date_is_none(language: str, text: str) -> None:
    assert dates(text, language=language, said_on=THURSDAY) == []


def test_both_ends_of_a_range_are_dates() -> None:
    assert [one.said for one in dates("from May 3 to 7", language="en")] == ["05-03", "05-07"]
    assert [one.said for one in dates("du 3 au 7 mai", language="fr")] == ["05-03", "05-07"]


def test_without_the_day_of_the_call_no_day_is_known() -> None:
    assert [one.day for one in dates("tomorrow or on Friday", language="en")] == [None, None]


@pytest.mark.parametrize(
    ("language", "text", "day"),
    [
        ("en", "I'll call you within 5 business days", "2026-12-03"),
        ("en", "you will have it by Friday", "2026-11-27"),
        ("en", "within 48 hours", "2026-11-28"),
        ("en", "two weeks from now", "2026-12-10"),
        ("en", "tomorrow, or Monday at the latest", "2026-11-30"),
        ("fr", "sous 3 à 5 jours ouvrés", "2026-12-03"),
        ("fr", "d'ici la fin du mois", "2026-11-30"),
        ("de", "innerhalb von 3 Tagen", "2026-11-29"),
        ("es", "en un plazo de diez días", "2026-12-06"),
        ("en", "I called three days ago", None),
        ("en", "that was yesterday", None),
    ],
)
def test_what_is_promised_is_due_by_its_last_day(language: str, text: str, day: str | None) -> None:
    assert due(text, language=language, said_on=THURSDAY) == (date.fromisoformat(day) if day else None)


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2090, 1, 1)))
def test_a_weekday_is_within_the_next_seven_days(today: date) -> None:
    [found] = dates("on Wednesday", language="en", said_on=today)
    assert found.day is not None
    assert today <= found.day < today + timedelta(days=7)
    assert found.day.weekday() == 2


@given(st.dates(min_value=date(2000, 1, 1), max_value=date(2089, 12, 31)), st.integers(0, 10**7))
def test_any_promise_has_a_day_or_none(today: date, count: int) -> None:
    for unit in ("days", "months", "years", "business days", "hours"):
        day = due(f"within {count} {unit}", language="en", said_on=today)
        assert day is None or day >= today
