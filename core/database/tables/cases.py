"""The rows of what people have to look at, and of their talks with payers."""

from datetime import datetime

from sqlalchemy import JSON, Column, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from core.database.tables.columns import UtcTime, utc_time
from core.domain.cases import Case, CaseKind


class CaseRow(SQLModel, table=True):
    """Something for support to look at: each kind once per order, or per refund."""

    __tablename__ = "cases"
    __table_args__ = (
        UniqueConstraint(
            "merchant_order_no", "kind", "refund_no", name="uq_cases_once"
        ),
    )

    number: int | None = Field(default=None, primary_key=True)
    kind: str = Field(max_length=32)
    merchant_order_no: str = Field(max_length=64)
    conversation_id: str = Field(max_length=64)
    facts: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    opened_at: datetime = utc_time()
    closed_at: datetime | None = Field(default=None, sa_type=UtcTime, nullable=True)
    refund_no: str = Field(default="", max_length=64)

    def to_case(self) -> Case:
        """Return the case that this row keeps."""
        known = self.model_dump(exclude={"kind", "refund_no"})
        return Case(kind=CaseKind(self.kind), **known)


class TalkRow(SQLModel, table=True):
    """A payer who talks with a person; fields as in core.domain.talks.Talk."""

    __tablename__ = "talks"

    number: int = Field(primary_key=True)
    conversation_id: str = Field(index=True, max_length=64)
    merchant_order_no: str = Field(max_length=64)
    stage: str = Field(index=True, max_length=16)
    opened_at: datetime = utc_time()
    taken_by: str = Field(max_length=64)
    taken_in: str = Field(max_length=64)
    waits_since: datetime | None = Field(default=None, sa_type=UtcTime, nullable=True)
    reminders: int
    settled_by: str = Field(max_length=160)


class ChatLineRow(SQLModel, table=True):
    """Something said in a payer's chat; fields as in core.domain.talks.Line."""

    __tablename__ = "chat_lines"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(unique=True, max_length=160)
    conversation_id: str = Field(index=True, max_length=64)
    case_number: int | None = Field(default=None, index=True)
    at: datetime = Field(sa_type=UtcTime, index=True)
    who: str = Field(max_length=64)
    text: str = Field(sa_type=Text)
    is_held: bool = False
    """Whether it is for the payer, who could not be reached."""
    medium: str = Field(default="", max_length=16)
    medium_ref: str = Field(default="", max_length=128)
