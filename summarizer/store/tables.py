"""The tables. Every one that holds a tenant's data has `tenant_id` and is behind row-level security."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    DateTime,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

APP_ROLE = "wrapup_app"  #: the role as which the service acts: owns nothing, cannot pass row-level security
SCHEMA = "0008"  #: the migration that makes these tables
MONITOR_ROLE = "wrapup_monitor"  #: may count the jobs that wait, and read no row


class Base(DeclarativeBase):
    """All tables; times carry a zone, and `now` is always the database's."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[dict[str, Any]]: JSONB,
        list[str]: ARRAY(Text),
        str: Text,
    }


class OfTenant:
    """A row that belongs to one tenant."""

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), index=True)


class Tenant(Base):
    """Whose data it is. Shared by all tenants, since it holds no customer's data."""

    __tablename__ = "tenants"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    may_train: Mapped[bool] = mapped_column(server_default=text("false"))  #: its corrections may be learned from
    seal_key: Mapped[bytes | None] = mapped_column(LargeBinary)  #: public: what is masked is sealed to it, if there
    data_keys: Mapped[bytes | None] = mapped_column(LargeBinary)  #: newest first, for transcripts
    retention_days: Mapped[int | None] = mapped_column(Integer)  #: then a conversation is erased; None: as the service
    requests_per_second: Mapped[float | None] = mapped_column(Float)  #: None: as the service
    on_premises_only: Mapped[bool] = mapped_column(server_default=text("false"))  #: no backend elsewhere reads it
    soft_cap: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))  #: money in a month; above it a cheaper backend
    hard_cap: Mapped[Decimal | None] = mapped_column(Numeric(18, 6))  #: above it quotations alone
    soft_cap_met: Mapped[date | None]  #: the month in which it was last told that the cap is reached
    hard_cap_met: Mapped[date | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ModelVersion(Base):
    """Weights, tokenizer, prompt format and training metadata together; immutable, shared by all tenants."""

    __tablename__ = "model_versions"

    id: Mapped[str] = mapped_column(primary_key=True)  #: SHA-256 over the checkpoint's files
    directory: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Promotion(Base):
    """One change of what serves. Rows are only added: the last one with all of the share names the champion."""

    __tablename__ = "promotions"
    __table_args__ = (
        CheckConstraint("action IN ('start', 'promote', 'try', 'rollback')", name="action"),
        CheckConstraint("share > 0 AND share <= 1", name="share"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    model_version: Mapped[str] = mapped_column(ForeignKey("model_versions.id"))
    share: Mapped[float] = mapped_column(Float)  #: of the jobs
    action: Mapped[str]
    actor: Mapped[str]
    decision: Mapped[dict[str, Any] | None]


class NightlyRun(Base):
    """One night; the first process that writes the date opens it."""

    __tablename__ = "nightly_runs"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'running', 'promoted', 'refused', 'skipped', 'failed')", name="state"),
    )

    slot: Mapped[str] = mapped_column(primary_key=True)  #: the UTC date, as 2026-11-24
    state: Mapped[str] = mapped_column(server_default="open")
    attempt: Mapped[int] = mapped_column(server_default="0")
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    reason: Mapped[str | None]
    ledger: Mapped[dict[str, Any] | None]  #: device, hours, energy, money, examples, gain
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ApiKey(OfTenant, Base):
    """A bearer key, known by its hash only."""

    __tablename__ = "api_keys"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]


