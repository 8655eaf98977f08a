"""The rows. Rules live in core.domain; a row only keeps what a rule decided."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Dialect,
    Index,
    Text,
    UniqueConstraint,
    literal_column,
)
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

from core.domain.cases import Case, CaseKind
from core.domain.money import Money
from core.domain.orders import Order, Status
from core.domain.refunds import Refund, RefundStatus, Way

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NOT_THE_ORDERS = {
    "amount_fils",
    "refunded_fils",
    "status",
    "live_for",
    "look_at",
    "looks",
    "page_token",
}


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept as whole milliseconds since the epoch, PayBy's unit."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, _dialect: Dialect
    ) -> int | None:
        """Turn a time into milliseconds."""
        return None if value is None else (value - _EPOCH) // timedelta(milliseconds=1)

    def process_result_value(
        self, value: int | None, _dialect: Dialect
    ) -> datetime | None:
        """Turn milliseconds into a time in UTC."""
        return None if value is None else _EPOCH + timedelta(milliseconds=value)


def _time(*, optional: bool = False) -> Any:  # noqa: ANN401  (SQLModel's Field is Any)
    return Field(sa_type=UtcTime, nullable=optional)


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
    created_at: datetime = _time()
    expires_at: datetime = _time()
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
    at: datetime = _time()
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
    at: datetime = _time()
    refund_no: str = Field(default="", max_length=64)


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
    asked_at: datetime = _time()
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
        return cls(**_refund_columns(refund))

    def take(self, refund: Refund) -> None:
        """Copy everything that a refund knows."""
        self.sqlmodel_update(_refund_columns(refund))

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


def _refund_columns(refund: Refund) -> dict[str, Any]:
    columns = dict(vars(refund))
    columns["amount_fils"] = columns.pop("amount").fils
    return columns


class AccountRow(SQLModel, table=True):
    """An online account at the merchant."""

    __tablename__ = "accounts"

    id: str = Field(primary_key=True, max_length=64)
    name: str = Field(max_length=128)
    is_open: bool


class StoreRow(SQLModel, table=True):
    """A store that takes cash for codes; fields as in core.domain.stores.Store."""

    __tablename__ = "stores"

    id: str = Field(primary_key=True, max_length=64)
    edition: str = Field(max_length=32)
    """Which import it came with: the same for all of them."""
    facts: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class NoticeRow(SQLModel, table=True):
    """A notice whose signature was good, as it came, and what we made of it."""

    __tablename__ = "notices"

    digest: str = Field(primary_key=True, max_length=64)
    received_at: datetime = _time()
    is_heeded: bool = Field(index=True)
    kind: str = Field(max_length=32)
    merchant_order_no: str = Field(index=True, max_length=64)
    verdict: str = Field(sa_type=Text)
    body: str = Field(sa_type=Text)


class ConversationRow(SQLModel, table=True):
    """Where a conversation stands, and its answer to the newest update.

    The answer is kept with the state, so that an update that is taken up again
    after a crash gets the answer it got before.
    """

    __tablename__ = "conversations"

    id: str = Field(primary_key=True, max_length=64)
    state: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    update_id: str = Field(max_length=80)
    answer: list[Any] = Field(sa_column=Column(JSON, nullable=False))


UNDELIVERED = literal_column("state") != literal_column("'sent'")
"""What has an index of its own: few messages, among many. The databases see that they
may use it only where a question says it in these words."""


class MessageRow(SQLModel, table=True):
    """A message to a person: what we tried, and what became of it."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_conversation", "conversation_id", "state"),
        Index(
            "ix_messages_undelivered",
            "state",
            sqlite_where=UNDELIVERED,
            postgresql_where=UNDELIVERED,
        ),
    )

    id: str = Field(primary_key=True, max_length=160)
    conversation_id: str = Field(max_length=64)
    merchant_order_no: str = Field(index=True, max_length=64)
    shows_code: bool
    state: str = Field(max_length=16)
    unconfirmed: int
    provider_ref: str = Field(max_length=64)
    at: datetime = _time()
    progress: str = Field(default="", max_length=16)
    trouble: str = Field(default="", max_length=16)
    failures: int = 0
    began_at: datetime | None = Field(default=None, sa_type=UtcTime, nullable=True)


class WhatsAppContactRow(SQLModel, table=True):
    """A person on WhatsApp: one conversation, known by a phone, a user id, or both."""

    __tablename__ = "whatsapp_contacts"

    conversation_id: str = Field(primary_key=True, max_length=64)
    phone: str | None = Field(default=None, unique=True, max_length=32)
    """As in an address of Twilio's: `+` and digits."""
    user_id: str | None = Field(default=None, unique=True, max_length=64)
    """The business-scoped id that stands for a phone nobody tells us, like AE.123."""
    heard_at: datetime | None = Field(default=None, sa_type=UtcTime, nullable=True)
    """When the person last wrote: Meta's 24 hours count from then."""
    menu: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    """The choices shown last, of which message, and those before (core.database.menus).
    """


class WhatsAppTemplateRow(SQLModel, table=True):
    """A prepared message at Twilio, and whether Meta has approved it."""

    __tablename__ = "whatsapp_templates"

    name: str = Field(primary_key=True, max_length=80)
    sid: str = Field(max_length=64)
    approval: str = Field(max_length=32)
    checked_at: datetime = _time()


