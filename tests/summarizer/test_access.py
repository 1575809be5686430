"""Who may send: sources, their options, and how one secret replaces another."""

import json
from datetime import timedelta
from functools import partial
from uuid import uuid4

import pytest
from sqlalchemy import text

from summarizer.access import (
    create_key,
    create_source,
    list_keys,
    list_sources,
    retire_source,
    revoke_key,
    rotate_key,
    rotate_source,
)
from summarizer.errors import InvalidRequest, NotFound
from summarizer.keys import Scope, key_name, source_of, source_token
from summarizer.platforms import Platform
from summarizer.settings import Settings
from summarizer.store import webhooks
from summarizer.store.database import Database
from summarizer.store.tables import WebhookSource
from summarizer.vault import unseal
from tests.platforms import SECRET, WHSEC


def _token(database: Database, settings: Settings, platform: Platform = Platform.ZOOM, secret: str = SECRET) -> str:
    address, _ = create_source(database, settings, "acme", platform=platform, secret=secret)
    return address.partition("source=")[2]


def _secrets(database: Database, settings: Settings, token: str) -> list[str]:
    tenant_id, source_id = source_of(token)
    with database.begin(tenant_id) as session:
        found = webhooks.source(session, source_id)
    assert found is not None
    return unseal(found.secrets, master_key=settings.master_key)


def test_at_most_two_secrets_are_good_and_the_newest_stands_first(database: Database, settings: Settings) -> None:
    token = _token(database, settings)
    made = [rotate_source(database, settings, token, secret=None) for _ in range(3)]
    assert _secrets(database, settings, token) == [made[2], made[1]]
    retire_source(database, settings, token)
    retire_source(database, settings, token)
    assert _secrets(database, settings, token) == [made[2]]


def test_a_secret_does_not_replace_itself(database: Database, settings: Settings) -> None:
    token = _token(database, settings)
    with pytest.raises(InvalidRequest, match="present"):
        rotate_source(database, settings, token, secret=SECRET)
    assert _secrets(database, settings, token) == [SECRET]


@pytest.mark.parametrize(
    ("platform", "secret"),
    [
        (Platform.STANDARD, SECRET),
        (Platform.STANDARD, "whsec_AAAA"),
        (Platform.ZOOM, "short"),
        (Platform.TWILIO, "with a space in its middle"),
        (Platform.GENESYS, "é" * 20),
        (Platform.AMAZON, "x" * 256),
    ],
)
def test_a_secret_is_one_that_the_platform_can_have(
    database: Database, settings: Settings, platform: Platform, secret: str
) -> None:
    with pytest.raises(InvalidRequest):
        create_source(database, settings, "acme", platform=platform, secret=secret)
    token = _token(database, settings, platform, WHSEC)
    with pytest.raises(InvalidRequest):
        rotate_source(database, settings, token, secret=secret)


def test_options_are_kept_by_type_and_credentials_are_sealed(database: Database, settings: Settings) -> None:
    address, _ = create_source(
        database,
        settings,
        "acme",
        platform=Platform.GENESYS,
        secret=SECRET,
        options=[("forwarder", "true"), ("signature_encoding", "hex"), ("region", "mypurecloud.ie")],
        credentials={"client_id": "c", "client_secret": "very secret"},
    )
    tenant_id, source_id = source_of(address.partition("source=")[2])
    with database.begin(tenant_id) as session:
        row = session.get_one(WebhookSource, source_id)
        assert row.options == {"forwarder": True, "signature_encoding": "hex", "region": "mypurecloud.ie"}
        assert row.credentials is not None
        assert b"very secret" not in row.credentials
        [opened] = unseal(row.credentials, master_key=settings.master_key)
    assert json.loads(opened)["client_secret"] == "very secret"


