"""What goes over the wire, apart from the canonical conversation, which `formats.canonical` knows."""

import base64
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from summarizer import costs, ids
from summarizer.budget import Because
from summarizer.costs import beside, beside_document, document
from summarizer.documents import claims_from_document, sections_from_document
from summarizer.erasing import Report
from summarizer.formats import canonical
from summarizer.formats.canonical import CanonicalConversation, Label
from summarizer.headings import headings
from summarizer.legs import agents_of
from summarizer.metering import Meter
from summarizer.prices import Prices, written
from summarizer.store.batches import Progress
from summarizer.store.choices import Choice
from summarizer.store.conversations import Stored
from summarizer.store.jobs import JobStatus
from summarizer.store.summaries import Found
from summarizer.store.tables import Summary
from summarizer.store.templates import Kept
from summarizer.summary import Claim, Kind, NoSummary, Outcome, Section
from summarizer.template import Template

MAX_EDIT_CHARACTERS = 20_000
LEFT_TO_YOU = ("backups of the database", "exports", "what endpoints were told")
WHY_NONE = (
    "why there is no summary. `nothing_said`: greetings and filler only; `noise_only`: noise and hesitation, no words "
    "that say anything; `one_party`: a call of which only one side was transcribed; `ivr_only`: a voice menu and a "
    "caller who does no more than choose; `voicemail`: a greeting and perhaps a message; `model_failure`, "
    "`deadline_exceeded`, `worker_lost`: no attempt came to an end"
)


def _without_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("a NUL character")
    return text


Words = Annotated[str, AfterValidator(_without_nul)]


class Wire(BaseModel):
    """Refuses what it does not know, so that a misspelt field is not ignored."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """RFC 9457; `errors` lists every place that is wrong, as JSON pointers or parameter names."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[dict[str, str]] | None = None
    reason: NoSummary | None = Field(None, description=f"Of `no-summary`: {WHY_NONE}")


class Links(Wire):
    """Where to look next."""

    conversation: str
    summary: str


class Accepted(Wire):
    """Stored, with a job that will summarize it."""

    id: str = Field(examples=["conv_0193c1f0a3b24f6e8d0c5b7a9e1f2d3c"])
    job: str
    links: Links


class JobView(Wire):
    """How far the work is."""

    id: str
    state: Literal["queued", "running", "succeeded", "failed", "canceled"]
    attempt: int
    reason: NoSummary | None = Field(description=f"When the job failed: {WHY_NONE}")


class LegView(Wire):
    """One agent's part of a transferred conversation, which has a summary of its own."""

    id: str = Field(description="Of the leg, wherever a conversation's id is asked for")
    leg: str = Field(description="The platform's id of it, or a number where the platform names none")
    first_turn: int = Field(description="Index of its first turn in the whole")
    agents: list[str]
    links: Links


class ConversationView(Wire):
    """A conversation as it was stored, personal data masked, and its newest job."""

    id: str
    external_id: str
    revision: int
    created_at: datetime
    job: JobView | None
    leg: str | None = Field(description="Which part of a transferred conversation this is; null: it is the whole")
    whole: str | None = Field(description="Of which conversation it is a part")
    legs: list[LegView] = Field(description="Its parts, in their order")
    conversation: CanonicalConversation
    sealed: str | None = Field(
        description="What was masked, in base64, for the holder of the tenant's private key (`wrapup seal open`): "
        "HPKE (RFC 9180), X25519, HKDF-SHA256, ChaCha20-Poly1305. Null without a key, or when nothing was masked"
    )
    links: Links


class CustomerBody(Wire):
    """Which customer."""

    customer: Label = Field(description="The `customer` that came with their conversations", examples=["crm-48151"])


