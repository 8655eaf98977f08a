"""The life of an order: looks, one live code, cases, store reports, leases."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

_LET_THE_NEWEST_CODE_LIVE = """
    update orders set live_for = conversation_id || ' ' || account_id
    where merchant_order_no in (
        select merchant_order_no from (
            select merchant_order_no, row_number() over (
                partition by conversation_id, account_id
                order by created_at desc, merchant_order_no
            ) as place
            from orders where status in ('creating', 'open')
        ) as waiting
        where place = 1
    )
"""
_ORDER_INDEXES = {"look_at": ["status", "look_at"], "paid_at": ["paid_at"]}


def upgrade() -> None:
    """Go forward; orders of before are looked at once, soon.

    Of several codes for one payer and account the newest is the live one; the others
    can be paid as long as they were to be.
    """
    with op.batch_alter_table("orders") as orders:
        orders.add_column(
            sa.Column("is_closed", sa.Boolean(), nullable=False, server_default="0")
        )
        orders.add_column(sa.Column("live_for", sa.String(130), nullable=True))
        orders.add_column(sa.Column("look_at", sa.BigInteger(), nullable=True))
        orders.add_column(
            sa.Column("looks", sa.Integer(), nullable=False, server_default="0")
        )
        orders.alter_column("payby_order_no", type_=sa.String(64))
        orders.create_unique_constraint("uq_orders_live_for", ["live_for"])
    for name, columns in _ORDER_INDEXES.items():
        op.create_index(f"ix_orders_{name}", "orders", columns)
    op.execute("update orders set look_at = created_at where status <> 'credited'")
    op.execute(_LET_THE_NEWEST_CODE_LIVE)
    op.create_index(
        "ix_messages_conversation", "messages", ["conversation_id", "state"]
    )

    op.create_table(
        "cases",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("merchant_order_no", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
        sa.UniqueConstraint("merchant_order_no", "kind"),
    )
    op.create_table(
        "store_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store_id", sa.String(64), nullable=False),
        sa.Column("merchant_order_no", sa.String(64), nullable=False),
        sa.Column("reason", sa.String(32), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("merchant_order_no", "store_id"),
    )
    op.create_index("ix_store_reports_at", "store_reports", ["at"])
    op.create_table(
        "leases",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(64), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    """Go back."""
    for table in ("leases", "store_reports", "cases"):
        op.drop_table(table)
    op.drop_index("ix_messages_conversation", "messages")
    for name in _ORDER_INDEXES:
        op.drop_index(f"ix_orders_{name}", "orders")
    with op.batch_alter_table("orders") as orders:
        orders.drop_constraint("uq_orders_live_for", type_="unique")
        orders.alter_column("payby_order_no", type_=sa.String(32))
        for column in ("looks", "look_at", "live_for", "is_closed"):
            orders.drop_column(column)
