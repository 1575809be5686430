from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.conversation import Conversation
from summarizer.summary import Aspect, Claim, Evidence
from summarizer.window import MAX_CLAIMS, Piece, Window, join, text_of, whole, windows
from tests.builders import a_conversation

words = st.lists(st.sampled_from(["card", "water", "um", "replacement"]), min_size=1, max_size=120).map(" ".join)


SPEAKER_TOKENS = 3


def _windows(conversation: Conversation, *, max_tokens: int) -> list[Window]:
    def cost(piece: Piece) -> int:
        return len(text_of(conversation, piece).split()) + SPEAKER_TOKENS

    return windows(conversation, cost=cost, max_tokens=max_tokens)


@given(st.lists(words, min_size=1, max_size=30), st.integers(20, 60))
@settings(deadline=None, max_examples=60)
def test_every_word_stands_in_exactly_one_window_in_order(texts: list[str], max_tokens: int) -> None:
    conversation = a_conversation(tuple(("customer", text) for text in texts))
    cuts = _windows(conversation, max_tokens=max_tokens)
    read = " ".join(text_of(conversation, piece) for cut in cuts for piece in cut).split()
    assert read == " ".join(texts).split()


@given(st.lists(words, min_size=1, max_size=30), st.integers(20, 60))
@settings(deadline=None, max_examples=60)
def test_no_window_is_longer_than_the_model_reads(texts: list[str], max_tokens: int) -> None:
    conversation = a_conversation(tuple(("customer", text) for text in texts))
    for cut in _windows(conversation, max_tokens=max_tokens):
        assert sum(len(text_of(conversation, piece).split()) + SPEAKER_TOKENS for piece in cut) <= max_tokens


def test_a_short_call_is_one_window() -> None:
    conversation = a_conversation()
    assert _windows(conversation, max_tokens=400) == [whole(conversation)]


def test_a_turn_that_says_nothing_is_in_no_window() -> None:
    conversation = a_conversation((("agent", "  "), ("customer", "My card is lost.")))
    assert [piece.turn for piece in whole(conversation)] == [1]


def test_a_long_turn_is_cut_at_spaces_and_keeps_its_turn() -> None:
    conversation = a_conversation((("customer", "lorem ipsum " * 100),))
    cuts = _windows(conversation, max_tokens=30)
    assert len(cuts) > 5
    assert {piece.turn for cut in cuts for piece in cut} == {0}
    assert all(text_of(conversation, piece).split()[0] in ("lorem", "ipsum") for cut in cuts for piece in cut)


def test_the_last_window_is_about_as_long_as_the_others() -> None:
    conversation = a_conversation(tuple(("customer", "ten words " * 5) for _ in range(21)))
    sizes = [len(cut) for cut in _windows(conversation, max_tokens=160)]
    assert max(sizes) - min(sizes) <= 4


def _claim(aspect: Aspect, text: str) -> Claim:
    return Claim(aspect, text, (Evidence(0, 0, 1),))


def test_each_window_keeps_its_most_telling_claim_however_long_the_call() -> None:
    parts = [
        [_claim(Aspect.REASON, f"Card {chr(65 + i)}x is lost."), _claim(Aspect.ACTIONS, f"Refund {i} euros by Friday.")]
        for i in range(26)
    ]
    assert [claim.text for claim in join(parts)] == [f"Refund {i} euros by Friday." for i in range(26)]


def test_a_short_call_keeps_all_claims() -> None:
    parts = [[_claim(Aspect.REASON, str(index)) for index in range(MAX_CLAIMS)]]
    assert len(join(parts)) == MAX_CLAIMS


def test_only_the_first_window_says_why_and_only_the_last_how_it_ended() -> None:
    parts = [[_claim(Aspect.REASON, f"r{i}"), _claim(Aspect.RESOLUTION, f"e{i}")] for i in range(3)]
    aspects = [claim.aspect for claim in join(parts)]
    assert aspects == [
        Aspect.REASON,
        Aspect.SUMMARY,
        Aspect.SUMMARY,
        Aspect.SUMMARY,
        Aspect.SUMMARY,
        Aspect.RESOLUTION,
    ]


def test_what_two_windows_say_is_said_once() -> None:
    assert len(join([[_claim(Aspect.SUMMARY, "same")], [_claim(Aspect.SUMMARY, "same")]])) == 1