class ErasureView(Wire):
    """What was erased, and what had learned from it."""

    conversations: list[str] = Field(description="Ids of what is gone, wholes and legs")
    models: list[str] = Field(
        description="Model versions that learned from one of them. They cannot unlearn: the next night replaces what "
        "serves of them, and learns on from a model that has not seen it"
    )
    num_unseen_models: int = Field(description="Versions whose files this process cannot see; the next night looks")
    left_to_you: list[str] = Field(description="Copies that this service does not have in hand")


class CustomerData(Wire):
    """All that is kept of a customer, whose name itself is not kept."""

    customer: str
    conversations: list[dict[str, Any]] = Field(
        description="Each with its revisions, summaries with ratings, edits, callbacks and audit entries"
    )


class EditView(Wire):
    """The last correction by a person."""

    version: int
    author: str
    text: str
    disposition: str | None
    outcome: Outcome | None
    created_at: datetime


class RentedView(Wire):
    """What the same calls would have come to at a rented model of the price list."""

    name: str = Field(examples=["gpt-4.1-mini"])
    money: str = Field(description="Of tokens estimated from characters, none of them cached", examples=["0.001832"])
    ratio: str | None = Field(description="How many times as much as here; null: here it is nothing", examples=["9.4"])


class SummaryCost(Wire):
    """What writing one summary took; attempts that came to nothing are in `GET /v1/costs` alone."""

    backend: str = Field(description="Which wrote it", examples=["wrapup"])
    because: Because | None = Field(description="Why not the first that was chosen for the queue; null: it was")
    money: str = Field(description="By the price list of the day", examples=["0.000194"])
    currency: str = Field(examples=["USD"])
    device_seconds: float = Field(description="Of our own device; 0 where it is somebody else's")
    watt_hours: float = Field(description="An estimate")
    cached_tokens: int = Field(description="Of `prompt_tokens`, that nobody had to read again")
    rented: list[RentedView] = Field(description="The cheapest first")


class CostRow(Wire):
    """A group of attempts; what it is not told apart by is null, and an empty queue means none."""

    kind: Literal["summaries"]
    day: date | None
    month: str | None = Field(examples=["2026-11"])
    queue: str | None
    backend: str | None
    model: str | None = Field(description="A model version")
    num_summaries: int
    num_failed: int = Field(description="Attempts that wrote none, or too late; they cost as well")
    num_prompts: int
    prompt_tokens: int = Field(description="In the backend's own tokens, as all tokens here")
    completion_tokens: int
    cached_tokens: int
    prompt_characters: int
    completion_characters: int
    device_seconds: float
    watt_hours: float
    currency: str = Field(examples=["USD"])
    money: str = Field(examples=["12.804"])
    per_summary: str | None = Field(description="Failed attempts included", examples=["0.000194"])
    rented: list[RentedView] = Field(description="Models that had a price on every day of the group, cheapest first")


class CostReport(Wire):
    """What summaries came to in days of UTC, the last one included."""

    since: date
    until: date
    data: list[CostRow]
    totals: list[CostRow] = Field(description="Over all groups, one for each currency")


class SummaryView(Wire):
    """The machine's summary, and beside it what a person made of it."""

    id: str
    conversation_id: str
    external_id: str
    leg: str | None = Field(description="Which part of a transferred conversation it is of; null: of the whole")
    revision: int
    kind: Literal["generated", "extractive"] = Field(description="`extractive`: quotations, no sentence is generated")
    notice: str | None = Field(
        description="For the reader of quotations, in their language: that nothing was generated"
    )
    text: str
    claims: list[Claim] = Field(
        description="Sentences, each with its evidence: characters `start` to `end` (exclusive) of the turn at index "
        "`turn` of the conversation's `turns`; `score` says how well the evidence holds the sentence, 0 to 1"
    )
    sections: list[Section] = Field(
        description="What the template asks for, in its order; what the conversation does not say is not stated"
    )
    score: float | None = Field(description="How well the evidence holds the sentences, 0 to 1")
    language: str | None = Field(description="Of headings and of the words that are ours")
    template: str | None = Field(description="The version of the template; null: none of the tenant's own")
    num_statements: int = Field(description="Sentences that the model drafted")
    num_repaired: int = Field(description="Of them written again and then kept")
    num_dropped: int = Field(description="Of them not kept, because the conversation does not say it")
    model_version: str
    queue: str | None
    agents: list[str]
    seconds: float
    prompt_tokens: int
    completion_tokens: int
    num_windows: int = Field(description="Parts in which the model read the conversation; none is left out")
    created_at: datetime
    cost: SummaryCost | None = Field(description="Null: it was written before that was counted")
    edit: EditView | None


