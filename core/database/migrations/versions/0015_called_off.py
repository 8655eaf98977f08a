"""Orders: whether the payer has called one off, and so need not be told."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Go forward; whose wish an end of before was is not known: nobody is told now."""
    with op.batch_alter_table("orders") as orders:
        orders.add_column(
            sa.Column("called_off", sa.Boolean(), nullable=False, server_default="0")
        )
    op.execute("update orders set called_off = true where status = 'cancelled'")


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("orders") as orders:
        orders.drop_column("called_off")
