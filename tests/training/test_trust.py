"""What is counted is what the pipeline did, and the page shows each sentence with its proof."""

from summarizer.summary import Kind
from tests.builders import a_conversation
from tests.fakes import GROUNDED, FakeGenerator
from training.page import with_evidence
from training.trust import count, look

INVENTED = "Follow-up: Marcel will call the customer back at 9:15 about 900 dollars."


def test_invented_sentences_count_as_drafted_and_not_as_served() -> None:
    looked = look(a_conversation(), FakeGenerator(lambda _: f"{GROUNDED}\n{INVENTED}"))
    counts = count([looked])
    assert (counts.drafted, counts.drafted_unsupported) == (3, 1)
    assert counts.drafted_by_check["figures"] == counts.drafted_by_check["names"] == 1
    assert (counts.served, counts.served_unsupported, counts.quotations) == (2, 0, 0)


def test_a_conversation_of_quotations_alone_is_counted_as_one() -> None:
    counts = count([look(a_conversation(), FakeGenerator(lambda _: INVENTED))])
    assert counts.quoted_only == 1
    assert counts.quotations == counts.served > 0
    assert counts.served_unsupported == 0


def test_a_call_without_a_summary_counts_for_nothing_else() -> None:
    noise = a_conversation((("agent", "Hello?"), ("customer", "Mm-hm.")))
    counts = count([look(noise, FakeGenerator())])
    assert (counts.conversations, counts.none, counts.drafted, counts.served) == (1, 1, 0, 0)


def test_the_page_shows_each_sentence_with_the_words_that_support_it_and_escapes_them() -> None:
    lines = (("agent", "Hello."), ("customer", "My <b>card</b> fell into the water at the terminal last night."))
    looked = look(a_conversation(lines), FakeGenerator(lambda _: ""))
    assert looked.summary.kind is Kind.EXTRACTIVE
    page = with_evidence([(looked.conversation, looked.summary)], title="calls")
    assert "My &lt;b&gt;card" in page
    assert "<b>card" not in page