class SummaryPending(Wire):
    """The summary is not there yet."""

    state: Literal["queued", "running", "canceled"]
    attempt: int


class SummaryPage(Wire):
    """Newest first; `next_cursor` is given back as `cursor` to read on."""

    data: list[SummaryView]
    has_more: bool
    next_cursor: str | None


class RefusalView(Wire):
    """A document that was not taken."""

    file: str | None = None
    line: int | None = Field(None, description="From 1, empty ones counted")
    pointer: str = Field(description="JSON pointer of the place within the document", examples=["/turns/3/participant"])
    detail: str


class BatchJobs(Wire):
    """How many jobs of a batch are in which state."""

    queued: int = 0
    running: int = 0
    succeeded: int = 0
    failed: int = 0
    canceled: int = 0


class BatchView(Wire):
    """Many conversations taken at once."""

    id: str = Field(examples=["bat_0193c1f0a3b24f6e8d0c5b7a9e1f2d3c"])
    name: str
    num_read: int
    num_accepted: int = Field(description="Stored, with a job that will summarize them")
    num_unchanged: int = Field(description="They were there already, with the same words")
    num_refused: int
    refusals: list[RefusalView] = Field(description="The first 100")
    jobs: BatchJobs
    is_read: bool = Field(description="All documents have been looked at")
    is_finished: bool = Field(description="All were, and no job is queued or running")
    created_at: datetime


class BatchPage(Wire):
    """Newest first; `next_cursor` is given back as `cursor` to read on."""

    data: list[BatchView]
    has_more: bool
    next_cursor: str | None


class EditBody(Wire):
    """A person's correction of a summary."""

    text: Words = Field(min_length=1, max_length=MAX_EDIT_CHARACTERS, pattern=r"\S")
    author: Words | None = Field(default=None, min_length=1, max_length=255, description="Who corrected it")
    disposition: Words | None = Field(default=None, min_length=1, max_length=255, description="Wrap-up code")
    outcome: Outcome | None = None


class RatingBody(Wire):
    """A person's judgment of the machine's summary."""

    verdict: Literal["positive", "negative"]
    reason: Literal["wrong_fact", "missing", "too_long", "wrong_person", "language"] | None = None
    author: Words | None = Field(default=None, min_length=1, max_length=255)


class RatingView(Wire):
    """The judgment was kept."""

    id: str


class OfQueue(Wire):
    """Whose template, or whose choice."""

    queue: Words = Field("", max_length=255, description="Of this queue; empty: the tenant's own")


class TemplateBody(Wire):
    """The next version of how summaries are made up."""

    queue: Words | None = Field(None, min_length=1, max_length=255, description="Of this queue only")
    template: Template


class TemplateView(TemplateBody):
    """One version."""

    id: str
    version: int
    author: str
    created_at: datetime


class TemplateList(Wire):
    """Newest first; the first one counts."""

    data: list[TemplateView]


class BackendView(Wire):
    """One backend as this tenant sees it."""

    name: str
    kind: str
    on_premises: bool = Field(description="No word leaves the installation")
    allowed: bool = Field(description="For this tenant's words")


class BackendList(Wire):
    """Ours first, then those of the owner's file."""

    data: list[BackendView]


