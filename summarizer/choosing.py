"""Use cases of backends: which there are for a tenant, and which it chooses for itself or for one of its queues."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from summarizer.errors import InvalidRequest
from summarizer.specs import Specs
from summarizer.store import audit, choices, tenants
from summarizer.store.choices import Choice
from summarizer.store.database import Database

MAX_BACKENDS = 8


@dataclass(frozen=True, slots=True)
class Available:
    """One backend as a tenant sees it."""

    name: str
    kind: str
    is_on_premises: bool
    is_allowed: bool  #: for this tenant's words


def available(database: Database, tenant_id: UUID, specs: Specs) -> list[Available]:
    """Every backend of the installation, ours first."""
    with database.begin(tenant_id) as session:
        limits = tenants.limits(session, tenant_id)
    return [
        Available(
            name,
            spec.kind,
            is_on_premises=spec.is_on_premises,
            is_allowed=spec.is_on_premises or not limits.on_premises_only,
        )
        for name, spec in specs.items()
    ]


def choose(
    database: Database, tenant_id: UUID, backends: Sequence[str], *, queue: str | None, specs: Specs, actor: str
) -> Choice:
    """From now on each of these is asked when those before it cannot; raises InvalidRequest."""
    _check(backends, {one.name: one for one in available(database, tenant_id, specs)})
    with database.begin(tenant_id) as session:
        choice = choices.add(session, tenant_id, queue=queue, author=actor, backends=backends)
        audit.note(session, tenant_id, actor=actor, action="backends.choose", subject=str(choice.id))
        return choice


def counting(database: Database, tenant_id: UUID, *, queue: str | None, default: Sequence[str]) -> tuple[str, ...]:
    """The backends that are asked for a conversation of this queue, in their order; the default where none chose."""
    with database.begin(tenant_id) as session:
        choice = choices.current(session, queue=queue)
    return tuple(default) if choice is None else choice.backends


def _check(backends: Sequence[str], known: dict[str, Available]) -> None:
    if not 1 <= len(backends) <= MAX_BACKENDS:
        raise InvalidRequest(f"choose 1 to {MAX_BACKENDS} backends", field="/backends")
    for index, name in enumerate(backends):
        where = f"/backends/{index}"
        if name not in known:
            raise InvalidRequest(f"there is none of this name; there are {', '.join(known)}", field=where)
        if not known[name].is_allowed:
            raise InvalidRequest("this tenant's words may not leave the premises", field=where)
        if name in backends[:index]:
            raise InvalidRequest("it stands before already", field=where)
