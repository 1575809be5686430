"""What is changed in an example is changed alike in what is read and in what is written."""

import random

from summarizer.conversation import Conversation, Participant, Role, Turn
from summarizer.prompt import render
from summarizer.summary import Aspect, Draft, Statement
from tests.training.models import a_tokenizer
from training.augment import anonymous, disguise, drill, varied, vocabulary_of
from training.tokenizer import tokens_of

TOKENIZER = a_tokenizer()
VOCABULARY = vocabulary_of(tokens_of(TOKENIZER), num_common=260)


def test_a_disguise_renames_one_to_one() -> None:
    ids = TOKENIZER.encode("Customer: I need flight 2018 for Friday. Reason: The customer needs flight 2018.").ids
    renamed = disguise(ids, VOCABULARY, rng=random.Random(4), share=0.9)
    assert renamed != ids
    names = dict(zip(ids, renamed, strict=True))
    assert [names[one] for one in ids] == renamed
    assert len(set(names.values())) == len(names)


def test_no_share_changes_nothing() -> None:
    ids = TOKENIZER.encode("flight 2018").ids
    assert disguise(ids, VOCABULARY, rng=random.Random(1), share=0.0) == ids


def test_a_drill_repeats_lines_it_has_shown() -> None:
    ids, num_shown = drill([[5, 6], [7, 8, 9], [10, 11]], newline=1, rng=random.Random(1))
    assert ids[:num_shown] == [5, 6, 1, 7, 8, 9, 1, 10, 11, 1, 1]
    assert ids[num_shown:] in ([5, 6, 1], [7, 8, 9, 1], [10, 11, 1])


def test_where_roles_are_unknown_people_are_called_as_in_the_prompt() -> None:
    people = (Participant("a", Role.AGENT), Participant("c", Role.CUSTOMER))
    call = Conversation((Turn("c", "My card is lost"), Turn("a", "I block it")), people)
    draft = Draft((Statement(Aspect.ACTIONS, "The agent blocks the customer's card."),))
    unknown, told = anonymous(call, draft)
    assert "Person1: My card is lost\nPerson2: I block it" in render(unknown)
    assert told == Draft((Statement(Aspect.SUMMARY, "Person2 blocks Person1's card."),))


def test_a_varied_conversation_keeps_what_was_said() -> None:
    people = (Participant("a", Role.AGENT), Participant("c", Role.CUSTOMER))
    call = Conversation((Turn("c", "My card is lost"), Turn("a", "I block it")), people)
    for seed in range(30):
        said = " ".join(turn.text for turn in varied(call, random.Random(seed)).turns).lower()
        assert "my card is lost" in said
        assert "i block it" in said
