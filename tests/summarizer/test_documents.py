from datetime import date
from json import dumps, loads

from summarizer.documents import (
    claims_from_document,
    claims_to_document,
    sections_from_document,
    sections_to_document,
)
from summarizer.summary import Aspect, Claim, Evidence, Item, Kind, Section, SectionName


def test_claims_come_back_from_json_as_they_were() -> None:
    claims = (
        Claim(Aspect.REASON, "A card is lost.", (Evidence(1, 0, 9), Evidence(3, 2, 4)), score=0.75),
        Claim(Aspect.SUMMARY, "Customer: “gone”", (Evidence(1, 0, 4),), Kind.EXTRACTIVE),
    )
    assert claims_from_document(loads(dumps(claims_to_document(claims)))) == claims


def test_sections_come_back_from_json_as_they_were() -> None:
    sections = (
        Section(
            SectionName.FOLLOW_UPS,
            "Follow-ups",
            "Agent: send the form.",
            is_stated=True,
            items=(Item("agent", "send the form", due=date(2026, 11, 27), evidence=(Evidence(0, 1, 2),)),),
        ),
        Section(SectionName.REASON, "Reason", "Not stated", is_stated=False),
    )
    assert sections_from_document(loads(dumps(sections_to_document(sections)))) == sections


def test_claims_stored_before_scores_were_kept_can_still_be_read() -> None:
    old = [{"aspect": "reason", "text": "A card is lost.", "kind": "generated", "evidence": []}]
    assert claims_from_document(old)[0].score == 1.0
