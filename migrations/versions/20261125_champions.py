"""Which model serves since when, what the nights came to, and which tenant lets its data train.

Revision: 0003, after 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

APP = "wrapup_app"


def upgrade() -> None:
    """Code of the revision before must still run on this schema."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.create_table(
        "promotions",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("model_version", sa.Text(), nullable=False),
        sa.Column("share", sa.Float(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("decision", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.CheckConstraint("action IN ('start', 'promote', 'try', 'rollback')", name=op.f("ck_promotions_action")),
        sa.CheckConstraint("share > 0 AND share <= 1", name=op.f("ck_promotions_share")),
        sa.ForeignKeyConstraint(["model_version"], ["model_versions.id"], name=op.f("fk_promotions_model_version")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promotions")),
    )
    op.execute(f"GRANT SELECT, INSERT ON promotions TO {APP}")
    op.add_column("nightly_runs", sa.Column("state", sa.Text(), server_default="open", nullable=False))
    op.add_column("nightly_runs", sa.Column("attempt", sa.Integer(), server_default="0", nullable=False))
    op.add_column("nightly_runs", sa.Column("started_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("nightly_runs", sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("nightly_runs", sa.Column("reason", sa.Text(), nullable=True))
    op.add_column("nightly_runs", sa.Column("ledger", postgresql.JSONB(astext_type=sa.Text()), nullable=True))
    op.create_check_constraint(
        op.f("ck_nightly_runs_state"),
        "nightly_runs",
        "state IN ('open', 'running', 'promoted', 'refused', 'skipped', 'failed')",
    )
    op.execute(f"GRANT UPDATE ON nightly_runs TO {APP}")
    op.add_column("tenants", sa.Column("may_train", sa.Boolean(), server_default="false", nullable=False))
    op.execute(f"GRANT UPDATE (may_train) ON tenants TO {APP}")


def downgrade() -> None:
    """What was promoted is forgotten."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(f"REVOKE UPDATE (may_train) ON tenants FROM {APP}")
    op.drop_column("tenants", "may_train")
    op.execute(f"REVOKE UPDATE ON nightly_runs FROM {APP}")
    op.drop_constraint(op.f("ck_nightly_runs_state"), "nightly_runs")
    for column in ("ledger", "reason", "finished_at", "started_at", "attempt", "state"):
        op.drop_column("nightly_runs", column)
    op.drop_table("promotions")
