"""Three probes that mean different things, as Kubernetes asks for them."""

from typing import Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from api.dependencies import Service
from summarizer.errors import Unavailable

router = APIRouter(tags=["health"])


class Health(BaseModel):
    """What was looked at, and how it is."""

    status: Literal["ok", "failing"]
    checks: dict[str, str]


@router.get("/livez")
def live() -> Health:
    """The process answers; nothing it depends on is asked, for restarting would not mend that."""
    return Health(status="ok", checks={})


@router.get("/readyz", responses={503: {"model": Health}})
def ready(service: Service, response: Response) -> Health:
    """Conversations can be stored. Without the queue they wait, so the queue does not count."""
    is_answering = service.database.is_answering()
    return _told(response, is_ok=is_answering, checks={"postgres": "ok" if is_answering else "does not answer"})


@router.get("/startupz", responses={503: {"model": Health}})
def started(service: Service, response: Response) -> Health:
    """The database has a schema."""
    try:
        with service.database.begin(None) as session:
            revision = session.scalar(text("SELECT version_num FROM alembic_version"))
    except (Unavailable, ProgrammingError):
        revision = None
    return _told(response, is_ok=revision is not None, checks={"schema": revision or "not migrated"})


def _told(response: Response, *, is_ok: bool, checks: dict[str, str]) -> Health:
    response.status_code = 200 if is_ok else 503
    return Health(status="ok" if is_ok else "failing", checks=checks)
