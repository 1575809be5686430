"""A wrap-up code is chosen by the words that call and code share, and not at all when nothing says which."""

import random
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.conversation import MAX_TURNS, Conversation
from summarizer.disposition import NUM_CANDIDATES, Code, chances, choose, scores
from tests.builders import a_conversation

BANK = (
    Code("card", "Card replacement", "The customer lost a card or it is broken.", ("I need a new card",)),
    Code("balance", "Balance enquiry", "The customer asks for the balance of an account."),
    Code("address", "Change of address", "The customer has moved to another address.", ("We moved house",)),
    Code("close", "Account closure", "The customer closes an account."),
)
FRENCH = (
    Code("facture", "Contestation de facture", "Le client conteste le montant d'une facture ou un prélèvement."),
    Code("panne", "Panne d'Internet", "La connexion ou la box ne fonctionne plus.", ("Je n'ai plus de réseau",)),
    Code("adresse", "Changement d'adresse", "Le client déménage et donne sa nouvelle adresse."),
    Code("resiliation", "Résiliation", "Le client résilie son abonnement.", ("Je veux arrêter mon abonnement",)),
)
WORDS = st.lists(st.sampled_from("card balance moved account lost pizza l'adresse カ 12 [NAME]".split()), min_size=1)
SOME_CODES = st.lists(
    st.builds(lambda label, text: (" ".join(label), " ".join(text)), WORDS, WORDS), max_size=6, unique=True
).map(lambda texts: tuple(Code(f"c{index}", *one) for index, one in enumerate(texts)))


def a_call(*said: str) -> Conversation:
    """The customer says all of it, a turn each."""
    return a_conversation(tuple(("customer", text) for text in said))


def chosen(conversation: Conversation, codes: tuple[Code, ...], *, threshold: float = 0.5) -> str | None:
    choice = choose(conversation, codes, threshold=threshold)
    return choice.chosen.code if choice.chosen else None


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("I lost my debit card yesterday and need a replacement", "card"),
        ("Could you tell me the balance of my savings account?", "balance"),
        ("We have moved house and our address has changed", "address"),
        ("I'd like to close my account with you", "close"),
    ],
)
def test_the_obvious_code_is_chosen(said: str, code: str) -> None:
    assert chosen(a_call("Hello", said), BANK) == code


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("Bonjour, je conteste ma dernière facture, le montant est faux", "facture"),
        ("Ma connexion internet est en panne depuis lundi", "panne"),
        ("Je demenage et je voudrais changer l’adresse du contrat", "adresse"),
        ("Je souhaite résilier mon abonnement", "resiliation"),
    ],
)
def test_french_codes_are_chosen_for_french_calls_with_accents_or_without(said: str, code: str) -> None:
    assert chosen(a_call(said), FRENCH) == code


@pytest.mark.parametrize(
    "said", ["Hello, thank you, good bye", "My parrot sings opera at midnight", "[CARD] [BALANCE_1]", "42 17"]
)
def test_no_code_is_chosen_when_nothing_is_shared_whatever_the_threshold(said: str) -> None:
    choice = choose(a_call(said), BANK, threshold=0.0)
    assert choice.chosen is None
    assert sum(one.confidence for one in choice.candidates) < 0.5


def test_no_code_is_chosen_when_two_are_as_likely() -> None:
    codes = (Code("open", "Account opening"), Code("close", "Account closure"))
    assert chosen(a_call("It is about my account"), codes) is None


def test_a_less_likely_code_than_the_threshold_is_only_a_candidate() -> None:
    call = a_call("I lost my card")
    best = choose(call, BANK, threshold=0.5).candidates[0]
    assert choose(call, BANK, threshold=best.confidence).chosen == best
    assert choose(call, BANK, threshold=best.confidence + 0.001).chosen is None
    assert choose(call, BANK, threshold=best.confidence + 0.001).candidates[0] == best


def test_what_the_customer_says_first_weighs_most() -> None:
    card, balance = "A new debit card, please", "And the balance of my savings"
    assert chosen(a_call(card, balance), BANK, threshold=0.0) == "card"
    assert chosen(a_call(balance, card), BANK, threshold=0.0) == "balance"


def test_the_end_of_an_agents_talk_weighs_more_than_its_middle() -> None:
    middle = (("agent", "Please wait while I look."),) * 5
    said = ("agent", "Your balance is 5.")
    early, late = a_conversation((said, *middle)), a_conversation((*middle, said))
    assert scores(late, BANK)[1] > scores(early, BANK)[1]


def test_small_talk_in_a_long_call_does_not_hide_its_reason() -> None:
    talk = [("customer", "How nice the weather is, my account of the garden party never ends")] * 400
    said = [("customer", "I lost my card"), ("agent", "A replacement card is on its way.")]
    assert chosen(a_conversation((said[0], *talk, said[1])), BANK) == "card"


def test_an_ending_that_stems_keep_still_meets_its_word() -> None:
    assert chosen(a_call("I need replacements"), BANK, threshold=0.2) == "card"


def test_a_word_of_the_list_is_met_in_its_other_forms() -> None:
    codes = (Code("bill", "Billing question"), Code("move", "Change of address"))
    assert chosen(a_call("I was charged twice on my bill this month"), codes) == "bill"


def test_a_word_that_any_call_may_say_chooses_nothing() -> None:
    codes = (Code("bill", "Billing question"), Code("move", "Change of address"), Code("pw", "Password problem"))
    assert chosen(a_call("Hello", "I have a question about your opening hours"), codes) is None


def test_an_empty_list_gives_no_candidates() -> None:
    assert choose(a_call("I lost my card"), (), threshold=0.0).candidates == ()
    assert chosen(a_call("I lost my card"), (), threshold=0.0) is None


def test_a_code_without_any_word_is_never_chosen() -> None:
    assert chosen(a_call("I lost my card"), (Code("1", "---"),), threshold=0.0) is None


def test_somebody_of_unknown_role_counts_as_a_customer() -> None:
    assert chosen(a_conversation((("unknown", "I lost my card"),)), BANK) == "card"


@given(said=st.lists(WORDS.map(" ".join), min_size=1, max_size=4), codes=SOME_CODES, seed=st.integers())
def test_at_most_three_candidates_best_first_sum_to_at_most_one_in_whatever_order_the_list_is(
    said: list[str], codes: tuple[Code, ...], seed: int
) -> None:
    call = a_call(*said)
    choice = choose(call, codes, threshold=0.5)
    chances_stated = [one.confidence for one in choice.candidates]
    assert len(chances_stated) == min(NUM_CANDIDATES, len(codes))
    assert chances_stated == sorted(chances_stated, reverse=True)
    assert all(0 <= one <= 1 for one in chances_stated)
    assert sum(chances_stated) <= 1 + 1e-9
    shuffled = random.Random(seed).sample(codes, len(codes))
    assert choose(call, shuffled, threshold=0.5) == choice


def test_what_the_chances_lack_of_one_is_that_of_none() -> None:
    assert chances([0.1, 0.1, 0.1], none_score=0.1) == pytest.approx([0.25] * 3)
    assert sum(chances([9.0, 0.0])) == pytest.approx(1.0)


def test_the_longest_call_with_the_longest_list_takes_little_time() -> None:
    codes = tuple(Code(str(index), f"label{index} card", "words of some description " * 15) for index in range(300))
    call = a_call(*(f"turn {index} of a long call about a lost card and more" for index in range(MAX_TURNS)))
    started = perf_counter()
    choose(call, codes, threshold=0.5)
    assert perf_counter() - started < 5
