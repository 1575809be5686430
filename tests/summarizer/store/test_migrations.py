from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pydantic import SecretStr
from sqlalchemy import Connection, Engine, create_engine, inspect, make_url, text

import migrations
from summarizer.settings import Settings
from summarizer.store import tenants
from summarizer.store.database import Database, app_engine, driver_url
from summarizer.store.tables import APP_ROLE, Base, tenant_tables


def _differences(connection: Connection) -> list[object]:
    return list(compare_metadata(MigrationContext.configure(connection), Base.metadata))


def test_migrations_give_the_schema_of_the_models(database_url: str) -> None:
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        assert _differences(connection) == []
    engine.dispose()


def test_downgrade_leaves_nothing_and_upgrade_returns(database_url: str) -> None:
    command.downgrade(migrations.config(database_url), "base")
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        assert inspect(connection).get_table_names() == ["alembic_version"]
    migrations.upgrade(database_url)
    with engine.connect() as connection:
        assert _differences(connection) == []
        assert connection.scalar(text("SELECT version_num FROM alembic_version")) == migrations.head()
    engine.dispose()


def test_every_migration_waits_for_a_lock_no_longer_than_the_template_says() -> None:
    for revision in migrations.history():
        assert revision.count("SET LOCAL lock_timeout") == 2


def test_row_level_security_is_forced_on_every_table_of_a_tenant(database_url: str) -> None:
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relrowsecurity AND relforcerowsecurity")
        )
        assert sorted(rows.scalars()) == tenant_tables()
        assert sorted(connection.execute(text("SELECT tablename FROM pg_policies")).scalars()) == tenant_tables()
    engine.dispose()


def test_the_application_owns_nothing_and_cannot_pass_row_level_security(database_url: str) -> None:
    engine = create_engine(driver_url(database_url))
    with engine.connect() as connection:
        owned = text("SELECT count(*) FROM pg_tables WHERE tableowner = :role")
        assert connection.scalar(owned, {"role": APP_ROLE}) == 0
        rights = text("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = :role")
        assert connection.scalar(rights, {"role": APP_ROLE}) is False
    engine.dispose()


def test_with_a_password_the_application_role_can_log_in(database_url: str) -> None:
    migrations.upgrade(database_url, app_password="it's 100% secret")
    url = driver_url(database_url).set(username=APP_ROLE, password="it's 100% secret")
    engine = create_engine(url)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT current_user")) == APP_ROLE
    engine.dispose()


def test_an_owner_without_superuser_rights_can_migrate_and_act_as_the_application(
    database_url: str, admin: Engine, settings: Settings
) -> None:
    with admin.connect() as connection:
        connection.exec_driver_sql("CREATE ROLE plain_owner LOGIN CREATEROLE PASSWORD 'pw'")
        connection.exec_driver_sql(f"GRANT {APP_ROLE} TO plain_owner WITH ADMIN OPTION")
        connection.exec_driver_sql("CREATE DATABASE plain OWNER plain_owner")
    url = make_url(database_url).set(username="plain_owner", password="pw", database="plain")
    address = url.render_as_string(hide_password=False)
    try:
        migrations.upgrade(address)
        plain = Database(app_engine(settings.model_copy(update={"database_url": SecretStr(address)})))
        with plain.begin(None) as session:
            assert session.scalar(text("SELECT current_user")) == APP_ROLE
            tenants.ensure(session, "acme")
        plain.close()
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql("DROP DATABASE plain WITH (FORCE)")
            connection.exec_driver_sql("DROP ROLE plain_owner")