class ChoiceBody(Wire):
    """By which backends conversations are summarized."""

    queue: Words | None = Field(None, min_length=1, max_length=255, description="Of this queue only")
    backends: list[Words] = Field(
        min_length=1, max_length=8, description="Each is asked when those before it cannot, as `GET /v1/backends` names"
    )


class ChoiceView(ChoiceBody):
    """One version."""

    id: str
    version: int
    author: str
    created_at: datetime


class ChoiceList(Wire):
    """Newest first; the first one counts."""

    data: list[ChoiceView]


class PreviewBody(TemplateBody):
    """A template to be tried on past conversations, of a queue or of all."""

    limit: int = Field(5, ge=1, le=20)


class PreviewedView(Wire):
    """What the template would make of one conversation."""

    conversation_id: str
    external_id: str
    sections: list[Section]


class PreviewView(Wire):
    """The newest conversations first."""

    data: list[PreviewedView]


class Event(BaseModel):
    """What a Standard Webhooks sender posts; fields that we do not know are ignored."""

    type: str = Field(min_length=1, max_length=255, examples=["conversation.ended"])
    timestamp: datetime | None = None
    data: dict[str, Any] = Field(description="For `conversation.ended`: a canonical conversation")


class DeliveryAccepted(Wire):
    """The event is kept; without an id it was of a type that brings no conversation."""

    id: str | None


def links(conversation_id: str) -> Links:
    """Where a conversation and its summary are read."""
    return Links(
        conversation=f"/v1/conversations/{conversation_id}", summary=f"/v1/conversations/{conversation_id}/summary"
    )


def conversation_view(stored: Stored, status: JobStatus | None, legs: Sequence[Stored]) -> ConversationView:
    """A stored conversation as callers see it."""
    whole = CanonicalConversation.model_validate(stored.transcript)
    public = ids.public(ids.CONVERSATION, stored.id)
    return ConversationView(
        id=public,
        external_id=stored.external_id,
        revision=stored.revision,
        created_at=stored.created_at,
        job=None if status is None else _job_view(status),
        leg=stored.leg,
        whole=None if stored.whole_id is None else ids.public(ids.CONVERSATION, stored.whole_id),
        legs=_leg_views(whole, legs),
        conversation=whole,
        sealed=None if stored.sealed is None else base64.b64encode(stored.sealed).decode(),
        links=links(public),
    )


def erasure_view(report: Report) -> ErasureView:
    """What was erased as callers see it."""
    return ErasureView(
        conversations=[ids.public(ids.CONVERSATION, one) for one in report.conversation_ids],
        models=list(report.models),
        num_unseen_models=report.num_unseen_models,
        left_to_you=list(LEFT_TO_YOU),
    )


def _leg_views(whole: CanonicalConversation, legs: Sequence[Stored]) -> list[LegView]:
    """Those legs that the whole has now, in its order."""
    by_name = {one.leg: one for one in legs}
    views = []
    for leg in whole.legs or ():
        stored = by_name.get(leg.id)
        if stored is not None:
            conversation = canonical.from_document(stored.transcript)
            public = ids.public(ids.CONVERSATION, stored.id)
            views.append(
                LegView(
                    id=public,
                    leg=leg.id,
                    first_turn=leg.first_turn,
                    agents=agents_of(conversation, range(len(conversation.turns))),
                    links=links(public),
                )
            )
    return views