class Conversation(OfTenant, Base):
    """One contact; what was said stands in its revisions."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("tenant_id", "external_id", "leg", postgresql_nulls_not_distinct=True),
        Index("ix_conversations_customer", "customer", postgresql_where=text("customer IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    external_id: Mapped[str]
    leg: Mapped[str | None]  #: which part of a transferred conversation this is; None: the whole
    whole_id: Mapped[UUID | None] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    revision: Mapped[int] = mapped_column(default=1)  #: the current one
    customer: Mapped[bytes | None] = mapped_column(LargeBinary)  #: HMAC of the owner's name for the customer
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Revision(OfTenant, Base):
    """One transcript of a conversation as it arrived, personal data masked."""

    __tablename__ = "revisions"
    __table_args__ = (Index("ix_revisions_tenant_id_created_at", "tenant_id", "created_at"),)

    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    stored: Mapped[dict[str, Any]] = mapped_column(
        "transcript"
    )  #: canonical body, plain or encrypted; `store.transcripts` opens it
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)  #: SHA-256 of what arrived
    channel: Mapped[str]
    language: Mapped[str | None]
    queue: Mapped[str | None]
    agents: Mapped[list[str]]
    started_at: Mapped[datetime | None]
    as_of: Mapped[datetime | None]  #: when the sender had these words, where it says so
    sealed: Mapped[bytes | None] = mapped_column(LargeBinary)  #: what was masked; only the tenant's own key opens it
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Job(OfTenant, Base):
    """One piece of work on one thing; the truth about it, whatever the queue says."""

    __tablename__ = "jobs"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "revision"], ["revisions.conversation_id", "revisions.revision"], ondelete="CASCADE"
        ),
        ForeignKeyConstraint(
            ["source_id", "delivery_id"],
            ["webhook_deliveries.source_id", "webhook_deliveries.delivery_id"],
            ondelete="CASCADE",
        ),
        CheckConstraint("kind IN ('summarize', 'backfill', 'fetch', 'deliver')", name="kind"),
        CheckConstraint(
            "CASE kind WHEN 'fetch' THEN delivery_id IS NOT NULL WHEN 'deliver' THEN callback_id IS NOT NULL "
            "ELSE revision IS NOT NULL END",
            name="subject",
        ),
        CheckConstraint("state IN ('queued', 'running', 'succeeded', 'failed', 'canceled')", name="state"),
        Index(
            "ix_jobs_open",
            "tenant_id",
            "state",
            "kind",
            "due_at",
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
        Index("ix_jobs_conversation_id_revision", "conversation_id", "revision"),
        Index(
            "ix_jobs_source_id_delivery_id",
            "source_id",
            "delivery_id",
            postgresql_where=text("source_id IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    kind: Mapped[str] = mapped_column(server_default="summarize")
    conversation_id: Mapped[UUID | None]  #: with `revision`: what is to be summarized
    revision: Mapped[int | None]
    source_id: Mapped[UUID | None]  #: with `delivery_id`: what is to be fetched
    delivery_id: Mapped[str | None]
    callback_id: Mapped[UUID | None] = mapped_column(ForeignKey("callbacks.id", ondelete="CASCADE"), index=True)
    batch_id: Mapped[UUID | None] = mapped_column(ForeignKey("batches.id", ondelete="SET NULL"), index=True)
    state: Mapped[str] = mapped_column(server_default="queued")
    attempt: Mapped[int] = mapped_column(server_default="0")
    due_at: Mapped[datetime] = mapped_column(server_default=func.now())  #: not to be claimed before
    sent_at: Mapped[datetime | None] = mapped_column(server_default=func.now())  #: its last message; None: none yet
    owner: Mapped[str | None]  #: the process that holds the lease
    lease_until: Mapped[datetime | None]
    reason: Mapped[str | None]  #: why it failed
    trace: Mapped[str | None]  #: W3C `traceparent` of the request that it comes from
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]


class TemplateVersion(OfTenant, Base):
    """One version of how a tenant, or one of its queues, wants its summaries; rows are only added."""

    __tablename__ = "templates"
    __table_args__ = (UniqueConstraint("tenant_id", "queue", "version", postgresql_nulls_not_distinct=True),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    queue: Mapped[str | None]  #: None: the tenant's own
    version: Mapped[int]
    author: Mapped[str]
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class BackendChoice(OfTenant, Base):
    """By which backends a tenant, or one of its queues, wants its summaries; rows are only added."""

    __tablename__ = "backend_choices"
    __table_args__ = (
        UniqueConstraint("tenant_id", "queue", "version", postgresql_nulls_not_distinct=True),
        CheckConstraint("cardinality(backends) > 0", name="backends"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    queue: Mapped[str | None]  #: None: the tenant's own
    version: Mapped[int]
    author: Mapped[str]
    backends: Mapped[list[str]]  #: each is asked when those before it cannot
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Cost(OfTenant, Base):
    """What a day's attempts of one queue by one model came to: sums, nothing of any call."""

    __tablename__ = "costs"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)  #: UTC
    queue: Mapped[str] = mapped_column(primary_key=True)  #: empty: none
    backend: Mapped[str] = mapped_column(primary_key=True)
    model_version: Mapped[str] = mapped_column(primary_key=True)
    currency: Mapped[str] = mapped_column(primary_key=True)
    num_summaries: Mapped[int] = mapped_column(BigInteger)
    num_failed: Mapped[int] = mapped_column(BigInteger)  #: attempts that wrote none
    num_prompts: Mapped[int] = mapped_column(BigInteger)
    prompt_tokens: Mapped[int] = mapped_column(BigInteger)
    completion_tokens: Mapped[int] = mapped_column(BigInteger)
    cached_tokens: Mapped[int] = mapped_column(BigInteger)
    prompt_characters: Mapped[int] = mapped_column(BigInteger)
    completion_characters: Mapped[int] = mapped_column(BigInteger)
    device_seconds: Mapped[float] = mapped_column(Float)
    watt_hours: Mapped[float] = mapped_column(Float)  #: an estimate
    money: Mapped[Decimal] = mapped_column(Numeric(18, 9))  #: by the price list of that day


