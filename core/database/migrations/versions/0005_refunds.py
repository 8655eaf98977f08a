"""Refunds: what was asked for, how it stands, and what of an order has gone back."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_ONCE = ["merchant_order_no", "kind", "ledger_account"]
_NAMED = "uq_postings_once"
_UNNAMED = {
    "postgresql": "postings_merchant_order_no_kind_ledger_account_key",
    "sqlite": "uq_postings_merchant_order_no",  # by the convention given below
}
_CONVENTION = {"uq": "uq_%(table_name)s_%(column_0_name)s"}


def upgrade() -> None:
    """Go forward; nothing has gone back of the orders there are."""
    op.create_table(
        "refunds",
        sa.Column("refund_no", sa.String(64), nullable=False),
        sa.Column("request_id", sa.String(160), nullable=False),
        sa.Column("merchant_order_no", sa.String(64), nullable=False),
        sa.Column("amount_fils", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.String(16), nullable=False),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("asked_by", sa.String(64), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("payby_refund_no", sa.String(64), nullable=False),
        sa.Column("unsure_at", sa.BigInteger(), nullable=True),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("trouble", sa.Text(), nullable=False),
        sa.Column("look_at", sa.BigInteger(), nullable=True),
        sa.Column("looks", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("refund_no"),
        sa.UniqueConstraint("request_id"),
    )
    for column in ("merchant_order_no", "done_at", "look_at"):
        op.create_index(f"ix_refunds_{column}", "refunds", [column])
    op.add_column(
        "orders",
        sa.Column("refunded_fils", sa.BigInteger(), nullable=False, server_default="0"),
    )
    unnamed = _UNNAMED[op.get_bind().dialect.name]
    with op.batch_alter_table("postings", naming_convention=_CONVENTION) as postings:
        postings.add_column(
            sa.Column("refund_no", sa.String(64), nullable=False, server_default="")
        )
        postings.drop_constraint(unnamed, type_="unique")
        postings.create_unique_constraint(_NAMED, [*_ONCE, "refund_no"])


def downgrade() -> None:
    """Go back."""
    unnamed = _UNNAMED[op.get_bind().dialect.name]
    with op.batch_alter_table("postings") as postings:
        postings.drop_constraint(_NAMED, type_="unique")
        postings.drop_column("refund_no")
        postings.create_unique_constraint(unnamed, _ONCE)
    with op.batch_alter_table("orders") as orders:
        orders.drop_column("refunded_fils")
    op.drop_table("refunds")
