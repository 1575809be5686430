"""Letting others in: API keys for callers, sources for platforms, and what a tenant allows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from summarizer.errors import InvalidRequest, NotFound
from summarizer.keys import Key, Scope, key_name, key_named, new_key, source_of, source_token
from summarizer.platforms import PLATFORMS, Platform
from summarizer.settings import Settings
from summarizer.signatures import genesys
from summarizer.signatures.standard import new_secret
from summarizer.store import audit, jobs, tenants, webhooks
from summarizer.store.database import Database
from summarizer.store.tenants import KeptKey
from summarizer.vault import seal, unseal

OPERATOR = "operator"  #: who acts by the command line
TRUE, FALSE = ("true", "yes", "1"), ("false", "no", "0")


@dataclass(frozen=True, slots=True)
class Listed:
    """A sender as it is shown: no secret of it."""

    token: str
    tenant: str
    platform: str
    num_secrets: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ListedKey:
    """A key as it is shown, by its tenant and its own name: no secret of it."""

    named: str
    tenant: str
    key: KeptKey


def create_key(
    database: Database,
    tenant: str,
    *,
    name: str,
    scopes: list[Scope],
    expires_in: timedelta | None,
    actor: str = OPERATOR,
) -> Key:
    """A new key of a tenant, which is created if there is none of this name."""
    tenant_id = _ensured(database, tenant)
    key = new_key(tenant_id)
    with database.begin(tenant_id) as session:
        tenants.add_key(
            session,
            tenant_id,
            key_id=key.id,
            name=name,
            secret_hash=key.secret_hash,
            scopes=[str(scope) for scope in scopes],
            expires_at=None if expires_in is None else datetime.now(UTC) + expires_in,
        )
        audit.note(session, tenant_id, actor=actor, action="key.create", subject=str(key.id))
    return key


def list_keys(database: Database) -> list[ListedKey]:
    """Every tenant's keys, those that ended as well."""
    listed = []
    with database.begin(None) as session:
        names = tenants.names(session)
    for tenant_id, name in names.items():
        with database.begin(tenant_id) as session:
            listed += [ListedKey(key_name(tenant_id, one.id), name, one) for one in tenants.all_keys(session)]
    return listed


def rotate_key(database: Database, named: str, *, overlap: timedelta) -> Key:
    """A new key with the name, the scopes and the lifetime of a live one, which lives on for the overlap."""
    tenant_id, key_id = _key_named(named)
    key = new_key(tenant_id)
    with database.begin(tenant_id) as session:
        former = tenants.key_to_change(session, key_id)
        if former is None:
            raise NotFound("there is no such live key")
        lifetime = None if former.expires_at is None else former.expires_at - former.created_at
        tenants.add_key(
            session,
            tenant_id,
            key_id=key.id,
            name=former.name,
            secret_hash=key.secret_hash,
            scopes=list(former.scopes),
            expires_at=None if lifetime is None else datetime.now(UTC) + lifetime,
        )
        tenants.end_key(session, key_id, after=overlap)
        audit.note(session, tenant_id, actor=OPERATOR, action="key.rotate", subject=f"{key_id}/{key.id}")
    return key


def revoke_key(database: Database, named: str) -> None:
    """End a key now: each request looks its key up, so the next one is refused."""
    tenant_id, key_id = _key_named(named)
    with database.begin(tenant_id) as session:
        if not tenants.revoke_key(session, key_id):
            raise NotFound("there is no such key, or it was revoked before")
        audit.note(session, tenant_id, actor=OPERATOR, action="key.revoke", subject=str(key_id))


def create_source(
    database: Database,
    settings: Settings,
    tenant: str,
    *,
    platform: Platform,
    secret: str | None,
    options: Sequence[tuple[str, str]] = (),
    credentials: Mapping[str, str] | None = None,
    actor: str = OPERATOR,
) -> tuple[str, str]:
    """Webhook address and signing secret of a new sender; raises InvalidRequest for what the platform does not know."""
    signing = _secret(platform, secret)
    read = _options(platform, options)
    unknown = set(credentials or ()) - PLATFORMS[platform].credentials
    if unknown:
        raise InvalidRequest(_known(platform, PLATFORMS[platform].credentials), field="credential")
    tenant_id = _ensured(database, tenant)
    with database.begin(tenant_id) as session:
        key = settings.master_key
        source_id = webhooks.add_source(
            session,
            tenant_id,
            platform=platform,
            secrets=seal([signing], master_key=key),
            options=read,
            credentials=seal([json.dumps(dict(credentials))], master_key=key) if credentials else None,
        )
        audit.note(session, tenant_id, actor=actor, action="source.create", subject=str(source_id))
    return f"/v1/webhooks/{platform}?source={source_token(tenant_id, source_id)}", signing


def list_sources(database: Database, settings: Settings) -> list[Listed]:
    """Every tenant's senders."""
    listed = []
    with database.begin(None) as session:
        names = tenants.names(session)
    for tenant_id, name in names.items():
        with database.begin(tenant_id) as session:
            for one in webhooks.all_sources(session):
                num_secrets = len(unseal(one.secrets, master_key=settings.master_key))
                token = source_token(tenant_id, one.id)
                listed.append(Listed(token, name, one.platform, num_secrets, one.created_at))
    return listed


