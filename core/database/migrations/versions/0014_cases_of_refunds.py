"""Cases of refunds: each refund of an order has its own."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

_ONCE = ["merchant_order_no", "kind"]
_NAMED = "uq_cases_once"
_UNNAMED = {
    "postgresql": "cases_merchant_order_no_kind_key",
    "sqlite": "uq_cases_merchant_order_no",  # by the convention given below
}
_CONVENTION = {"uq": "uq_%(table_name)s_%(column_0_name)s"}
_OF_REFUNDS = """
    UPDATE cases SET refund_no = COALESCE(facts ->> 'refund', '')
    WHERE kind IN ('refunded_elsewhere', 'revoked', 'refund_failing', 'account_spent',
                   'contradiction')
"""
_OLDEST_ONLY = """
    DELETE FROM cases WHERE number NOT IN
        (SELECT MIN(number) FROM cases GROUP BY merchant_order_no, kind)
"""


def upgrade() -> None:
    """Go forward; the cases there are keep the refund that they tell of."""
    unnamed = _UNNAMED[op.get_bind().dialect.name]
    with op.batch_alter_table("cases", naming_convention=_CONVENTION) as cases:
        cases.add_column(
            sa.Column("refund_no", sa.String(64), nullable=False, server_default="")
        )
        cases.drop_constraint(unnamed, type_="unique")
        cases.create_unique_constraint(_NAMED, [*_ONCE, "refund_no"])
    op.execute(_OF_REFUNDS)


def downgrade() -> None:
    """Go back: of an order's cases of one kind, only the oldest is kept."""
    unnamed = _UNNAMED[op.get_bind().dialect.name]
    op.execute(_OLDEST_ONLY)
    with op.batch_alter_table("cases") as cases:
        cases.drop_constraint(_NAMED, type_="unique")
        cases.drop_column("refund_no")
        cases.create_unique_constraint(unnamed, _ONCE)
