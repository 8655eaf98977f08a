"""What was sent to whom, so that nobody is told twice or never."""

from collections.abc import Sequence
from enum import StrEnum

from sqlmodel import col, select

from core.database.engine import Database
from core.database.tables import MessageRow
from core.ports import Clock


class Delivery(StrEnum):
    """What became of a message."""

    SENDING = "sending"  # an attempt began and nothing is known of its end
    NOT_SENT = "not_sent"  # certainly not sent: to be tried again
    SENT = "sent"
    UNKNOWN = "unknown"  # tried as often as is decent, never confirmed
    FAILED = "failed"  # the channel will never take this message
    BLOCKED = "blocked"  # the person does not want messages from us


class SqlMessages:
    """Messages on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def begin(self, message: MessageRow) -> MessageRow:
        """Write down that an attempt begins; return the message as it was before.

        A message that is already done with is left as it is.
        """
        async with self._database.write() as session:
            before = await session.get(MessageRow, message.id, with_for_update=True)
            if before is None:
                before = message
            elif before.state not in {Delivery.SENDING, Delivery.NOT_SENT}:
                return before
            was = before.model_copy()
            before.state = Delivery.SENDING
            before.attempts += 1
            before.at = self._clock.now()
            session.add(before)
            return was

    async def end(self, message_id: str, state: Delivery, provider_ref: str = "") -> None:
        """Write down how the attempt ended."""
        async with self._database.write() as session:
            row = await session.get_one(MessageRow, message_id)
            row.state = state
            row.provider_ref = provider_ref
            row.at = self._clock.now()

    async def showing_code(self, merchant_order_no: str) -> Sequence[MessageRow]:
        """Return the delivered messages that show the order's QR code."""
        showing = select(MessageRow).where(
            MessageRow.merchant_order_no == merchant_order_no,
            col(MessageRow.shows_code).is_(True),
            MessageRow.state == Delivery.SENT,
        )
        async with self._database.read() as session:
            return (await session.exec(showing)).all()