def rotate_source(
    database: Database, settings: Settings, token: str, *, secret: str | None, actor: str = OPERATOR
) -> str:
    """A sender's new secret; the one before stays good until it is retired, an older one no longer."""
    tenant_id, source_id = _named(token)
    with database.begin(tenant_id) as session:
        source = _to_change(webhooks.source_to_change(session, source_id))
        signing = _secret(Platform(source.platform), secret)
        newest, *_ = unseal(source.secrets, master_key=settings.master_key)
        if signing == newest:
            raise InvalidRequest("this is the present secret", field="secret")
        webhooks.set_secrets(session, source_id, seal([signing, newest], master_key=settings.master_key))
        audit.note(session, tenant_id, actor=actor, action="source.rotate", subject=str(source_id))
    return signing


def retire_source(database: Database, settings: Settings, token: str, *, actor: str = OPERATOR) -> None:
    """From now on only a sender's newest secret is good."""
    tenant_id, source_id = _named(token)
    with database.begin(tenant_id) as session:
        source = _to_change(webhooks.source_to_change(session, source_id))
        newest, *_ = unseal(source.secrets, master_key=settings.master_key)
        webhooks.set_secrets(session, source_id, seal([newest], master_key=settings.master_key))
        audit.note(session, tenant_id, actor=actor, action="source.retire", subject=str(source_id))


def fetch_again(database: Database, token: str, *, actor: str = OPERATOR) -> int:
    """Fetch once more what a sender named and could not be had; how much."""
    tenant_id, source_id = _named(token)
    with database.begin(tenant_id) as session:
        _to_change(webhooks.source_to_change(session, source_id))
        audit.note(session, tenant_id, actor=actor, action="source.fetch", subject=str(source_id))
        return jobs.fetch_again(session, source_id)


def _key_named(named: str) -> tuple[UUID, UUID]:
    try:
        return key_named("_".join(named.split("_")[:3]))  # a whole key names itself as well, as one that leaked
    except ValueError:
        raise InvalidRequest("a key is named as `wrapup keys list` shows it", field="key") from None


def allow_training(database: Database, tenant: str, *, is_allowed: bool, actor: str = OPERATOR) -> None:
    """Whether a tenant's corrections may be learned from; the tenant is created if there is none of this name."""
    tenant_id = _ensured(database, tenant)
    with database.begin(tenant_id) as session:
        tenants.allow_training(session, tenant_id, is_allowed=is_allowed)
        action = "training.allow" if is_allowed else "training.forbid"
        audit.note(session, tenant_id, actor=actor, action=action, subject=str(tenant_id))


def set_seal_key(database: Database, tenant: str, public_key: bytes | None, *, actor: str = OPERATOR) -> None:
    """To whom a tenant's originals are sealed; the tenant is created if there is none of this name."""
    tenant_id = _ensured(database, tenant)
    with database.begin(tenant_id) as session:
        tenants.set_seal_key(session, tenant_id, public_key)
        action = "seal.off" if public_key is None else "seal.set"
        audit.note(session, tenant_id, actor=actor, action=action, subject=str(tenant_id))


def tenant_named(database: Database, tenant: str) -> UUID:
    """The tenant of this name; raises NotFound."""
    with database.begin(None) as session:
        return tenants.named(session, tenant)


def _ensured(database: Database, tenant: str) -> UUID:
    with database.begin(None) as session:
        return tenants.ensure(session, tenant)


def _named(token: str) -> tuple[UUID, UUID]:
    try:
        return source_of(token)
    except ValueError:
        raise InvalidRequest("a source is `src_` and two numbers, as its address says", field="source") from None


def _to_change(source: webhooks.Source | None) -> webhooks.Source:
    if source is None:
        raise NotFound("there is no such source")
    return source


def _secret(platform: Platform, secret: str | None) -> str:
    signing = secret or new_secret()
    if not PLATFORMS[platform].can_be_secret(signing):
        raise InvalidRequest(PLATFORMS[platform].secret, field="secret")
    return signing


def _options(platform: Platform, options: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """Options by name, each of its type; a list is given by repeating."""
    read: dict[str, Any] = {}
    for name, text in options:
        kind = PLATFORMS[platform].options.get(name)
        if kind is None:
            raise InvalidRequest(_known(platform, PLATFORMS[platform].options), field="option")
        if kind is list:
            read[name] = [*read.get(name, []), text]
        else:
            read[name] = _switch(text) if kind is bool else text
    if read.get("signature_encoding", "hex") not in genesys.ENCODINGS:
        raise InvalidRequest(f"a signature is written in {' or '.join(genesys.ENCODINGS)}", field="signature_encoding")
    return read


def _switch(text: str) -> bool:
    if text.lower() not in TRUE + FALSE:
        raise InvalidRequest("say true or false", field="option")
    return text.lower() in TRUE


def _known(platform: Platform, names: Mapping[str, type] | frozenset[str]) -> str:
    return f"{platform} knows {', '.join(sorted(names)) or 'none'}"
