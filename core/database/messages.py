"""What was sent to whom, so that nobody is told twice or never."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from core.database.engine import Database
from core.database.tables import HappeningRow, MessageRow
from core.ports import Clock


class Delivery(StrEnum):
    """What became of a message."""

    WAITING = "waiting"  # certainly not sent yet
    SENDING = "sending"  # an attempt began, and nothing is known of its end
    SENT = "sent"
    UNKNOWN = "unknown"  # tried as often as is decent, never confirmed
    REFUSED = "refused"  # the network will never take it
    UNREACHABLE = "unreachable"  # the person does not want messages from us


@dataclass(frozen=True, kw_only=True)
class Record:
    """A message to a person, and how far it has come."""

    id: str
    conversation_id: str
    merchant_order_no: str = ""
    """The order it is about, if any."""
    shows_code: bool = False
    """Whether it carries the order's payable code."""
    state: Delivery = Delivery.WAITING
    unconfirmed: int = 0
    """Attempts whose end is not known."""
    provider_ref: str = ""
    """The network's reference to it, once sent."""

    @property
    def is_done(self) -> bool:
        """Whether nothing more is to be tried."""
        return self.state not in {Delivery.WAITING, Delivery.SENDING}


class SqlMessages:
    """Messages on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, message_id: str) -> Record | None:
        """Return the message; None when it was never tried."""

        def look(session: Session) -> Record | None:
            row = session.get(MessageRow, message_id)
            return _record(row) if row else None

        return await self._database.read(look)

    async def save(self, record: Record, kind: str = "message") -> None:
        """Keep how far the message has come; its end goes into its order's timeline."""
        now = self._clock.now()

        def merge(session: Session) -> None:
            session.merge(MessageRow(at=now, **vars(record)))
            if record.is_done and record.merchant_order_no:
                session.add(_happening(record, kind, now))

        await self._database.write(merge)

    async def showing_code(self, merchant_order_no: str) -> Sequence[Record]:
        """Return the sent messages that show the order's QR code."""
        showing = select(MessageRow).where(
            MessageRow.merchant_order_no == merchant_order_no,
            col(MessageRow.shows_code).is_(True),
            MessageRow.state == Delivery.SENT,
        )
        return await self._database.read(
            lambda session: [_record(row) for row in session.exec(showing)]
        )


def _happening(record: Record, kind: str, at: datetime) -> HappeningRow:
    return HappeningRow(
        merchant_order_no=record.merchant_order_no,
        at=at,
        kind=kind,
        facts={"message": record.id, "state": record.state},
    )


def _record(row: MessageRow) -> Record:
    known = row.model_dump(exclude={"at", "state"})
    return Record(state=Delivery(row.state), **known)
