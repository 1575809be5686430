"""Legs, the sender's time of a revision, jobs of four kinds, endpoints and callbacks, batches, platforms' credentials.

Revision: 0006, after 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

APP = "wrapup_app"
TENANT = "nullif(current_setting('app.tenant', true), '')::uuid"
TABLES = ("endpoints", "callbacks", "batches")
SUBJECT = (
    "CASE kind WHEN 'fetch' THEN delivery_id IS NOT NULL WHEN 'deliver' THEN callback_id IS NOT NULL "
    "ELSE revision IS NOT NULL END"
)
NOW = sa.text("now()")
MOMENT = sa.DateTime(timezone=True)
JSONB = postgresql.JSONB(astext_type=sa.Text())


def upgrade() -> None:
    """Code of the revision before must still run on this schema."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    _conversations()
    _endpoints()
    _batches()
    _webhooks()
    _jobs()
    for table in TABLES:
        op.create_index(op.f(f"ix_{table}_tenant_id"), table, ["tenant_id"], unique=False)
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY of_tenant ON {table} USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})")
        op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {APP}")


def downgrade() -> None:
    """Legs, callbacks and batches are forgotten, and so are jobs that are about neither a revision nor a summary."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute("DELETE FROM jobs WHERE kind IN ('fetch', 'deliver')")
    op.execute("DELETE FROM conversations WHERE leg IS NOT NULL")
    op.drop_constraint(op.f("ck_jobs_subject"), "jobs")
    op.drop_constraint(op.f("ck_jobs_kind"), "jobs")
    op.drop_constraint(op.f("fk_jobs_source_id_delivery_id"), "jobs")
    op.drop_constraint(op.f("fk_jobs_callback_id"), "jobs")
    op.drop_constraint(op.f("fk_jobs_batch_id"), "jobs")
    for column in ("kind", "source_id", "delivery_id", "callback_id", "batch_id"):
        op.drop_column("jobs", column)
    op.alter_column("jobs", "conversation_id", nullable=False)
    op.alter_column("jobs", "revision", nullable=False)
    op.drop_column("webhook_deliveries", "resource")
    op.drop_column("webhook_sources", "options")
    op.drop_column("webhook_sources", "credentials")
    for table in ("batches", "callbacks", "endpoints"):
        op.drop_table(table)
    op.drop_column("revisions", "as_of")
    op.drop_constraint(op.f("uq_conversations_tenant_id_external_id_leg"), "conversations")
    op.drop_constraint(op.f("fk_conversations_whole_id"), "conversations")
    op.drop_column("conversations", "whole_id")
    op.drop_column("conversations", "leg")
    op.create_unique_constraint(
        op.f("uq_conversations_tenant_id_external_id"), "conversations", ["tenant_id", "external_id"]
    )


def _conversations() -> None:
    op.add_column("conversations", sa.Column("leg", sa.Text(), nullable=True))
    op.add_column("conversations", sa.Column("whole_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_conversations_whole_id"), "conversations", "conversations", ["whole_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index(op.f("ix_conversations_whole_id"), "conversations", ["whole_id"], unique=False)
    op.drop_constraint(op.f("uq_conversations_tenant_id_external_id"), "conversations")
    op.create_unique_constraint(
        op.f("uq_conversations_tenant_id_external_id_leg"),
        "conversations",
        ["tenant_id", "external_id", "leg"],
        postgresql_nulls_not_distinct=True,
    )
    op.add_column("revisions", sa.Column("as_of", MOMENT, nullable=True))


def _endpoints() -> None:
    op.create_table(
        "endpoints",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("events", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("shape", sa.Text(), server_default="wrapup", nullable=False),
        sa.Column("secrets", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Column("disabled_because", sa.Text(), nullable=True),
        *_of_tenant("endpoints"),
    )
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("revision", sa.Integer(), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("failure", sa.Text(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("attempted_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["endpoints.id"], name=op.f("fk_callbacks_endpoint_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_callbacks_conversation_id"), ondelete="CASCADE"
        ),
        sa.UniqueConstraint("endpoint_id", "event", "subject", name=op.f("uq_callbacks_endpoint_id_event_subject")),
        *_of_tenant("callbacks"),
    )
    op.create_index(op.f("ix_callbacks_conversation_id"), "callbacks", ["conversation_id"], unique=False)
    op.create_index("ix_callbacks_page", "callbacks", ["tenant_id", sa.text("created_at DESC"), sa.text("id DESC")])


def _batches() -> None:
    counts = ("num_read", "num_accepted", "num_unchanged", "num_refused")
    op.create_table(
        "batches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        *(sa.Column(name, sa.Integer(), server_default="0", nullable=False) for name in counts),
        sa.Column("refusals", JSONB, server_default=sa.text("'[]'"), nullable=False),
        sa.Column("created_at", MOMENT, server_default=NOW, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        *_of_tenant("batches"),
    )
    op.create_index(op.f("ix_batches_digest"), "batches", ["digest"], unique=False)


def _webhooks() -> None:
    op.add_column("webhook_sources", sa.Column("options", JSONB, server_default=sa.text("'{}'"), nullable=False))
    op.add_column("webhook_sources", sa.Column("credentials", sa.LargeBinary(), nullable=True))
    op.add_column("webhook_deliveries", sa.Column("resource", sa.LargeBinary(), nullable=True))


def _jobs() -> None:
    op.add_column("jobs", sa.Column("kind", sa.Text(), server_default="summarize", nullable=False))
    op.add_column("jobs", sa.Column("source_id", sa.Uuid(), nullable=True))
    op.add_column("jobs", sa.Column("delivery_id", sa.Text(), nullable=True))
    op.add_column("jobs", sa.Column("callback_id", sa.Uuid(), nullable=True))
    op.add_column("jobs", sa.Column("batch_id", sa.Uuid(), nullable=True))
    op.alter_column("jobs", "conversation_id", nullable=True)
    op.alter_column("jobs", "revision", nullable=True)
    op.create_foreign_key(
        op.f("fk_jobs_source_id_delivery_id"),
        "jobs",
        "webhook_deliveries",
        ["source_id", "delivery_id"],
        ["source_id", "delivery_id"],
        ondelete="CASCADE",
    )
    op.create_foreign_key(op.f("fk_jobs_callback_id"), "jobs", "callbacks", ["callback_id"], ["id"], ondelete="CASCADE")
    op.create_foreign_key(op.f("fk_jobs_batch_id"), "jobs", "batches", ["batch_id"], ["id"], ondelete="SET NULL")
    op.create_index(op.f("ix_jobs_callback_id"), "jobs", ["callback_id"], unique=False)
    op.create_index(op.f("ix_jobs_batch_id"), "jobs", ["batch_id"], unique=False)
    op.create_check_constraint(op.f("ck_jobs_kind"), "jobs", "kind IN ('summarize', 'backfill', 'fetch', 'deliver')")
    op.create_check_constraint(op.f("ck_jobs_subject"), "jobs", SUBJECT)


def _of_tenant(table: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f(f"fk_{table}_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    )
