import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.follow_ups import MAX_FOLLOW_UPS, FollowUp, Owner, follow_ups
from tests.summarizer.labelled import a_call, rows


def told(*turns: str) -> list[tuple[Owner, str]]:
    """Owner and action of each follow-up of a call."""
    return [(one.owner, one.action) for one in follow_ups(a_call(*turns))]


def test_a_follow_up_is_copied_from_the_call_and_turned_towards_a_reader() -> None:
    call = a_call("c: It never arrived.", "a: I'm sorry. I will send you the form by Friday.")
    [one] = follow_ups(call)
    assert (one.owner, one.action) == (Owner.AGENT, "send the customer the form by Friday")
    evidence = call.turns[one.evidence.turn].text[one.evidence.start : one.evidence.end]
    assert evidence == "I will send you the form by Friday."


@pytest.mark.parametrize(
    ("said", "owner"),
    [
        ("a: Our technician will call you.", Owner.AGENT),
        ("a: The bank will call you.", Owner.THIRD_PARTY),
        ("a: You must call the bank.", Owner.CUSTOMER),
        ("c: I will call the bank.", Owner.CUSTOMER),
        ("c: My husband will call the bank.", Owner.THIRD_PARTY),
        ("x: I will call the bank.", Owner.UNKNOWN),
    ],
)
def test_each_follow_up_has_its_owner(said: str, owner: Owner) -> None:
    assert [one for one, _ in told(said)] == [owner]


@pytest.mark.parametrize(
    "turns",
    [
        ("a: I can send you a voucher.", "c: No thanks."),
        ("a: I can send you a voucher.", "c: Where is my order?"),
        ("a: I will send you a survey.", "c: Please don't."),
        ("a: I'll check that for you.", "c: Okay."),
        ("a: I'm going to block the card.", "a: I have blocked the card."),
        ("a: I will charge the fee.", "a: Actually I will not charge the fee."),
        ("a: If you cancel, we will charge the fee.",),
        ("a: Nobody will call.",),
        ("c: Please refund my fare.", "a: That is not possible."),
    ],
)
def test_what_is_declined_done_open_or_denied_is_none(turns: tuple[str, ...]) -> None:
    assert told(*turns) == []


def test_an_offer_counts_when_somebody_agrees() -> None:
    assert told("a: I can send you a voucher.", "c: Yes please.") == [(Owner.AGENT, "send the customer a voucher")]


def test_what_is_said_twice_counts_once_and_most_completely() -> None:
    turns = ("a: I'll call you back.", "c: Please do.", "a: So I'll call you back at 4 at the office.")
    assert told(*turns) == [(Owner.AGENT, "call the customer back at 4 at the office")]


def test_the_most_important_eight_are_kept_in_order() -> None:
    things = "lamp chair sofa table desk shelf carpet mirror curtain pillow".split()
    found = follow_ups(a_call(*(f"a: I will refund the {one}." for one in things)))
    assert len(found) == MAX_FOLLOW_UPS
    assert list(found) == sorted(found, key=lambda one: one.evidence.turn)


def test_no_labelled_follow_up_has_the_wrong_owner_and_nearly_all_are_found() -> None:
    found = wanted = 0
    for row in rows("follow_ups/calls.jsonl"):
        left = list(follow_ups(a_call(*row["call"], language=row["language"])))
        for want in row["follow_ups"]:
            same = next((one for one in left if _is_meant(one, want)), None)
            wanted += 1
            if same is not None:
                left.remove(same)
                found += 1
                assert (same.owner, same.evidence.turn) == (want["owner"], want["turn"])
        assert left == [], row["call"]
    assert found >= 0.95 * wanted


@given(
    st.lists(st.sampled_from("i'll send you the form and call if not please will receive bank".split()), max_size=40)
)
def test_every_follow_up_rests_on_a_sentence_of_the_call(spoken: list[str]) -> None:
    call = a_call("a: Hello.", "c: " + " ".join([*spoken, "."]))
    for one in follow_ups(call):
        assert 0 <= one.evidence.start < one.evidence.end <= len(call.turns[one.evidence.turn].text)
        assert one.action


def _is_meant(one: FollowUp, want: dict[str, list[str]]) -> bool:
    held = [word for word in want["words"] if word.lower() in one.action.lower()]
    return len(held) >= 0.6 * len(want["words"])


def test_two_promises_of_different_amounts_are_two() -> None:
    call = (
        "a: I will refund 40 euros for the lamp by Friday.",
        "c: And the router was charged twice as well.",
        "a: Right. I will refund 75 euros for it by Friday.",
        "c: Thanks.",
    )
    assert told(*call) == [
        (Owner.AGENT, "refund 40 euros for the lamp by Friday"),
        (Owner.AGENT, "refund 75 euros for it by Friday"),
    ]


def test_what_is_promised_early_in_a_long_call_is_found_as_what_is_promised_late() -> None:
    filler = ("c: The weather in the north is fine today.", "a: It was sunny here as well.") * 400
    early = ("a: I will send you the form for the garden tools by post.", "c: Good.")
    late = ("a: I will call you about the kitchen lamp on Monday.", "c: Good.")
    assert [one.evidence.turn for one in follow_ups(a_call(*early, *filler, *late))] == [0, 802]
