"""Payers who talk with people of support, and cases that are closed."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Go forward."""
    op.add_column("cases", sa.Column("closed_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "talks",
        sa.Column("number", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("merchant_order_no", sa.String(64), nullable=False),
        sa.Column("stage", sa.String(16), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("taken_by", sa.String(64), nullable=False),
        sa.Column("taken_in", sa.String(64), nullable=False),
        sa.Column("waits_since", sa.BigInteger(), nullable=True),
        sa.Column("reminders", sa.Integer(), nullable=False),
        sa.Column("settled_by", sa.String(160), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_index("ix_talks_conversation_id", "talks", ["conversation_id"])
    op.create_index("ix_talks_stage", "talks", ["stage"])
    op.create_table(
        "chat_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(160), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("case_number", sa.Integer(), nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("who", sa.String(64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name"),
    )
    op.create_index("ix_chat_lines_conversation_id", "chat_lines", ["conversation_id"])
    op.create_index("ix_chat_lines_case_number", "chat_lines", ["case_number"])
    op.create_index("ix_chat_lines_at", "chat_lines", ["at"])


def downgrade() -> None:
    """Go back."""
    op.drop_table("chat_lines")
    op.drop_table("talks")
    op.drop_column("cases", "closed_at")
