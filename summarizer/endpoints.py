"""Use cases of endpoints: where a tenant wants to be told, its secret, and a callback to try it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from summarizer import outbound
from summarizer.callbacks import check_enabled
from summarizer.errors import Conflict, NotFound
from summarizer.events import Event
from summarizer.kinds import Kind
from summarizer.reach import check_url, parsed
from summarizer.rotation import Secrets, from_list, to_list
from summarizer.settings import Settings
from summarizer.signatures.standard import new_secret
from summarizer.store import audit, callbacks, endpoints, jobs
from summarizer.store.database import Database
from summarizer.store.tables import Endpoint
from summarizer.submit import Bell, ring
from summarizer.vault import seal, unseal
from summarizer.verdict import Because

MAX_ENDPOINTS = 20  #: of one tenant


@dataclass(frozen=True, slots=True)
class Made:
    """An endpoint, and its secret in clear, which is shown this once."""

    endpoint: Endpoint
    secrets: Secrets


def create(
    database: Database,
    tenant_id: UUID,
    *,
    settings: Settings,
    actor: str,
    url: str,
    description: str | None,
    events: list[str],
    shape: str,
) -> Made:
    """Keep an endpoint with a fresh secret; raises AddressForbidden, and Conflict when there are too many."""
    check(url, settings)
    secrets = Secrets(new_secret())
    with database.begin(tenant_id) as session:
        if endpoints.count_under_lock(session, tenant_id) >= MAX_ENDPOINTS:
            raise Conflict(f"a tenant has at most {MAX_ENDPOINTS} endpoints")
        made = endpoints.add(
            session,
            tenant_id,
            url=url,
            description=description,
            events=events,
            shape=shape,
            secrets=_sealed(secrets, settings),
        )
        audit.note(session, tenant_id, actor=actor, action="endpoint.create", subject=str(made.id))
    return Made(made, secrets)


def change(
    database: Database,
    tenant_id: UUID,
    endpoint_id: UUID,
    *,
    settings: Settings,
    actor: str,
    values: Mapping[str, Any],
    is_enabled: bool | None,
) -> Endpoint:
    """Change what is given, switch it on or off; raises NotFound and AddressForbidden."""
    if "url" in values:
        check(values["url"], settings)
    with database.begin(tenant_id) as session:
        _found(session, endpoint_id)
        if values:
            endpoints.change(session, endpoint_id, values)
        if is_enabled is True:
            endpoints.enable(session, endpoint_id)
        if is_enabled is False:
            endpoints.disable(session, endpoint_id, Because.REQUESTED)
        audit.note(session, tenant_id, actor=actor, action="endpoint.change", subject=str(endpoint_id))
        session.expire_all()
        return _found(session, endpoint_id)


def remove(database: Database, tenant_id: UUID, endpoint_id: UUID, *, actor: str) -> None:
    """Forget an endpoint with its callbacks; raises NotFound."""
    with database.begin(tenant_id) as session:
        if not endpoints.remove(session, endpoint_id):
            raise NotFound("there is no such endpoint")
        audit.note(session, tenant_id, actor=actor, action="endpoint.delete", subject=str(endpoint_id))


def rotate(database: Database, tenant_id: UUID, endpoint_id: UUID, *, settings: Settings, actor: str) -> Made:
    """Give an endpoint a new secret, beside which the former one signs for a day; raises NotFound."""
    with database.begin(tenant_id) as session:
        found = _found(session, endpoint_id)
        secrets = opened(found, settings).rotated(datetime.now(UTC))
        changed = endpoints.change(session, endpoint_id, {"secrets": _sealed(secrets, settings)})
        audit.note(session, tenant_id, actor=actor, action="endpoint.rotate", subject=str(endpoint_id))
    return Made(changed, secrets)


def retire(database: Database, tenant_id: UUID, endpoint_id: UUID, *, settings: Settings, actor: str) -> None:
    """Let the former secret sign no more, before its day is over; raises NotFound."""
    with database.begin(tenant_id) as session:
        found = _found(session, endpoint_id)
        secrets = opened(found, settings).retired()
        endpoints.change(session, endpoint_id, {"secrets": _sealed(secrets, settings)})
        audit.note(session, tenant_id, actor=actor, action="endpoint.retire", subject=str(endpoint_id))


def try_out(database: Database, bell: Bell, tenant_id: UUID, endpoint_id: UUID, *, actor: str) -> UUID:
    """Send a callback about nothing, and give its id; raises NotFound, and Conflict when the endpoint is disabled."""
    with database.begin(tenant_id) as session:
        check_enabled(session, endpoint_id)
        (callback_id,) = callbacks.add(
            session, tenant_id, endpoint_ids=[endpoint_id], event=Event.TEST, subject=uuid4().hex
        )
        job_id = jobs.add_delivery(session, tenant_id, callback_id=callback_id)
        audit.note(session, tenant_id, actor=actor, action="endpoint.try", subject=str(endpoint_id))
        to_ring = jobs.waiting(session, [job_id], kind=Kind.DELIVER)
    ring(bell, tenant_id, to_ring)
    return callback_id


def opened(endpoint: Endpoint, settings: Settings) -> Secrets:
    """An endpoint's secrets in clear."""
    return from_list(unseal(endpoint.secrets, master_key=settings.master_key))


def check(url: str, settings: Settings) -> None:
    """Refuse an address that would never be called; raises AddressForbidden."""
    check_url(parsed(url), outbound.reach(settings))


def _sealed(secrets: Secrets, settings: Settings) -> bytes:
    return seal(to_list(secrets), master_key=settings.master_key)


def _found(session: Session, endpoint_id: UUID) -> Endpoint:
    found = endpoints.find(session, endpoint_id, lock=True)
    if found is None:
        raise NotFound("there is no such endpoint")
    return found
