from summarizer.evidence import quoted
from summarizer.fallback import MAX_QUOTE_CHARACTERS, extract
from summarizer.summary import Aspect, Kind
from summarizer.window import whole
from tests.builders import a_conversation


def test_a_quotation_is_what_was_said_and_says_that_it_is_one() -> None:
    conversation = a_conversation()
    claims = extract(conversation, whole(conversation))
    assert claims
    for claim in claims:
        assert claim.kind is Kind.EXTRACTIVE
        assert f"“{quoted(claim.evidence[0], conversation)}”" in claim.text


def test_it_opens_with_what_the_customer_wants_and_closes_with_what_the_agent_did() -> None:
    claims = extract(conversation := a_conversation(), whole(conversation))
    assert claims[0].aspect is Aspect.REASON
    assert claims[0].text.startswith("Customer: “My card fell")
    assert claims[-1].text.startswith("Agent: “")


def test_a_long_turn_is_quoted_in_part() -> None:
    conversation = a_conversation((("customer", "My card fell into the water near the old pier. " * 20),))
    [claim] = extract(conversation, whole(conversation))
    assert claim.evidence[0].end - claim.evidence[0].start <= MAX_QUOTE_CHARACTERS


def test_what_the_agent_did_is_about_what_the_customer_wants() -> None:
    lines = (
        ("agent", "Good morning, this is the friendly customer care department of the company."),
        ("customer", "The herb garden kit never sprouted and I would like a refund."),
        ("agent", "We refund the herb garden kit."),
        ("agent", "Everybody in our wonderful team always wants happy and satisfied people every single time."),
    )
    claims = extract(conversation := a_conversation(lines), whole(conversation))
    assert "Agent: “We refund the herb garden kit.”" in [claim.text for claim in claims]


def test_a_sentence_that_is_too_long_is_cut_between_words() -> None:
    conversation = a_conversation((("customer", "my card fell into the water near the old pier and " * 20),))
    [claim] = extract(conversation, whole(conversation))
    assert quoted(claim.evidence[0], conversation).split()[-1] in conversation.turns[0].text.split()


def test_without_roles_it_quotes_the_most_telling_turns() -> None:
    lines = (("unknown", "Hello."), ("unknown", "The washing machine broke after two weeks of use."))
    claims = extract(conversation := a_conversation(lines), whole(conversation))
    assert [claim.aspect for claim in claims] == [Aspect.SUMMARY]
    assert "washing machine" in claims[0].text


def test_turns_to_avoid_are_quoted_only_when_there_is_nothing_else() -> None:
    conversation = a_conversation()
    avoided = extract(conversation, whole(conversation), avoid={1})
    assert avoided
    assert all(part.turn != 1 for claim in avoided for part in claim.evidence)
    assert extract(conversation, whole(conversation), avoid=range(4))


def test_a_greeting_in_the_calls_language_is_no_reason() -> None:
    lines = (
        ("agent", "Bonjour, que puis-je faire pour vous ?"),
        ("customer", "Bonjour madame, bonne journée, merci, vous allez bien, c'est parfait."),
        ("customer", "Ma carte bancaire a été volée hier à Lyon."),
        ("agent", "Je bloque la carte volée."),
        ("customer", "Merci beaucoup."),
        ("agent", "Au revoir, bonne soirée."),
    )
    conversation = a_conversation(lines, language="fr")
    assert "volée hier" in extract(conversation, whole(conversation))[0].text
