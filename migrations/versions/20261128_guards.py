"""Erasure, retention, data keys and rates of tenants, customers of conversations, a chain of hashes over the audit.

Revision: 0007, after 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

APP = "wrapup_app"
TENANT = "nullif(current_setting('app.tenant', true), '')::uuid"
NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
# What hangs on a conversation is found by these when it is erased.
HANGING = {
    "ix_summaries_conversation_id_revision": ("summaries", ["conversation_id", "revision"]),
    "ix_summaries_job_id": ("summaries", ["job_id"]),
    "ix_edits_summary_id": ("edits", ["summary_id"]),
    "ix_idempotency_keys_conversation_id": ("idempotency_keys", ["conversation_id"]),
    "ix_idempotency_keys_job_id": ("idempotency_keys", ["job_id"]),
    "ix_webhook_deliveries_conversation_id": ("webhook_deliveries", ["conversation_id"]),
}
FETCHES = "ix_jobs_source_id_delivery_id"
DELIVERY_KEY = "fk_webhook_deliveries_conversation_id"

# What is hashed of an entry: its fields with an unprintable separator, times in UTC to the microsecond.
ENTRY = (
    "concat_ws(chr(31), {0}.tenant_id, {0}.number, "
    """to_char({0}.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), """
    "{0}.actor, {0}.action, {0}.subject)"
)
# One entry of a tenant after the other. The lock is held until the commit, so entries are written last.
CHAIN = f"""
CREATE FUNCTION chain_audit() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    last record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('audit ' || NEW.tenant_id, 0));
    SELECT number, hash INTO last FROM audit WHERE tenant_id = NEW.tenant_id ORDER BY number DESC LIMIT 1;
    NEW.number := coalesce(last.number, 0) + 1;
    NEW.hash := sha256(coalesce(last.hash, ''::bytea) || convert_to({ENTRY.format("NEW")}, 'UTF8'));
    RETURN NEW;
END $$
"""
EARLIER = f"""
DO $$
DECLARE
    one record;
    before record;
BEGIN
    FOR one IN SELECT * FROM audit ORDER BY tenant_id, id LOOP
        IF before IS NULL OR before.tenant_id <> one.tenant_id THEN
            SELECT one.tenant_id AS tenant_id, 0::bigint AS number, ''::bytea AS hash INTO before;
        END IF;
        one.number := before.number + 1;
        one.hash := sha256(before.hash || convert_to({ENTRY.format("one")}, 'UTF8'));
        UPDATE audit SET number = one.number, hash = one.hash WHERE id = one.id;
        SELECT one.tenant_id AS tenant_id, one.number AS number, one.hash AS hash INTO before;
    END LOOP;
END $$
"""


def upgrade() -> None:
    """Code of the revision before must still run on this schema."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("tenants", sa.Column("data_keys", sa.LargeBinary(), nullable=True))
    op.add_column("tenants", sa.Column("retention_days", sa.Integer(), nullable=True))
    op.add_column("tenants", sa.Column("requests_per_second", sa.Float(), nullable=True))
    op.execute(f"GRANT UPDATE (data_keys, retention_days, requests_per_second) ON tenants TO {APP}")
    op.add_column("conversations", sa.Column("customer", sa.LargeBinary(), nullable=True))
    op.create_index(
        op.f("ix_conversations_customer"),
        "conversations",
        ["customer"],
        postgresql_where=sa.text("customer IS NOT NULL"),
    )
    for index, (table, columns) in HANGING.items():
        op.create_index(op.f(index), table, columns)
    by_source = sa.text("source_id IS NOT NULL")
    op.create_index(op.f(FETCHES), "jobs", ["source_id", "delivery_id"], postgresql_where=by_source)
    _open_jobs("tenant_id", "state", "kind", "due_at")
    _erasures()
    _audit()
    op.drop_constraint(DELIVERY_KEY, "webhook_deliveries")
    op.create_foreign_key(
        DELIVERY_KEY, "webhook_deliveries", "conversations", ["conversation_id"], ["id"], ondelete="SET NULL"
    )


def downgrade() -> None:
    """What was erased stays erased; that it was is forgotten."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint(DELIVERY_KEY, "webhook_deliveries")
    op.create_foreign_key(
        DELIVERY_KEY, "webhook_deliveries", "conversations", ["conversation_id"], ["id"], ondelete="CASCADE"
    )
    op.execute("DROP TRIGGER chain_audit ON audit")
    op.execute("DROP FUNCTION chain_audit()")
    op.drop_column("audit", "hash")
    op.drop_column("audit", "number")
    op.drop_table("erasures")
    op.drop_index(op.f(FETCHES), "jobs")
    for index, (table, _) in HANGING.items():
        op.drop_index(op.f(index), table)
    _open_jobs("tenant_id", "state", "due_at")
    op.drop_column("conversations", "customer")
    for column in ("data_keys", "retention_days", "requests_per_second"):
        op.drop_column("tenants", column)


def _open_jobs(*columns: str) -> None:
    """With the kind in it, how many of a kind wait is counted without reading those of another."""
    is_open = sa.text("state IN ('queued', 'running')")
    op.drop_index("ix_jobs_open", table_name="jobs", postgresql_where=is_open)
    op.create_index("ix_jobs_open", "jobs", list(columns), unique=False, postgresql_where=is_open)


def _erasures() -> None:
    op.create_table(
        "erasures",
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("models", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("reason IN ('conversation', 'customer', 'retention')", name=op.f("ck_erasures_reason")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_erasures_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_erasures")),
    )
    op.create_index(op.f("ix_erasures_tenant_id"), "erasures", ["tenant_id"], unique=False)
    op.execute("ALTER TABLE erasures ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE erasures FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY of_tenant ON erasures USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON erasures TO {APP}")


def _audit() -> None:
    """The chain begins with the entries there are; an owner that row-level security holds back must see them."""
    op.add_column("audit", sa.Column("number", sa.BigInteger(), nullable=True))
    op.add_column("audit", sa.Column("hash", sa.LargeBinary(), nullable=True))
    op.execute("ALTER TABLE audit NO FORCE ROW LEVEL SECURITY")
    op.execute(EARLIER)
    op.execute("ALTER TABLE audit FORCE ROW LEVEL SECURITY")
    op.alter_column("audit", "number", nullable=False, server_default=sa.text("0"))
    op.alter_column("audit", "hash", nullable=False, server_default=sa.text("''::bytea"))
    op.create_unique_constraint(op.f("uq_audit_tenant_id_number"), "audit", ["tenant_id", "number"])
    op.execute(CHAIN)
    op.execute("CREATE TRIGGER chain_audit BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION chain_audit()")
