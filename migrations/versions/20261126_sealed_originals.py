"""Originals of masks, sealed to a tenant's public key, where the tenant has one.

Revision: 0004, after 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

APP = "wrapup_app"


def upgrade() -> None:
    """Code of the revision before must still run on this schema."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("revisions", sa.Column("sealed", sa.LargeBinary(), nullable=True))
    op.add_column("tenants", sa.Column("seal_key", sa.LargeBinary(), nullable=True))
    op.execute(f"GRANT UPDATE (seal_key) ON tenants TO {APP}")


def downgrade() -> None:
    """What was masked before stays masked for ever."""
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.execute(f"REVOKE UPDATE (seal_key) ON tenants FROM {APP}")
    op.drop_column("tenants", "seal_key")
    op.drop_column("revisions", "sealed")
