import pytest

from summarizer.language import detect, shares, with_believed_language
from tests.builders import a_conversation

SPOKEN = {
    "en": "Hello, my card fell into the water and I need another one.",
    "fr": "Bonjour, ma carte est tombée dans l'eau et il m'en faut une autre.",
    "es": "Hola, mi tarjeta se cayó al agua y necesito otra nueva.",
    "pt": "Olá, o meu cartão caiu na água e preciso de outro.",
    "de": "Guten Tag, meine Karte ist ins Wasser gefallen und ich brauche eine neue.",
    "it": "Buongiorno, la mia carta è caduta in acqua e me ne serve un'altra.",
    "zh": "你好，我的卡掉进水里了，我需要一张新的，请帮我办理一下谢谢。",
    "hi": "नमस्ते, मेरा कार्ड पानी में गिर गया और मुझे नया चाहिए।",
    "ar": "مرحبا، سقطت بطاقتي في الماء وأحتاج إلى بطاقة جديدة.",
}


@pytest.mark.parametrize(("language", "text"), SPOKEN.items())
def test_a_sentence_is_enough(language: str, text: str) -> None:
    assert detect(text) == language


def test_a_short_chinese_sentence_is_enough_too() -> None:
    assert detect("我想退款，谢谢您") == "zh"


@pytest.mark.parametrize("text", ["", "ok", "4471", "Hmm. Ja.", "[PHONE] [CARD]"])
def test_too_little_tells_nothing(text: str) -> None:
    assert detect(text) is None


def _spoken(language: str, times: int, declared: str | None) -> str | None:
    lines = (("agent", SPOKEN[language]), ("customer", SPOKEN[language])) * times
    return with_believed_language(a_conversation(lines, language=declared)).language


def test_a_language_that_is_not_declared_is_heard() -> None:
    assert _spoken("fr", 1, None) == "fr"


def test_a_declared_language_stands_unless_many_words_are_of_another() -> None:
    assert _spoken("fr", 4, "fr-CA") == "fr-CA"
    assert _spoken("fr", 4, "en") == "fr"
    assert _spoken("fr", 1, "en") == "en"


def test_a_language_we_have_no_words_for_is_not_overruled() -> None:
    assert _spoken("en", 4, "sw") == "sw"


OTHERS = {
    "ru": "Здравствуйте, моя карта упала в воду, и мне нужна новая карта.",
    "vi": "Xin chào, thẻ của tôi rơi xuống nước và tôi cần một thẻ mới.",
    "tr": "Merhaba, kartım suya düştü ve yeni bir karta ihtiyacım var.",
}


@pytest.mark.parametrize(("language", "text"), OTHERS.items())
def test_a_language_without_words_of_ours_is_not_taken_for_one_of_ours(language: str, text: str) -> None:
    assert detect(text) in (language, None)


def test_each_language_of_a_call_has_its_share_and_most_words_decide() -> None:
    lines = (("agent", SPOKEN["en"]), ("customer", SPOKEN["es"]), ("agent", "Ok."), ("customer", SPOKEN["es"]))
    conversation = a_conversation(lines, language=None)
    assert list(shares(conversation)) == ["es", "en"]
    assert sum(shares(conversation).values()) == pytest.approx(1)
    assert with_believed_language(conversation).language == "es"


def test_a_call_in_two_languages_contradicts_neither() -> None:
    lines = (("agent", SPOKEN["en"]), ("customer", SPOKEN["es"])) * 4
    assert with_believed_language(a_conversation(lines, language="en")).language == "en"
    assert with_believed_language(a_conversation(lines, language="es")).language == "es"


def test_a_menu_does_not_decide() -> None:
    lines = (("bot", SPOKEN["es"]), ("bot", SPOKEN["es"]), ("customer", SPOKEN["en"]))
    assert with_believed_language(a_conversation(lines, language=None)).language == "en"
