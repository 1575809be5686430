"""What may be written is said in text; what is written are tokens."""

import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summarizer.copying import CopyOnly
from summarizer.engine.generator import BloomGenerator, load_generator
from summarizer.engine.restriction import Restriction
from summarizer.generate import Prompt
from summarizer.lexicon import has_digit
from summarizer.model import load
from summarizer.prompt import LABELS, render
from summarizer.repair import read
from summarizer.settings import ModelSettings
from summarizer.words import ROLE_WORDS, STOP_WORDS, stem, words
from tests.summarizer.engine.builders import END, PROMPTS, TEXT, a_bloom, a_tokenizer, save
from tests.training.models import records
from training.dataset import conversation_of

SOURCES = [*TEXT, "Client : le dossier nº 42 de Zoé coûte 12,50 €, à régler avant midi.", "客户：订单4471还没有到。"]


@pytest.fixture(scope="module")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BloomGenerator]:
    directory = tmp_path_factory.mktemp("model")
    generator = load_generator(save(a_bloom(), directory, max_prompt_tokens=400, max_new_tokens=60), threads=1)
    yield generator
    generator.close()


def a_restriction(written: list[str], *, begun: str = "") -> Restriction:
    """Accepts all, and remembers what it is asked about."""

    def accepts(before: str, more: str) -> bool:
        written.append(before + more)
        return True

    return Restriction(accepts, a_tokenizer(), stop_tokens=frozenset({END}), begun=begun)


@pytest.mark.parametrize("text", ["Zoé paid 12,50 € in Köln.", "订单4471", "नमस्ते 👋🏽 ok"])
def test_each_token_is_judged_by_all_the_text_up_to_it(text: str) -> None:
    asked: list[str] = []
    restriction = a_restriction(asked, begun="Reason: ")
    tokens = a_tokenizer().encode(text).ids
    for place, token in enumerate(tokens):
        assert restriction(tokens[:place], token)
    assert asked[-1] == f"Reason: {text}"
    assert all(f"Reason: {text}".startswith(one) for one in asked)
    assert restriction.text(tokens) == text


def test_bytes_that_make_no_character_are_shown_as_broken() -> None:
    asked: list[str] = []
    tokenizer = a_tokenizer()
    first_byte = tokenizer.encode("é").ids[0]
    restriction = a_restriction(asked)
    assert restriction([], first_byte)
    assert asked == []
    assert restriction([first_byte], tokenizer.encode("a").ids[0])
    assert asked == ["\N{REPLACEMENT CHARACTER}a"]


def test_the_end_is_judged_as_a_line_break() -> None:
    asked: list[str] = []
    assert a_restriction(asked)(a_tokenizer().encode("Mar").ids, END)
    assert asked == ["Mar\n"]


def test_a_fact_that_was_cut_off_is_left_out() -> None:
    tokenizer = a_tokenizer()
    restriction = Restriction(CopyOnly("order 4471").accepts, tokenizer, stop_tokens=frozenset({END}))
    assert restriction.text(tokenizer.encode("the order 447").ids) == "the order "


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("source", SOURCES)
def test_a_random_model_writes_no_fact_that_its_source_lacks(
    generator: BloomGenerator, source: str, strict: bool
) -> None:
    prompt = Prompt(source, accepts=CopyOnly(source, strict=strict).accepts)
    (completion,) = generator([prompt])
    assert facts(completion.text) <= known(source)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet="Ab 3é.,$@'\n-7Z", min_size=1, max_size=80))
def test_whatever_the_source_nothing_is_made_up(generator: BloomGenerator, source: str) -> None:
    (completion,) = generator([Prompt("Agent: " + source, accepts=CopyOnly(source).accepts)])
    assert facts(completion.text) <= known(source)


def test_restricted_and_free_completions_are_the_same_together_and_alone(generator: BloomGenerator) -> None:
    mixed = [
        one if place % 2 else replace(one, accepts=CopyOnly(one.text, strict=place > 1).accepts)
        for place, one in enumerate(PROMPTS * 2)
    ]
    alone = [generator([one])[0] for one in mixed]
    assert generator(mixed) == alone
    assert alone[0] != alone[3]


def test_what_is_begun_is_read_and_counts_as_written(generator: BloomGenerator) -> None:
    (whole,) = generator(PROMPTS[:1])
    ids = a_tokenizer().encode(whole.text).ids
    begun = a_tokenizer().decode(ids[:7])
    (rest,) = generator([Prompt(TEXT[0], begun=begun)])
    assert rest.prompt_tokens == whole.prompt_tokens + len(a_tokenizer().encode(begun).ids)
    assert rest.completion_tokens <= 60 - len(a_tokenizer().encode(begun).ids)


def test_where_all_is_begun_nothing_is_written(generator: BloomGenerator) -> None:
    assert generator([Prompt(TEXT[0], begun="x " * 60)])[0].text == ""


def facts(text: str) -> set[str]:
    """Words with a digit or a capital, but for function words, by a rule that has nothing to do with decoding."""
    found = {word.text for word in words(text) if word.is_name or has_digit(word.text)}
    free = STOP_WORDS | ROLE_WORDS
    return {stem(one) for one in found if unicodedata.normalize("NFKC", one).casefold() not in free}  # `Nº` is `no`


def known(text: str) -> set[str]:
    """Words of a source."""
    return {stem(word.text) for word in words(text)}


def test_the_shipped_model_states_no_fact_that_a_call_lacks() -> None:
    generate = load(ModelSettings(num_threads=1, cache_tokens=4096))
    conversations = [one for record in records() if (one := conversation_of(record)) is not None]
    prompts = [read(render(one)).prompt() for one in conversations]
    prompts = [one for one in prompts if generate.count_tokens(one.text) <= generate.max_prompt_tokens]
    completions = generate(prompts)
    generate.close()
    labels = {stem(word.text) for label in LABELS.values() for word in words(label)}
    assert sum(bool(facts(one.text) - labels) for one in completions) > 5
    for prompt, completion in zip(prompts, completions, strict=True):
        assert facts(completion.text) <= known(prompt.text) | labels
