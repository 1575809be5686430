"""How a tenant wants its summaries: which sections, how long, in which language, which codes and details, how sure."""

from typing import Annotated, Any, TypeVar

import langcodes
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from summarizer.disposition import Code
from summarizer.entities import Wanted
from summarizer.summary import SectionName

MAX_CODES = 300
MAX_ENTITIES = 50


def _tag(text: str) -> str:
    if not langcodes.tag_is_valid(text):
        raise ValueError("no language tag of BCP 47")
    return langcodes.standardize_tag(text)


Listed = TypeVar("Listed", bound=tuple[Any, ...])


def _once(listed: Listed) -> Listed:
    if len(set(listed)) < len(listed):
        raise ValueError("the same entry twice")
    return listed


class Template(BaseModel):
    """What the sections of a summary are made by; immutable, and versioned where it is stored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sections: Annotated[tuple[SectionName, ...], AfterValidator(_once)] = Field(
        tuple(SectionName), min_length=1, description="Which, in the order in which they are read"
    )
    headings: dict[SectionName, Annotated[str, Field(min_length=1, max_length=80, pattern=r"\S")]] = Field(
        {}, description="Instead of ours"
    )
    language: Annotated[str, Field(max_length=35), AfterValidator(_tag)] | None = Field(
        None,
        description="Of headings, of the words that are ours and, where the model can, of its sentences; BCP 47. "
        "None: the conversation's",
        examples=["fr"],
    )
    concise_words: int = Field(40, ge=10, le=200, description="The short narrative has at most so many words")
    detailed_words: int = Field(150, ge=20, le=2_000, description="The long narrative has at most so many words")
    codes: tuple[Code, ...] = Field((), max_length=MAX_CODES, description="Wrap-up codes to choose from")
    code_threshold: float = Field(
        0.5, ge=0, le=1, description="A code that is less likely than this is not chosen: the tenant's people choose"
    )
    entities: tuple[Wanted, ...] = Field((), max_length=MAX_ENTITIES, description="Details to copy from the call")
    min_score: float = Field(
        0.0, ge=0, le=1, description="A summary whose evidence holds it less well than this becomes quotations"
    )

    @model_validator(mode="after")
    def _has_names_once(self) -> "Template":
        _once(tuple(one.code for one in self.codes))
        _once(tuple(one.name for one in self.entities))
        return self
