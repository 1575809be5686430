"""Who is asking: bearer keys, checked before the body is read."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from fastapi.security import HTTPBearer

from api.cursor import Paging
from api.dependencies import Parts, Service
from api.rates import Rates
from summarizer.errors import NotPermitted, Unauthenticated
from summarizer.keys import Key, Scope, parse_key
from summarizer.store import tenants
from summarizer.vault import newest

_scheme = HTTPBearer(auto_error=False, description="An API key made by `wrapup keys create`")


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose key it is; `actor` names the key in the audit."""

    tenant_id: UUID
    actor: str


def caller_with(scope: Scope) -> Callable[..., Caller]:
    """A dependency that lets in a live key with this scope.

    It raises Unauthenticated, one and the same for every bad key, TooManyRequests or NotPermitted.
    """

    def caller(request: Request, service: Service, _: Annotated[object, Depends(_scheme)]) -> Caller:
        key = _presented(request)
        with service.database.begin(key.tenant_id) as session:
            live = tenants.live_key(session, key.id)
            if live is None or not key.is_proven_by(live.secret_hash):
                raise _refused()
            rates_of(request).count(key.tenant_id, per_second=live.requests_per_second)
            tenants.note_use(session, key.id)
        if scope not in live.scopes:
            raise NotPermitted(f"the key needs the scope {scope}")
        return Caller(key.tenant_id, f"key:{key.id}")

    return caller


Ingester = Annotated[Caller, Depends(caller_with(Scope.INGEST))]
Reader = Annotated[Caller, Depends(caller_with(Scope.READ))]
Editor = Annotated[Caller, Depends(caller_with(Scope.EDIT))]
Eraser = Annotated[Caller, Depends(caller_with(Scope.ERASE))]
Configurer = Annotated[Caller, Depends(caller_with(Scope.CONFIGURE))]


def rates_of(request: Request) -> Rates:
    """Where requests are counted, once it is known whose they are."""
    found: Rates = request.app.state.rates
    return found


def paging_of(caller: Caller, service: Parts, *, limit: int) -> Paging:
    """How the caller's lists are cut into pages."""
    return Paging(caller.tenant_id, newest(service.settings.master_key), limit)


def _presented(request: Request) -> Key:
    presented = request.headers.getlist("authorization")
    if len(presented) != 1:
        raise _refused()
    scheme, _, text = presented[0].partition(" ")
    key = parse_key(text.strip()) if scheme.lower() == "bearer" else None
    if key is None:
        raise _refused()
    return key


def _refused() -> Unauthenticated:
    return Unauthenticated("send one `Authorization: Bearer` header with a live API key")