class Summary(OfTenant, Base):
    """What one model version said of one revision; at most one of them is current."""

    __tablename__ = "summaries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["conversation_id", "revision"], ["revisions.conversation_id", "revisions.revision"], ondelete="CASCADE"
        ),
        Index(
            "uq_summaries_current",
            "conversation_id",
            "revision",
            unique=True,
            postgresql_where=text("is_current"),
        ),
        Index("ix_summaries_conversation_id_revision", "conversation_id", "revision"),
        Index("ix_summaries_page", "tenant_id", text("created_at DESC"), text("id DESC")),
        Index("ix_summaries_search", "search", postgresql_using="gin"),
        CheckConstraint("kind IN ('generated', 'extractive')", name="kind"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[UUID]
    revision: Mapped[int]
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    model_version: Mapped[str] = mapped_column(ForeignKey("model_versions.id"))
    is_current: Mapped[bool] = mapped_column(server_default=text("true"))
    kind: Mapped[str]
    text: Mapped[str]
    claims: Mapped[list[dict[str, Any]]]
    sections: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")
    score: Mapped[float | None] = mapped_column(Float)  #: how well the evidence holds the claims, 0 to 1
    language: Mapped[str | None]  #: of headings and words of ours
    template_id: Mapped[UUID | None] = mapped_column(ForeignKey("templates.id", ondelete="SET NULL"))
    num_statements: Mapped[int] = mapped_column(Integer, server_default="0")  #: that the model drafted
    num_repaired: Mapped[int] = mapped_column(Integer, server_default="0")
    num_dropped: Mapped[int] = mapped_column(Integer, server_default="0")
    seconds: Mapped[float] = mapped_column(Float)
    prompt_tokens: Mapped[int] = mapped_column(Integer)
    completion_tokens: Mapped[int] = mapped_column(Integer)
    num_windows: Mapped[int] = mapped_column(Integer)
    backend: Mapped[str] = mapped_column(server_default="wrapup")  #: by the owner's name for it
    because: Mapped[str | None]  #: why not by the first of its choice
    meter: Mapped[dict[str, Any] | None]  #: what the backend took for it; None: written before that was kept
    watt_hours: Mapped[float | None] = mapped_column(Float)
    money: Mapped[Decimal | None] = mapped_column(Numeric(18, 9))
    currency: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed("to_tsvector('simple', text)", persisted=True))

    @property
    def document(self) -> dict[str, Any]:
        """What leaves the service of it, wherever it goes: the sentences, their evidence, the sections."""
        return {
            name: getattr(self, name)
            for name in ("kind", "text", "language", "score", "claims", "sections", "model_version")
        }


