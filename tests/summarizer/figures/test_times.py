import pytest

from summarizer.figures import Time, times


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "3 pm", {"15:00"}),
        ("en", "3.30 p.m.", {"15:30"}),
        ("en", "15:00", {"15:00"}),
        ("en", "three o'clock", {"3:00 am or pm"}),
        ("en", "half past two", {"2:30 am or pm"}),
        ("en", "quarter to five", {"4:45 am or pm"}),
        ("en", "at noon or 9 in the morning", {"12:00", "9:00"}),
        ("en", "seven forty five a m", {"7:45"}),
        ("en", "5 to 7 business days", set()),
        ("en", "12 am", {"0:00"}),
        ("fr", "quinze heures trente", {"15:30"}),
        ("fr", "à trois heures et demie", {"3:30 am or pm"}),
        ("fr", "neuf heures moins le quart", {"8:45 am or pm"}),
        ("fr", "à 8 heures du soir", {"20:00"}),
        ("fr", "pendant 3 heures", set()),
        ("de", "um halb drei", {"2:30 am or pm"}),
        ("de", "Viertel nach drei, fünfzehn Uhr dreißig", {"3:15 am or pm", "15:30"}),
        ("es", "a las tres y media de la tarde", {"15:30"}),
        ("es", "a las cuatro menos cuarto", {"3:45 am or pm"}),
        ("es", "a la una", {"1:00 am or pm"}),
    ],
)
def test_a_time_is_its_minutes_since_midnight(language: str, text: str, found: set[str]) -> None:
    assert {str(one) for one in times(text, language)} == found


def test_an_open_time_is_the_same_in_the_morning_and_in_the_afternoon() -> None:
    assert Time(180, is_open=True).is_same(Time(900))
    assert Time(180, is_open=True).is_same(Time(180))
    assert not Time(180).is_same(Time(900))
