"""How tenants want their summaries, in versions; sections, scores and what was repaired beside each summary.

Revision: 0005, after 0004
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

APP = "wrapup_app"
TENANT = "nullif(current_setting('app.tenant', true), '')::uuid"
COUNTS = ("num_statements", "num_repaired", "num_dropped")


def upgrade() -> None:
    """Code of the revision before must still run on this schema."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "templates",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("queue", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("tenant_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenants.id"], name=op.f("fk_templates_tenant_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_templates")),
        sa.UniqueConstraint(
            "tenant_id",
            "queue",
            "version",
            name=op.f("uq_templates_tenant_id_queue_version"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_templates_tenant_id"), "templates", ["tenant_id"], unique=False)
    op.execute("ALTER TABLE templates ENABLE ROW LEVEL SECURITY")
    op.execute("ALTER TABLE templates FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY of_tenant ON templates USING (tenant_id = {TENANT}) WITH CHECK (tenant_id = {TENANT})")
    op.execute(f"GRANT SELECT, INSERT ON templates TO {APP}")
    jsonb = postgresql.JSONB(astext_type=sa.Text())
    op.add_column("summaries", sa.Column("sections", jsonb, server_default=sa.text("'[]'"), nullable=False))
    op.add_column("summaries", sa.Column("score", sa.Float(), nullable=True))
    op.add_column("summaries", sa.Column("language", sa.Text(), nullable=True))
    op.add_column("summaries", sa.Column("template_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_summaries_template_id"), "summaries", "templates", ["template_id"], ["id"], ondelete="SET NULL"
    )
    for column in COUNTS:
        op.add_column("summaries", sa.Column(column, sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    """Templates and sections are forgotten; the sentences and their evidence stay."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.drop_constraint(op.f("fk_summaries_template_id"), "summaries")
    for column in (*COUNTS, "template_id", "language", "score", "sections"):
        op.drop_column("summaries", column)
    op.drop_table("templates")