def summary_view(found: Found, prices: Prices | None = None) -> SummaryView:
    """A summary as callers see it; with prices, beside what rented models would have cost."""
    machine = found.machine
    return SummaryView(
        id=ids.public(ids.SUMMARY, machine.id),
        conversation_id=ids.public(ids.CONVERSATION, found.conversation_id),
        external_id=found.external_id,
        leg=found.leg,
        revision=found.revision,
        kind=machine.kind,
        notice=headings(machine.language).notice if machine.kind == Kind.EXTRACTIVE else None,
        text=machine.text,
        claims=list(claims_from_document(machine.claims)),
        sections=list(sections_from_document(machine.sections)),
        score=machine.score,
        language=machine.language,
        template=None if machine.template_id is None else ids.public(ids.TEMPLATE, machine.template_id),
        num_statements=machine.num_statements,
        num_repaired=machine.num_repaired,
        num_dropped=machine.num_dropped,
        model_version=machine.model_version,
        queue=found.queue,
        agents=found.agents,
        seconds=machine.seconds,
        prompt_tokens=machine.prompt_tokens,
        completion_tokens=machine.completion_tokens,
        num_windows=machine.num_windows,
        created_at=machine.created_at,
        cost=_summary_cost(machine, prices),
        edit=_edit_view(found),
    )


def _summary_cost(machine: Summary, prices: Prices | None) -> SummaryCost | None:
    if machine.meter is None or machine.money is None or machine.currency is None:
        return None
    meter, day = Meter(**machine.meter), machine.created_at.astimezone(UTC).date()
    same = (
        ()
        if prices is None or machine.currency != prices.currency
        else beside(meter, prices, on=day, num_summaries=1, money=machine.money)
    )
    return SummaryCost(
        backend=machine.backend,
        because=machine.because,
        money=written(machine.money),
        currency=machine.currency,
        device_seconds=meter.device_seconds,
        watt_hours=machine.watt_hours or 0.0,
        cached_tokens=meter.cached_tokens,
        rented=[RentedView(**one) for one in beside_document(same)],
    )


def cost_report(found: costs.Report) -> CostReport:
    """What a tenant may know of costs: its own, not the installation's nights."""
    told = document(found)
    own = {name: [_of_tenant(row) for row in told[name]] for name in ("data", "totals")}
    return CostReport(since=told["since"], until=told["until"], **own)


def _of_tenant(row: dict[str, Any]) -> CostRow:
    return CostRow(**{name: value for name, value in row.items() if name != "tenant"})


def batch_view(progress: Progress, states: Mapping[str, int]) -> BatchView:
    """A batch as callers see it."""
    jobs = BatchJobs(**states)
    is_read = progress.finished_at is not None
    return BatchView(
        id=ids.public(ids.BATCH, progress.id),
        name=progress.name,
        num_read=progress.num_read,
        num_accepted=progress.num_accepted,
        num_unchanged=progress.num_unchanged,
        num_refused=progress.num_refused,
        refusals=[RefusalView(**one) for one in progress.refusals],
        jobs=jobs,
        is_read=is_read,
        is_finished=is_read and not jobs.queued and not jobs.running,
        created_at=progress.created_at,
    )


def choice_view(choice: Choice) -> ChoiceView:
    """One version of a choice."""
    return ChoiceView(
        id=ids.public(ids.CHOICE, choice.id),
        queue=choice.queue,
        version=choice.version,
        author=choice.author,
        backends=list(choice.backends),
        created_at=choice.created_at,
    )


def template_view(kept: Kept) -> TemplateView:
    """A version of a template as callers see it."""
    return TemplateView(
        id=ids.public(ids.TEMPLATE, kept.id),
        version=kept.version,
        queue=kept.queue,
        template=Template.model_validate(kept.body),
        author=kept.author,
        created_at=kept.created_at,
    )


def _edit_view(found: Found) -> EditView | None:
    edit = found.edit
    if edit is None:
        return None
    return EditView(
        version=edit.version,
        author=edit.author,
        text=edit.text,
        disposition=edit.disposition,
        outcome=None if edit.outcome is None else Outcome(edit.outcome),
        created_at=edit.created_at,
    )


def _job_view(status: JobStatus) -> JobView:
    return JobView(
        id=ids.public(ids.JOB, status.id),
        state=status.state,
        attempt=status.attempt,
        reason=None if status.reason is None else NoSummary(status.reason),
    )
