"""A summary's document as it is stored, by hand and by chance, and what is told of a conversation."""

from datetime import UTC, date, datetime
from typing import Any

from hypothesis import strategies as st

from summarizer.documents import claims_to_document, sections_to_document
from summarizer.shapes.told import Told
from summarizer.summary import Aspect, Claim, Evidence, Item, Kind, Section, SectionName, mean_score
from tests.builders import a_conversation

STORED = datetime(2026, 11, 26, 10, tzinfo=UTC)
NAMED = "conv_00000000000040008000000000000007"
NOT_STATED = "Not stated"

WATER = Evidence(1, 0, 43)
ORDERED = Evidence(2, 15, 55)
CLAIMS = (
    Claim(Aspect.REASON, "The card fell into the water.", (WATER,), score=0.9),
    Claim(Aspect.RESOLUTION, "A replacement was ordered.", (ORDERED,), score=0.8),
)
SECTIONS = (
    Section(SectionName.HEADLINE, "Headline", "Card lost in the water", is_stated=True, score=0.9, evidence=(WATER,)),
    Section(SectionName.REASON, "Reason", CLAIMS[0].text, is_stated=True, score=0.9, evidence=(WATER,)),
    Section(
        SectionName.RESOLUTION,
        "Resolution",
        CLAIMS[1].text,
        is_stated=True,
        value="resolved",
        score=0.8,
        evidence=(ORDERED,),
    ),
    Section(
        SectionName.FOLLOW_UPS,
        "Follow-ups",
        "Agent: send the card (due 30 Nov 2026).",
        is_stated=True,
        evidence=(ORDERED,),
        items=(Item("agent", "send the card", due=date(2026, 11, 30), evidence=(ORDERED,)),),
    ),
    Section(
        SectionName.DISPOSITION,
        "Wrap-up code",
        "Lost card",
        is_stated=True,
        value="lost",
        score=0.91,
        items=(Item("lost", "Lost card", score=0.91), Item("fraud", "Fraud", score=0.05)),
    ),
    Section(
        SectionName.ENTITIES,
        "Details",
        "card colour: red",
        is_stated=True,
        items=(Item("card colour", "red", evidence=(WATER,)), Item("branch", None)),
    ),
)


def a_document(**changes: Any) -> dict[str, Any]:
    """What is stored of a summary of the lost card."""
    values: dict[str, Any] = {
        "kind": "generated",
        "text": " ".join(claim.text for claim in CLAIMS),
        "language": "en",
        "score": mean_score(CLAIMS),
        "claims": claims_to_document(CLAIMS),
        "sections": sections_to_document(SECTIONS),
        "model_version": "ab12",
    }
    return {**values, **changes}


def silent_sections() -> list[dict[str, Any]]:
    """Every section there is, and the conversation says nothing to any; a code that nobody chose may stand in one."""
    made = (Section(name, name.value, NOT_STATED, is_stated=False) for name in SectionName)
    return [
        one | ({"items": [{"name": "fraud", "text": "Fraud", "score": 0.2}]} if one["name"] == "disposition" else {})
        for one in sections_to_document(tuple(made))
    ]


def told(**changes: Any) -> Told:
    """All that can be told of the lost card."""
    values: dict[str, Any] = {
        "conversation": a_conversation(leg="leg-1"),
        "conversation_id": NAMED,
        "external_id": "call-1",
        "revision": 2,
        "created_at": STORED,
        "summary": a_document(),
    }
    edited_text = changes.pop("edited_text", None)
    if edited_text is not None:
        changes["edit"] = {"text": edited_text, "author": "maria", "disposition": None, "outcome": None, "version": 1}
    return Told(**{**values, **changes})


_words = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), min_size=1, max_size=30)
_scores = st.floats(0, 1)
_evidence = st.lists(st.builds(Evidence, st.integers(0, 5), st.integers(0, 9), st.integers(9, 30)), max_size=3).map(
    tuple
)
_claims = st.builds(Claim, st.sampled_from(Aspect), _words, _evidence, st.sampled_from(Kind), _scores)
_items = st.builds(Item, _words, st.none() | _words, st.none() | st.dates(), st.none() | _scores, _evidence)
_sections = st.builds(
    Section,
    st.sampled_from(SectionName),
    _words,
    _words,
    st.booleans(),
    st.none() | _words,
    st.none() | _scores,
    _evidence,
    st.lists(_items, max_size=3).map(tuple),
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Any document of a summary."""
    claims = tuple(draw(st.lists(_claims, min_size=1, max_size=4)))
    return {
        "kind": draw(st.sampled_from(Kind)).value,
        "text": " ".join(claim.text for claim in claims),
        "language": draw(st.sampled_from([None, "en", "fr"])),
        "score": mean_score(claims),
        "claims": claims_to_document(claims),
        "sections": sections_to_document(draw(st.lists(_sections, max_size=4))),
        "model_version": draw(_words),
    }
