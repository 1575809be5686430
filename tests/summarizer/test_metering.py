from summarizer.generate import Prompt
from summarizer.metering import Meter, Metered
from tests.fakes import FakeGenerator


def test_everything_that_was_asked_and_written_is_counted() -> None:
    metered = Metered(FakeGenerator(lambda _: "four words of it"))
    metered([Prompt("a b c"), Prompt("a b", begun=" c")])
    metered([Prompt("d")])
    assert metered.meter == Meter(
        num_prompts=3,
        prompt_tokens=3 + 2 + 1,
        completion_tokens=30,
        prompt_characters=5 + 5 + 1,
        completion_characters=3 * 16,
    )


def test_meters_add_up() -> None:
    one = Meter(1, 2, 3, 4, 5, 6, 0.5)
    assert one + one == Meter(2, 4, 6, 8, 10, 12, 1.0)
