"""What a proposed refund saw to be left of its order."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Go forward; proposals of before live for minutes only."""
    with op.batch_alter_table("proposals") as proposals:
        proposals.add_column(sa.Column("left_fils", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("proposals") as proposals:
        proposals.drop_column("left_fils")
