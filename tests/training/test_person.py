"""First and second person become the third, or the rule says it does not know."""

import pytest

from summarizer.conversation import Role
from training.person import third_person, with_subject


@pytest.mark.parametrize(
    ("said", "reported"),
    [
        ("I lost my card", "they lost their card"),
        ("I'm locked out and my key is gone", "they are locked out and their key is gone"),
        ("book me a table for us", "book them a table for them"),
        ("give me your number", "give them the agent's number"),
        ("play Find Me by Marshmello", "play Find Me by Marshmello"),
    ],
)
def test_a_customers_words_are_reported_with_the_agent_named(said: str, reported: str) -> None:
    assert third_person(said, Role.CUSTOMER, named=Role.AGENT) == reported


@pytest.mark.parametrize(
    ("said", "reported"),
    [
        ("your order is ready", "their order is ready"),
        ("you are number 4", "they are number 4"),
        ("I will call you on Monday", "the agent will call them on Monday"),
        ("we have a message for you", "the agent has a message for them"),
    ],
)
def test_an_agents_words_are_reported_with_the_agent_named(said: str, reported: str) -> None:
    assert third_person(said, Role.AGENT, named=Role.AGENT) == reported


def test_an_unknown_verb_of_the_named_person_is_not_guessed() -> None:
    assert third_person("we quux it", Role.AGENT, named=Role.AGENT) is None


@pytest.mark.parametrize(
    ("said", "reported"),
    [
        ("I want to view the apartment", "The customer wants to view the apartment"),
        ("I'd like a refund for my order", "The customer would like a refund for their order"),
        ("I've lost my card", "The customer has lost their card"),
        ("I don't want it", "The customer does not want it"),
        ("I am waiting for you", "The customer is waiting for the agent"),
    ],
)
def test_the_customer_becomes_the_subject(said: str, reported: str) -> None:
    assert with_subject(said, Role.CUSTOMER) == reported


def test_a_sentence_about_something_else_has_no_such_subject() -> None:
    assert with_subject("It is broken", Role.CUSTOMER) is None
