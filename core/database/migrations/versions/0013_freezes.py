"""Payers and accounts whose top-ups are stopped."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "freezes",
        sa.Column("subject", sa.String(80), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("frozen_by", sa.String(64), nullable=False),
        sa.Column("frozen_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("subject"),
    )
    _let_proposals_name(80)


def downgrade() -> None:
    """Go back."""
    _let_proposals_name(64)
    op.drop_table("freezes")


def _let_proposals_name(most: int) -> None:
    """Let what a proposal is about be so long: a payer or an account, not an order."""
    with op.batch_alter_table("proposals") as proposals:
        proposals.alter_column(
            "merchant_order_no", type_=sa.String(most), existing_nullable=False
        )