class Edit(OfTenant, Base):
    """A person's correction, kept beside the machine's text; versions count from 1."""

    __tablename__ = "edits"
    __table_args__ = (
        UniqueConstraint("conversation_id", "version"),
        Index("ix_edits_search", "search", postgresql_using="gin"),
        CheckConstraint(
            "outcome IN ('resolved', 'partial', 'unresolved', 'not_applicable')",
            name="outcome",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"))
    summary_id: Mapped[UUID | None] = mapped_column(ForeignKey("summaries.id", ondelete="SET NULL"), index=True)
    version: Mapped[int]
    author: Mapped[str]
    text: Mapped[str]
    disposition: Mapped[str | None]
    outcome: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    search: Mapped[Any] = mapped_column(TSVECTOR, Computed("to_tsvector('simple', text)", persisted=True))

    @property
    def document(self) -> dict[str, Any]:
        """What leaves the service of it, wherever it goes."""
        return {name: getattr(self, name) for name in ("version", "author", "text", "disposition", "outcome")}


class Rating(OfTenant, Base):
    """A person's judgment of a machine's summary."""

    __tablename__ = "ratings"
    __table_args__ = (CheckConstraint("verdict IN ('positive', 'negative')", name="verdict"),)

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    summary_id: Mapped[UUID] = mapped_column(ForeignKey("summaries.id", ondelete="CASCADE"), index=True)
    author: Mapped[str]
    verdict: Mapped[str]
    reason: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WebhookSource(OfTenant, Base):
    """A platform that may send us events, and the secrets with which it signs; encrypted with the master key."""

    __tablename__ = "webhook_sources"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    platform: Mapped[str]
    secrets: Mapped[bytes] = mapped_column(LargeBinary)  #: newest first; an older one is good until it is dropped
    options: Mapped[dict[str, Any]] = mapped_column(server_default="{}")  #: what is no secret: topics, region, headers
    credentials: Mapped[bytes | None] = mapped_column(LargeBinary)  #: with which the platform's API is read; encrypted
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WebhookDelivery(OfTenant, Base):
    """An event that arrived; its id is unique for its source, so a second delivery does nothing."""

    __tablename__ = "webhook_deliveries"

    source_id: Mapped[UUID] = mapped_column(ForeignKey("webhook_sources.id", ondelete="CASCADE"), primary_key=True)
    delivery_id: Mapped[str] = mapped_column(primary_key=True)
    event_type: Mapped[str]
    resource: Mapped[bytes | None] = mapped_column(LargeBinary)  #: what a thin event names, to be fetched; encrypted
    conversation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("conversations.id", ondelete="SET NULL"), index=True
    )
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Endpoint(OfTenant, Base):
    """Where a tenant wants to be told, of which events, in which shape."""

    __tablename__ = "endpoints"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    url: Mapped[str]
    description: Mapped[str | None]
    events: Mapped[list[str]]
    shape: Mapped[str] = mapped_column(server_default="wrapup")
    secrets: Mapped[bytes] = mapped_column(LargeBinary)  #: newest first, each of them signs; encrypted
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    failing_since: Mapped[datetime | None]  #: its first failure after the last success
    disabled_at: Mapped[datetime | None]
    disabled_because: Mapped[str | None]


class Callback(OfTenant, Base):
    """One event to be told to one endpoint, once; what is told is read from the rows when it is sent."""

    __tablename__ = "callbacks"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "event", "subject"),
        Index("ix_callbacks_page", "tenant_id", text("created_at DESC"), text("id DESC")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)  #: the `webhook-id`, the same on every attempt
    endpoint_id: Mapped[UUID] = mapped_column(ForeignKey("endpoints.id", ondelete="CASCADE"))
    event: Mapped[str]
    subject: Mapped[str]  #: what happened to what, so that nobody is told of it twice
    conversation_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("conversations.id", ondelete="CASCADE"), index=True
    )  #: None: a test
    revision: Mapped[int | None]
    status: Mapped[int | None]  #: of the last answer
    failure: Mapped[str | None]  #: why the last attempt failed
    seconds: Mapped[float | None] = mapped_column(Float)  #: that the last attempt took
    attempted_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Batch(OfTenant, Base):
    """Many transcripts at once, and how far they have been read."""

    __tablename__ = "batches"

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid4)
    name: Mapped[str]
    digest: Mapped[bytes | None] = mapped_column(LargeBinary, index=True)  #: SHA-256 of a file, to go on with it
    num_read: Mapped[int] = mapped_column(Integer, server_default="0")
    num_accepted: Mapped[int] = mapped_column(Integer, server_default="0")
    num_unchanged: Mapped[int] = mapped_column(Integer, server_default="0")  #: they were there already
    num_refused: Mapped[int] = mapped_column(Integer, server_default="0")
    refusals: Mapped[list[dict[str, Any]]] = mapped_column(server_default="[]")  #: the first ones, with their places
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    finished_at: Mapped[datetime | None]  #: of the reading


class IdempotencyKey(OfTenant, Base):
    """A key a caller chose, and the answer that every repetition gets."""

    __tablename__ = "idempotency_keys"

    tenant_id: Mapped[UUID] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)  #: SHA-256 of the request
    conversation_id: Mapped[UUID] = mapped_column(ForeignKey("conversations.id", ondelete="CASCADE"), index=True)
    job_id: Mapped[UUID] = mapped_column(ForeignKey("jobs.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Erasure(OfTenant, Base):
    """A conversation that was erased: nothing of it, but that it was, and which models had learned from it."""

    __tablename__ = "erasures"
    __table_args__ = (CheckConstraint("reason IN ('conversation', 'customer', 'retention')", name="reason"),)

    conversation_id: Mapped[UUID] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    reason: Mapped[str]
    models: Mapped[list[str]]


class AuditEntry(OfTenant, Base):
    """Who did what to which row; the application may add entries and read them, not change them.

    A trigger numbers a tenant's entries and hashes each with the hash before it, so that none can be changed,
    taken out or slipped in unseen.
    """

    __tablename__ = "audit"
    __table_args__ = (UniqueConstraint("tenant_id", "number"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    number: Mapped[int] = mapped_column(BigInteger, server_default="0")  #: within the tenant, set by the trigger
    hash: Mapped[bytes] = mapped_column(LargeBinary, server_default=text("''::bytea"))


def tenant_tables() -> list[str]:
    """Names of all tables that hold tenants' data."""
    return sorted(name for name, table in Base.metadata.tables.items() if "tenant_id" in table.columns)
