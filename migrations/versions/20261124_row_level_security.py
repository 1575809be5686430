"""Row-level security: the application sees the rows of the transaction's tenant, and no others.

Revision: 0002, after 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APP = "wrapup_app"
TENANT = "nullif(current_setting('app.tenant', true), '')::uuid"
TENANT_TABLES = (
    "api_keys",
    "conversations",
    "edits",
    "idempotency_keys",
    "jobs",
    "ratings",
    "revisions",
    "summaries",
    "webhook_deliveries",
    "webhook_sources",
)
SHARED_TABLES = ("model_versions", "nightly_runs", "tenants")


def upgrade() -> None:
    """The role belongs to the whole cluster, so another database may have made it already."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(
        f"DO $$ BEGIN CREATE ROLE {APP} NOLOGIN NOSUPERUSER NOBYPASSRLS; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
    op.execute(f"GRANT {APP} TO CURRENT_USER")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {APP}")
    for table in (*TENANT_TABLES, "audit"):
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY of_tenant ON {table} USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})")
    for table in TENANT_TABLES:
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")
    for table in (*SHARED_TABLES, "audit"):
        op.execute(f"GRANT SELECT, INSERT ON {table} TO {APP}")
    op.execute(f"GRANT SELECT ON alembic_version TO {APP}")


def downgrade() -> None:
    """The role stays, for other databases of the cluster may use it."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(f"REVOKE SELECT ON alembic_version FROM {APP}")
    for table in (*TENANT_TABLES, *SHARED_TABLES, "audit"):
        op.execute(f"REVOKE ALL ON {table} FROM {APP}")
    for table in (*TENANT_TABLES, "audit"):
        op.execute(f"DROP POLICY of_tenant ON {table}")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
