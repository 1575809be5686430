import pytest

from summarizer.evidence import is_quotation, is_there, quoted
from summarizer.summary import Aspect, Claim, Evidence, Kind
from tests.builders import a_conversation

CALL = a_conversation()


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (Evidence(0, 0, 9), True),
        (Evidence(3, 0, len(CALL.turns[3].text)), True),
        (Evidence(3, 0, len(CALL.turns[3].text) + 1), False),
        (Evidence(4, 0, 1), False),
        (Evidence(-1, 0, 1), False),
        (Evidence(0, 5, 5), False),
        (Evidence(0, 5, 6), False),  # a space
        (Evidence(0, -3, 9), False),
    ],
)
def test_a_range_counts_only_where_the_conversation_says_something(evidence: Evidence, expected: bool) -> None:
    assert is_there(evidence, CALL) is expected


def test_a_quotation_has_the_very_words_of_its_turn() -> None:
    evidence = Evidence(1, 0, 24)
    true = Claim(Aspect.REASON, f"Customer: “{quoted(evidence, CALL)}”", (evidence,), Kind.EXTRACTIVE)
    false = Claim(Aspect.REASON, "Customer: “My card fell into the sea”", (evidence,), Kind.EXTRACTIVE)
    generated = Claim(Aspect.REASON, true.text, (evidence,))
    assert [is_quotation(one, CALL) for one in (true, false, generated)] == [True, False, False]
