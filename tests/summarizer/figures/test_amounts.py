import pytest

from summarizer.figures import amounts


@pytest.mark.parametrize(
    ("language", "text", "found"),
    [
        ("en", "42 dollars and 50 cents", {"42.5 $"}),
        ("en", "42 dollars 50", {"42.5 $"}),
        ("en", "$42.50", {"42.5 $"}),
        ("en", "two for £10", {"10 £"}),
        ("en", "fifty cents", {"0.5 ¤"}),
        ("en", "1.5 million dollars", {"1500000 $"}),
        ("en", "twenty percent", {"20 %"}),
        ("en", "5 to 7 business days", {"5 business-day", "7 business-day"}),
        ("en", "a three-day trial for two weeks", {"3 day", "14 day"}),
        ("en", "$5 an hour", {"5 $"}),
        ("en", "20 dollars 15 minutes ago", {"20 $", "15 minute"}),
        ("en", "half an hour", {"30 minute"}),
        ("en", "4 people and 3 tables", set()),
        ("fr", "quarante-deux euros cinquante par mois", {"42.5 €"}),
        ("fr", "42€50", {"42.5 €"}),
        ("fr", "1 234,50 €", {"1234.5 €"}),
        ("fr", "dix pour cent", {"10 %"}),
        ("fr", "deux millions d'euros", {"2000000 €"}),
        ("es", "cuarenta y dos euros con cincuenta", {"42.5 €"}),
        ("de", "zweiundvierzig Euro fünfzig und 30 Prozent", {"42.5 €", "30 %"}),
        ("pt", "quarenta e dois reais e cinquenta", {"42.5 real"}),
        ("it", "quarantadue euro", {"42 €"}),
    ],
)
def test_an_amount_is_its_value_and_its_unit(language: str, text: str, found: set[str]) -> None:
    assert {str(one) for one in amounts(text, language)} == found
