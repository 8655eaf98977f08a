"""Begin: orders, ledger, accounts, stores, conversations, messages, notices."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Go forward."""
    op.create_table(
        "accounts",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("state", sa.JSON(), nullable=False),
        sa.Column("update_id", sa.String(80), nullable=False),
        sa.Column("answer", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "happenings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_order_no", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_happenings_merchant_order_no", "happenings", ["merchant_order_no"]
    )

    op.create_table(
        "messages",
        sa.Column("id", sa.String(160), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("merchant_order_no", sa.String(64), nullable=False),
        sa.Column("shows_code", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("unconfirmed", sa.Integer(), nullable=False),
        sa.Column("provider_ref", sa.String(64), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_messages_merchant_order_no", "messages", ["merchant_order_no"])

    op.create_table(
        "notices",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("is_heeded", sa.Boolean(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("merchant_order_no", sa.String(64), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
    )
    op.create_index("ix_notices_is_heeded", "notices", ["is_heeded"])
    op.create_index("ix_notices_merchant_order_no", "notices", ["merchant_order_no"])

    op.create_table(
        "orders",
        sa.Column("merchant_order_no", sa.String(64), nullable=False),
        sa.Column("draft_id", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("account_id", sa.String(64), nullable=False),
        sa.Column("account_name", sa.String(128), nullable=False),
        sa.Column("amount_fils", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("payby_order_no", sa.String(32), nullable=False),
        sa.Column("token_url", sa.Text(), nullable=False),
        sa.Column("paid_at", sa.BigInteger(), nullable=True),
        sa.Column("store_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("merchant_order_no"),
        sa.UniqueConstraint("draft_id"),
    )
    op.create_index("ix_orders_account_id", "orders", ["account_id"])
    op.create_index("ix_orders_conversation_id", "orders", ["conversation_id"])

    op.create_table(
        "postings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("merchant_order_no", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("ledger_account", sa.String(80), nullable=False),
        sa.Column("amount_fils", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("merchant_order_no", "kind", "ledger_account"),
    )
    op.create_index("ix_postings_ledger_account", "postings", ["ledger_account"])

    op.create_table(
        "stores",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("edition", sa.String(32), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade() -> None:
    """Go back."""
    for table in (
        "stores",
        "postings",
        "orders",
        "notices",
        "messages",
        "happenings",
        "conversations",
        "accounts",
    ):
        op.drop_table(table)
