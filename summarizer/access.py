"""Letting others in: API keys for callers, sources for platforms."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum

from summarizer.errors import InvalidRequest
from summarizer.keys import Key, Scope, new_key, source_token
from summarizer.settings import Settings
from summarizer.signatures.standard import is_secret, new_secret
from summarizer.store import tenants, webhooks
from summarizer.store.database import Database
from summarizer.vault import seal


class Platform(StrEnum):
    """Who can send webhooks."""

    STANDARD = "standard"  #: anybody who signs as Standard Webhooks 1.0.0 says


def create_key(database: Database, tenant: str, *, name: str, scopes: list[Scope], expires_in: timedelta | None) -> Key:
    """A new key of a tenant, which is created if there is none of this name."""
    with database.begin(None) as session:
        tenant_id = tenants.ensure(session, tenant)
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
    return key


def create_source(
    database: Database, settings: Settings, tenant: str, *, platform: Platform, secret: str | None
) -> tuple[str, str]:
    """Webhook address and signing secret of a new sender; raises InvalidRequest for a bad secret."""
    signing = secret or new_secret()
    if not is_secret(signing):
        raise InvalidRequest("a secret is `whsec_` and 24 to 64 bytes in base64", field="secret")
    with database.begin(None) as session:
        tenant_id = tenants.ensure(session, tenant)
    with database.begin(tenant_id) as session:
        sealed = seal([signing], master_key=settings.master_key)
        source_id = webhooks.add_source(session, tenant_id, platform=platform, secrets=sealed)
    return f"/v1/webhooks/{platform}?source={source_token(tenant_id, source_id)}", signing