class LinkRow(SQLModel, table=True):
    """A conversation that a payer has joined with others of theirs."""

    __tablename__ = "links"

    conversation_id: str = Field(primary_key=True, max_length=64)
    payer_id: str = Field(index=True, max_length=64)
    """The same for all conversations of one payer."""


class LinkCodeRow(SQLModel, table=True):
    """A code that joins the conversation it was given in with one that sends it."""

    __tablename__ = "link_codes"

    digest: str = Field(primary_key=True, max_length=64)
    conversation_id: str = Field(unique=True, max_length=64)
    expires_at: datetime = _time()


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
    opened_at: datetime = _time()
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
    opened_at: datetime = _time()
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


class StoreReportRow(SQLModel, table=True):
    """A payer's word that a store could not take a payment."""

    __tablename__ = "store_reports"
    __table_args__ = (UniqueConstraint("merchant_order_no", "store_id"),)

    id: int | None = Field(default=None, primary_key=True)
    store_id: str = Field(max_length=64)
    merchant_order_no: str = Field(max_length=64)
    reason: str = Field(max_length=32)
    at: datetime = Field(sa_type=UtcTime, index=True)


class LeaseRow(SQLModel, table=True):
    """Who does something that only one worker may do at a time."""

    __tablename__ = "leases"

    name: str = Field(primary_key=True, max_length=64)
    holder: str = Field(max_length=64)
    until: datetime = _time()


class BookmarkRow(SQLModel, table=True):
    """Up to when something outside has been looked at to the end."""

    __tablename__ = "bookmarks"

    name: str = Field(primary_key=True, max_length=64)
    at: datetime = _time()


class AlarmRow(SQLModel, table=True):
    """What is wrong or was, and when it was told; as core.domain.alarms.Alarm."""

    __tablename__ = "alarms"

    kind: str = Field(primary_key=True, max_length=32)
    about: str = Field(primary_key=True, max_length=64)
    facts: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    since: datetime = _time()
    seen_at: datetime = _time()
    told_at: datetime | None = Field(default=None, sa_type=UtcTime, nullable=True)
    tellings: int = 0
    mark: str = Field(default="", max_length=64)
    is_on: bool = Field(default=False, index=True)


class StaffRow(SQLModel, table=True):
    """Somebody at the support desk; fields as in core.domain.staff.Member."""

    __tablename__ = "staff"

    identity: str = Field(primary_key=True, max_length=64)
    name: str = Field(index=True, max_length=64)
    role: str = Field(max_length=16)
    added_at: datetime = _time()


class AuditRow(SQLModel, table=True):
    """What staff did; rows are only ever added, and the table refuses all else."""

    __tablename__ = "audit"

    id: int | None = Field(default=None, primary_key=True)
    act_id: str = Field(unique=True, max_length=160)
    at: datetime = _time()
    who: str = Field(max_length=64)
    act: str = Field(max_length=32)
    merchant_order_no: str = Field(index=True, max_length=64)
    subject: str = Field(max_length=128)
    reason: str = Field(sa_type=Text)
    before: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
    after: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))


class ProposalRow(SQLModel, table=True):
    """What staff want to do and have not, or have; see core.domain.proposals."""

    __tablename__ = "proposals"

    id: str = Field(primary_key=True, max_length=16)
    act: str = Field(max_length=16)
    merchant_order_no: str = Field(index=True, max_length=80)
    amount_fils: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    left_fils: int | None = Field(default=None, sa_type=BigInteger, nullable=True)
    reason: str = Field(sa_type=Text)
    proposed_by: str = Field(max_length=64)
    needs_second: bool
    stage: str = Field(max_length=16)
    made_at: datetime = _time()
    answer_until: datetime = _time()
    settled_by: str = Field(max_length=160)
    settled_at: datetime | None = Field(default=None, sa_type=UtcTime, nullable=True)
    approved_by: str = Field(max_length=64)


class FreezeRow(SQLModel, table=True):
    """A payer or an account that is stopped; as in core.domain.freezing.Freeze."""

    __tablename__ = "freezes"

    subject: str = Field(primary_key=True, max_length=80)
    reason: str = Field(sa_type=Text)
    frozen_by: str = Field(max_length=64)
    frozen_at: datetime = _time()


class HiddenStoreRow(SQLModel, table=True):
    """A store that is not shown to payers, whichever edition it comes with."""

    __tablename__ = "hidden_stores"

    store_id: str = Field(primary_key=True, max_length=64)
    hidden_by: str = Field(max_length=64)
    hidden_at: datetime = _time()


class DifferenceRow(SQLModel, table=True):
    """A difference between books; fields as in core.domain.differences.Known."""

    __tablename__ = "differences"
    __table_args__ = (UniqueConstraint("number", "kind"),)

    id: int | None = Field(default=None, primary_key=True)
    number: str = Field(max_length=64)
    kind: str = Field(max_length=32)
    merchant_order_no: str = Field(max_length=64)
    there: str = Field(sa_type=Text)
    here: str = Field(sa_type=Text)
    day: date
    fate: str = Field(index=True, max_length=16)
    case_number: int | None = None
    found_at: datetime = _time()
    moved_at: datetime = _time()


class ReconciledDayRow(SQLModel, table=True):
    """A day whose statement was compared with our books to the end."""

    __tablename__ = "reconciled_days"

    day: date = Field(primary_key=True)
    at: datetime = _time()
    facts: dict[str, str] = Field(sa_column=Column(JSON, nullable=False))
