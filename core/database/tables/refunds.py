"""The rows of money that goes back."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Text
from sqlmodel import Field, SQLModel

from core.database.tables.columns import UtcTime, utc_time
from core.domain.money import Money
from core.domain.refunds import Refund, RefundStatus, Way


class RefundRow(SQLModel, table=True):
    """Money that goes back; its fields mean what core.domain.refunds.Refund says."""

    __tablename__ = "refunds"

    refund_no: str = Field(primary_key=True, max_length=64)
    request_id: str = Field(unique=True, max_length=160)
    merchant_order_no: str = Field(index=True, max_length=64)
    amount_fils: int = Field(sa_type=BigInteger)
    way: str = Field(max_length=16)
    status: str = Field(max_length=16)
    reason: str = Field(max_length=64)
    asked_by: str = Field(max_length=64)
    asked_at: datetime = utc_time()
    payby_refund_no: str = Field(max_length=64)
    unsure_at: datetime | None = Field(default=None, sa_type=UtcTime, nullable=True)
    done_at: datetime | None = Field(
        default=None, sa_type=UtcTime, nullable=True, index=True
    )
    trouble: str = Field(sa_type=Text)
    look_at: datetime | None = Field(
        default=None, sa_type=UtcTime, nullable=True, index=True
    )
    """When it is looked at next; empty for never."""
    looks: int = 0
    """How often it was looked at since it last changed."""

    @classmethod
    def of(cls, refund: Refund) -> "RefundRow":
        """Make the row of a new refund."""
        return cls(**_columns(refund))

    def take(self, refund: Refund) -> None:
        """Copy everything that a refund knows."""
        self.sqlmodel_update(_columns(refund))

    def to_refund(self) -> Refund:
        """Return the refund that this row keeps."""
        known = self.model_dump(
            exclude={"amount_fils", "way", "status", "look_at", "looks"}
        )
        return Refund(
            amount=Money(self.amount_fils),
            way=Way(self.way),
            status=RefundStatus(self.status),
            **known,
        )


def _columns(refund: Refund) -> dict[str, Any]:
    columns = dict(vars(refund))
    columns["amount_fils"] = columns.pop("amount").fils
    return columns
