"""What goes over the wire about endpoints and callbacks."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

from api.schemas import Wire, Words
from summarizer import ids
from summarizer.endpoints import Made
from summarizer.events import Event
from summarizer.formats.canonical import Moment
from summarizer.shapes import SHAPES
from summarizer.store.callbacks import Tracked
from summarizer.store.tables import Endpoint
from summarizer.verdict import Because, Failure

State = Literal["queued", "running", "succeeded", "failed"]
Subscribable = Literal[Event.COMPLETED, Event.FAILED, Event.EDITED]
ENDPOINT_EXAMPLE = "ep_0193c1f0a3b24f6e8d0c5b7a9e1f2d3c"
CALLBACK_EXAMPLE = "msg_0193c1f0a3b24f6e8d0c5b7a9e1f2d3d"


def _known_shape(name: str) -> str:
    if name not in SHAPES:
        raise ValueError(f"one of {', '.join(SHAPES)}")
    return name


def _each_once(events: list[Event]) -> list[Event]:
    if len(set(events)) < len(events):
        raise ValueError("an event stands twice")
    return events


Url = Annotated[
    Words, StringConstraints(min_length=1, max_length=2000), Field(examples=["https://crm.example.com/hooks/wrapup"])
]
Events = Annotated[list[Subscribable], AfterValidator(_each_once), Field(min_length=1, max_length=3)]
ShapeName = Annotated[
    str,
    AfterValidator(_known_shape),
    Field(json_schema_extra={"enum": list(SHAPES)}, description="How `data` of a callback is laid out"),
]


class EndpointBody(Wire):
    """Where to tell of what."""

    url: Url = Field(description="https, on the internet; the owner of this installation may allow networks inside")
    description: Words | None = Field(None, max_length=255, examples=["our CRM"])
    events: Events = Field([Event.COMPLETED, Event.FAILED], examples=[["summary.completed", "summary.edited"]])
    shape: ShapeName = Field("wrapup", examples=["wrapup"])

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "url": "https://crm.example.com/hooks/wrapup",
                    "description": "our CRM",
                    "events": ["summary.completed", "summary.failed"],
                    "shape": "wrapup",
                }
            ]
        }
    )


class EndpointChange(Wire):
    """What is given is changed; `enabled` switches the endpoint on again, or off."""

    url: Url | None = None
    description: Words | None = Field(None, max_length=255, examples=["our CRM"])
    events: Events | None = None
    shape: ShapeName | None = None
    enabled: bool | None = Field(None, examples=[True])


class EndpointView(Wire):
    """An endpoint; its secret is shown when it is made, and never again."""

    id: str = Field(examples=[ENDPOINT_EXAMPLE])
    url: str
    description: str | None
    events: list[Subscribable]
    shape: str
    created_at: datetime
    failing_since: datetime | None = Field(description="Its first failure after the last success")
    disabled_at: datetime | None = Field(description="Since then it is told nothing")
    disabled_because: Because | None = Field(
        description="`requested`: by you; `gone`: it answered 410; `failing`: five days without a success"
    )


class EndpointMade(EndpointView):
    """An endpoint with its secret, shown this once."""

    secret: str = Field(
        description="Callbacks are signed with it as Standard Webhooks 1.0.0 says",
        examples=["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )
    former_secret_until: datetime | None = Field(description="Until then the secret before it signs as well")


class EndpointList(Wire):
    """The oldest first."""

    data: list[EndpointView]


class CallbackView(Wire):
    """One event for one endpoint, and how the telling goes."""

    id: str = Field(description="The `webhook-id`, the same on every attempt", examples=[CALLBACK_EXAMPLE])
    endpoint_id: str = Field(examples=[ENDPOINT_EXAMPLE])
    event: Event
    conversation_id: str | None = Field(description="Null: a test")
    revision: int | None
    state: State = Field(description="`failed`: a dead letter; it is told again when you ask for it")
    attempt: int = Field(description="How often it was tried since it was last asked for")
    next_attempt_at: datetime | None
    attempted_at: datetime | None
    status: int | None = Field(description="Of the last answer")
    failure: Failure | None = Field(description="Why the last attempt failed")
    seconds: float | None = Field(description="That the last attempt took")
    created_at: datetime


class CallbackPage(Wire):
    """Newest first; `next_cursor` is given back as `cursor` to read on."""

    data: list[CallbackView]
    has_more: bool
    next_cursor: str | None


class CallbackQuery(BaseModel):
    """What a page of callbacks is narrowed to."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(20, ge=1, le=100)
    cursor: str | None = Field(None, max_length=500, description="`next_cursor` of the page before")
    endpoint_id: str | None = Field(None, max_length=100, examples=[ENDPOINT_EXAMPLE])
    state: State | None = Field(None, description="`failed` lists the dead letters")
    event: Event | None = None


class ReplayBody(Wire):
    """Which callbacks of an endpoint are told again."""

    endpoint_id: str = Field(max_length=100, examples=[ENDPOINT_EXAMPLE])
    since: Moment | None = Field(None, description="Of the event; inclusive", examples=["2026-11-01T00:00:00Z"])
    until: Moment | None = Field(None, description="Exclusive")
    only_failed: bool = Field(True, description="Dead letters only; otherwise also what was told")


class Replayed(Wire):
    """They are on their way."""

    num_replayed: int


def endpoint_view(endpoint: Endpoint) -> EndpointView:
    """An endpoint as callers see it."""
    return EndpointView(**_shown(endpoint))


def endpoint_made(made: Made) -> EndpointMade:
    """An endpoint with its new secret."""
    secrets = made.secrets
    return EndpointMade(**_shown(made.endpoint), secret=secrets.current, former_secret_until=secrets.former_until)


def callback_view(tracked: Tracked) -> CallbackView:
    """A callback as callers see it."""
    callback, job = tracked.callback, tracked.job
    conversation_id = callback.conversation_id
    return CallbackView(
        id=ids.public(ids.CALLBACK, callback.id),
        endpoint_id=ids.public(ids.ENDPOINT, callback.endpoint_id),
        event=Event(callback.event),
        conversation_id=None if conversation_id is None else ids.public(ids.CONVERSATION, conversation_id),
        revision=callback.revision,
        state=job.state,
        attempt=job.attempt,
        next_attempt_at=job.due_at if job.state == "queued" else None,
        attempted_at=callback.attempted_at,
        status=callback.status,
        failure=None if callback.failure is None else Failure(callback.failure),
        seconds=callback.seconds,
        created_at=callback.created_at,
    )


def _shown(endpoint: Endpoint) -> dict[str, object]:
    names = "url description events shape created_at failing_since disabled_at disabled_because".split()
    return {"id": ids.public(ids.ENDPOINT, endpoint.id), **{name: getattr(endpoint, name) for name in names}}
