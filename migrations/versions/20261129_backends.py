"""Backends to choose from, what each summary costs, caps of tenants, traces of jobs, and the work of all tenants.

Revision: 0008, after 0007
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

APP = "wrapup_app"
MONITOR = "wrapup_monitor"  # scales and alerts: may call `backlog()`, and read no row of any table
TENANT = "nullif(current_setting('app.tenant', true), '')::uuid"
COUNTS = (
    "num_summaries num_failed num_prompts prompt_tokens completion_tokens cached_tokens prompt_characters "
    "completion_characters"
).split()

# Row-level security shows one tenant's jobs at a time, so each is asked in its turn. Whoever scales or alerts needs
# no more than this: how many jobs of a kind wait or run, and for how many seconds the first has been due. It acts as
# the owner, so that its callers need no right to any table; an owner may be free of row-level security, hence the
# tenant once more. Temporary tables come last, or a caller could lay one of theirs under it.
BACKLOG = """
CREATE FUNCTION backlog() RETURNS TABLE (kind text, is_running boolean, num_jobs bigint, oldest_seconds float8)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    one uuid;
    before text := current_setting('app.tenant', true);
BEGIN
    FOR one IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', one::text, true);
        RETURN QUERY
            SELECT jobs.kind, jobs.state = 'running', count(*),
                   greatest(extract(epoch FROM now() - min(jobs.due_at)), 0)::float8
            FROM jobs
            WHERE jobs.tenant_id = one
              AND jobs.state IN ('queued', 'running') AND (jobs.state = 'running' OR jobs.due_at <= now())
            GROUP BY 1, 2;
    END LOOP;
    PERFORM set_config('app.tenant', coalesce(before, ''), true);
END $$
"""

# Current revisions, accepted in the last two days, that nobody works on and that came to nothing: a summary, a failure,
# or a newer revision. There are none, or something is lost. What was erased has no row and does not count.
# Three ranges of indexes are held against each other; the few rows that are left, as failures are, are looked up one by
# one, and the counts in brackets keep the planner from reading whole tables for them.
UNACCOUNTED = """
CREATE FUNCTION unaccounted() RETURNS bigint
LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
DECLARE
    one uuid;
    found bigint;
    total bigint := 0;
    since timestamptz := now() - interval '2 days';
    before text := current_setting('app.tenant', true);
BEGIN
    FOR one IN SELECT id FROM tenants LOOP
        PERFORM set_config('app.tenant', one::text, true);
        SELECT count(*) INTO found FROM (
            SELECT r.conversation_id, r.revision FROM revisions r
            WHERE r.tenant_id = one AND r.created_at BETWEEN since AND now() - interval '1 minute'
                AND NOT EXISTS (
                    SELECT FROM summaries s
                    WHERE s.tenant_id = one AND s.created_at >= since
                        AND s.conversation_id = r.conversation_id AND s.revision = r.revision
                )
                AND NOT EXISTS (
                    SELECT FROM jobs j
                    WHERE j.tenant_id = one AND j.state IN ('queued', 'running')
                        AND j.conversation_id = r.conversation_id AND j.revision = r.revision
                )
            OFFSET 0
        ) without
        WHERE (SELECT c.revision FROM conversations c WHERE c.id = without.conversation_id) = without.revision
            AND (
                SELECT count(*) FROM jobs j
                WHERE j.conversation_id = without.conversation_id AND j.revision = without.revision
                    AND j.state IN ('failed', 'canceled')
            ) = 0;
        total := total + found;
    END LOOP;
    PERFORM set_config('app.tenant', coalesce(before, ''), true);
    RETURN total;
END $$
"""


def upgrade() -> None:
    """Code of the revision before must still run on this schema."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column(
        "tenants", sa.Column("on_premises_only", sa.Boolean(), server_default=sa.text("false"), nullable=False)
    )
    op.add_column("tenants", sa.Column("soft_cap", sa.Numeric(18, 6), nullable=True))
    op.add_column("tenants", sa.Column("hard_cap", sa.Numeric(18, 6), nullable=True))
    op.add_column("tenants", sa.Column("soft_cap_met", sa.Date(), nullable=True))
    op.add_column("tenants", sa.Column("hard_cap_met", sa.Date(), nullable=True))
    limits = "on_premises_only, soft_cap, hard_cap, soft_cap_met, hard_cap_met"
    op.execute(f"GRANT UPDATE ({limits}) ON tenants TO {APP}")
    op.add_column("jobs", sa.Column("trace", sa.Text(), nullable=True))
    for column in (
        sa.Column("backend", sa.Text(), server_default="wrapup", nullable=False),
        sa.Column("because", sa.Text(), nullable=True),
        sa.Column("meter", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("watt_hours", sa.Float(), nullable=True),
        sa.Column("money", sa.Numeric(18, 9), nullable=True),
        sa.Column("currency", sa.Text(), nullable=True),
    ):
        op.add_column("summaries", column)
    _choices()
    _costs()
    _backlog()
    op.create_index("ix_revisions_tenant_id_created_at", "revisions", ["tenant_id", "created_at"], unique=False)
    op.execute(UNACCOUNTED)


def downgrade() -> None:
    """What summaries cost is forgotten, and every tenant's are written by the champion again."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DROP FUNCTION unaccounted()")
    op.execute("DROP FUNCTION backlog()")
    op.execute(f"REVOKE USAGE ON SCHEMA public FROM {MONITOR}")
    op.drop_index("ix_revisions_tenant_id_created_at", table_name="revisions")
    op.drop_table("costs")
    op.drop_table("backend_choices")
    for column in ("currency", "money", "watt_hours", "meter", "because", "backend"):
        op.drop_column("summaries", column)
    op.drop_column("jobs", "trace")
    for column in ("hard_cap_met", "soft_cap_met", "hard_cap", "soft_cap", "on_premises_only"):
        op.drop_column("tenants", column)


def _backlog() -> None:
    """The role belongs to the whole cluster, as the application's does, and stays when the function goes."""
    op.execute(
        f"DO $$ BEGIN CREATE ROLE {MONITOR} NOLOGIN NOSUPERUSER NOBYPASSRLS; "
        "EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$"
    )
    op.execute(BACKLOG)
    op.execute("REVOKE ALL ON FUNCTION backlog() FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION backlog() TO {APP}, {MONITOR}")
    op.execute(f"GRANT USAGE ON SCHEMA public TO {MONITOR}")


def _choices() -> None:
    op.create_table(
        "backend_choices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("backends", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("cardinality(backends) > 0", name=op.f("ck_backend_choices_backends")),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_backend_choices_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_backend_choices")),
        sa.UniqueConstraint(
            "tenant_id",
            "queue",
            "version",
            name=op.f("uq_backend_choices_tenant_id_queue_version"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_backend_choices_tenant_id"), "backend_choices", ["tenant_id"], unique=False)
    _behind_row_level_security("backend_choices", "SELECT, INSERT")


def _costs() -> None:
    op.create_table(
        "costs",
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("queue", "backend", "model_version", "currency")),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in COUNTS),
        sa.Column("device_seconds", sa.Float(), nullable=False),
        sa.Column("watt_hours", sa.Float(), nullable=False),
        sa.Column("money", sa.Numeric(18, 9), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_costs_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint(
            "tenant_id", "day", "queue", "backend", "model_version", "currency", name=op.f("pk_costs")
        ),
    )
    _behind_row_level_security("costs", "SELECT, INSERT, UPDATE")


def _behind_row_level_security(table: str, rights: str) -> None:
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
    op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY of_tenant ON {table} USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})")
    op.execute(f"GRANT {rights} ON {table} TO {APP}")
