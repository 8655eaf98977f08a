"""The rows of orders: each order, its timeline, and what it books."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Column, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.database.tables.columns import UtcTime, utc_time
from core.domain.money import Money
from core.domain.orders import Order, Status

_NOT_THE_ORDERS = {
    "amount_fils",
    "refunded_fils",
    "status",
    "live_for",
    "look_at",
    "looks",
    "page_token",
}


class OrderRow(SQLModel, table=True):
    """An order; its fields mean what core.domain.orders.Order says."""

    __tablename__ = "orders"
    __table_args__ = (Index("ix_orders_look_at", "status", "look_at"),)

    merchant_order_no: str = Field(primary_key=True, max_length=64)
    draft_id: str = Field(unique=True, max_length=64)
    conversation_id: str = Field(index=True, max_length=64)
    account_id: str = Field(index=True, max_length=64)
    account_name: str = Field(max_length=128)
    amount_fils: int = Field(sa_type=BigInteger)
    status: str = Field(max_length=16)
    created_at: datetime = utc_time()
    expires_at: datetime = utc_time()
    payby_order_no: str = Field(index=True, max_length=64)
    token_url: str = Field(sa_type=Text)
    paid_at: datetime | None = Field(
        default=None, sa_type=UtcTime, nullable=True, index=True
    )
    store_id: str = Field(max_length=64)
    is_closed: bool = False
    called_off: bool = False
    live_for: str | None = Field(default=None, unique=True, max_length=130)
    """Payer and account while the code may be paid: no two orders share them."""
    look_at: datetime | None = Field(default=None, sa_type=UtcTime, nullable=True)
    """When it is looked at next, though nothing happens to it; empty for never."""
    looks: int = 0
    """How often it was looked at since it last changed."""
    page_token: str | None = Field(default=None, unique=True, max_length=32)
    refunded_fils: int = Field(default=0, sa_type=BigInteger)

    @classmethod
    def of(cls, order: Order) -> "OrderRow":
        """Make the row of a new order, which keeps other codes from its payer."""
        payer = f"{order.conversation_id} {order.account_id}"
        return cls(**_columns(order), live_for=payer if order.is_waiting else None)

    def take(self, order: Order) -> None:
        """Copy everything that an order knows; one that ends makes room."""
        self.sqlmodel_update(_columns(order))
        if not order.is_waiting:
            self.live_for = None

    def to_order(self) -> Order:
        """Return the order that this row keeps."""
        known = self.model_dump(exclude=_NOT_THE_ORDERS)
        return Order(
            amount=Money(self.amount_fils),
            status=Status(self.status),
            page_token=self.page_token or "",
            refunded=Money(self.refunded_fils),
            **known,
        )


def _columns(order: Order) -> dict[str, Any]:
    columns = dict(vars(order))
    columns["amount_fils"] = columns.pop("amount").fils
    columns["refunded_fils"] = columns.pop("refunded").fils
    columns["page_token"] = columns["page_token"] or None
    return columns


class HappeningRow(SQLModel, table=True):
    """A line of an order's timeline; rows are only ever added."""

    __tablename__ = "happenings"

    id: int | None = Field(default=None, primary_key=True)
    merchant_order_no: str = Field(index=True, max_length=64)
    at: datetime = utc_time()
    kind: str = Field(max_length=32)
    facts: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))


class PostingRow(SQLModel, table=True):
    """One side of a ledger entry; rows are only ever added.

    The unique key is the last guard of exactly-once: an order books each kind once,
    and so does each of its refunds.
    """

    __tablename__ = "postings"
    __table_args__ = (
        UniqueConstraint(
            "merchant_order_no",
            "kind",
            "ledger_account",
            "refund_no",
            name="uq_postings_once",
        ),
    )

    id: int | None = Field(default=None, primary_key=True)
    merchant_order_no: str = Field(max_length=64)
    kind: str = Field(max_length=16)
    ledger_account: str = Field(index=True, max_length=80)
    amount_fils: int = Field(sa_type=BigInteger)
    at: datetime = utc_time()
    refund_no: str = Field(default="", max_length=64)