@pytest.mark.parametrize(
    ("platform", "option"),
    [
        (Platform.ZOOM, ("topics", "x")),
        (Platform.AMAZON, ("confirm", "perhaps")),
        (Platform.GENESYS, ("signature_encoding", "base32")),
    ],
)
def test_an_option_that_nobody_reads_is_refused(
    database: Database, settings: Settings, platform: Platform, option: tuple[str, str]
) -> None:
    with pytest.raises(InvalidRequest):
        create_source(database, settings, "acme", platform=platform, secret=SECRET, options=[option])


def test_a_credential_that_nobody_reads_is_refused(database: Database, settings: Settings) -> None:
    with pytest.raises(InvalidRequest, match="account_sid, auth_token"):
        create_source(
            database, settings, "acme", platform=Platform.TWILIO, secret=SECRET, credentials={"password": "x"}
        )


def test_every_tenants_sources_are_listed_without_their_secrets(database: Database, settings: Settings) -> None:
    token = _token(database, settings)
    rotate_source(database, settings, token, secret=None)
    create_source(database, settings, "other", platform=Platform.AMAZON, secret=None)
    listed = list_sources(database, settings)
    assert [(one.tenant, one.platform, one.num_secrets) for one in listed] == [
        ("acme", "zoom", 2),
        ("other", "amazon", 1),
    ]
    assert listed[0].token == token
    assert SECRET not in repr(listed)


def test_a_rotated_key_may_what_the_former_may_for_as_long(database: Database) -> None:
    scopes = [Scope.READ, Scope.EDIT]
    first = create_key(database, "acme", name="crm", scopes=scopes, expires_in=timedelta(days=90))
    second = rotate_key(database, first.name, overlap=timedelta(days=1))
    former, latter = list_keys(database)
    assert (former.named, latter.named) == (first.name, second.name)
    assert (former.key.name, former.key.scopes) == (latter.key.name, latter.key.scopes) == ("crm", ("read", "edit"))
    assert former.key.expires_at is not None
    assert latter.key.expires_at is not None
    assert timedelta(hours=23) < former.key.expires_at - latter.key.created_at <= timedelta(days=1)
    assert timedelta(days=89) < latter.key.expires_at - latter.key.created_at <= timedelta(days=91)
    assert "secret" not in repr(former)


def test_an_overlap_lets_no_key_live_longer_than_it_would_have(database: Database) -> None:
    first = create_key(database, "acme", name="crm", scopes=[Scope.READ], expires_in=timedelta(hours=1))
    before = list_keys(database)[0].key.expires_at
    rotate_key(database, first.name, overlap=timedelta(days=7))
    assert list_keys(database)[0].key.expires_at == before


def test_only_a_live_key_is_rotated_and_each_change_is_noted(database: Database) -> None:
    first = create_key(database, "acme", name="crm", scopes=[Scope.READ], expires_in=None)
    second = rotate_key(database, first.text, overlap=timedelta(0))  # a whole key names itself
    with pytest.raises(NotFound):
        rotate_key(database, first.name, overlap=timedelta(0))
    revoke_key(database, second.text)
    for refused in (revoke_key, partial(rotate_key, overlap=timedelta(0))):
        with pytest.raises(NotFound):
            refused(database, second.name)
        with pytest.raises(InvalidRequest):
            refused(database, "a key")
        with pytest.raises(NotFound):
            refused(database, key_name(uuid4(), second.id))
    noted = text("SELECT action, actor, subject FROM audit ORDER BY number")
    with database.begin(first.tenant_id) as session:
        assert [tuple(row) for row in session.execute(noted)] == [
            ("key.create", "operator", str(first.id)),
            ("key.rotate", "operator", f"{first.id}/{second.id}"),
            ("key.revoke", "operator", str(second.id)),
        ]


def test_only_what_is_there_can_be_changed(database: Database, settings: Settings) -> None:
    with pytest.raises(InvalidRequest):
        rotate_source(database, settings, "nobody", secret=None)
    tenant_id, _ = source_of(_token(database, settings))
    with pytest.raises(NotFound):
        retire_source(database, settings, source_token(tenant_id, uuid4()))
