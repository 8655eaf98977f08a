"""What was sent to whom, so that nobody is told twice or never."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, and_, col, or_, select
from sqlmodel.sql.expression import SelectOfScalar

from core.database.engine import Database
from core.database.tables.chats import ConversationRow
from core.database.tables.messages import MessageRow
from core.database.tables.orders import HappeningRow
from core.ports import Clock

FAILED = "failed"
"""The progress of what the network took and could not bring."""
UNWORDED = "unworded"
"""The trouble of what may only be said in approved words, and there are none."""
_LEFT_LYING = timedelta(minutes=10)  # twice the courier's longest wait


class Delivery(StrEnum):
    """What became of a message."""

    WAITING = "waiting"  # certainly not sent yet
    SENDING = "sending"  # an attempt began, and nothing is known of its end
    SENT = "sent"
    UNKNOWN = "unknown"  # tried as often as is decent, never confirmed
    REFUSED = "refused"  # the network will never take it
    UNREACHABLE = "unreachable"  # the person does not want messages from us
    PASSED = "passed"  # held back until it was of no use any more


@dataclass(frozen=True, kw_only=True)
class Record:
    """A message to a person, and how far it has come."""

    id: str
    conversation_id: str
    merchant_order_no: str = ""
    """The order it is about, if any."""
    shows_code: bool = False
    """Whether it carries the order's card, and may have to show it otherwise."""
    state: Delivery = Delivery.WAITING
    unconfirmed: int = 0
    """Attempts whose end is not known."""
    provider_ref: str = ""
    """The network's reference to it, once sent."""
    progress: str = ""
    """How far the network said it has brought it since; empty if it says nothing."""
    trouble: str = ""
    """Why it could not be brought, the last time: the network's own number of that, or
    UNWORDED."""
    failures: int = 0
    """How often the network took it and could not bring it."""
    began_at: datetime | None = None
    """When it was first tried."""

    @property
    def is_done(self) -> bool:
        """Whether nothing more is to be tried."""
        return self.state not in {Delivery.WAITING, Delivery.SENDING}

    @property
    def stands(self) -> bool:
        """Whether it is in the chat, also when that has been closed to us since."""
        is_there = self.state in {Delivery.SENT, Delivery.UNREACHABLE}
        return is_there and bool(self.provider_ref) and self.progress != FAILED


@dataclass(frozen=True)
class Spacing:
    """How the messages that we start are spread in a chat, as its network wants it."""

    gap: timedelta
    """How far each is from the last message to the chat."""
    most: int = 0
    """How many messages to the chat there may be `within` a while; 0 for no limit."""
    within: timedelta = timedelta()


AT_ONCE = Spacing(timedelta())


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

    async def begin(self, record: Record, spacing: Spacing | None) -> timedelta:
        """Keep that an attempt begins; if it is too early, keep its turn in its chat.

        Messages to a chat are spread so, whichever workers send them, and one that is
        to wait waits; without a spacing its turn has come. Return how long it is until
        the turn: no time if the attempt has begun.
        """
        now = self._clock.now()
        trying = replace(
            record,
            state=Delivery.SENDING,
            unconfirmed=record.unconfirmed + 1,
            began_at=record.began_at or now,
        )
        waiting = replace(record, state=Delivery.WAITING)

        def claim(session: Session) -> timedelta:
            row = session.get(MessageRow, record.id)
            turn = _turn(session, row, record, spacing, now) if spacing else now
            kept = waiting if turn > now else trying
            _keep(session, row, kept, turn)
            return turn - now

        return await self._database.write(claim)

    async def save(
        self,
        record: Record,
        kind: str = "message",
        *,
        wait: timedelta = timedelta(),
    ) -> Record:
        """Keep how far the message has come; its end goes into its order's timeline.

        The chat is left alone for so long. Return what is known now: the network may
        have told more meanwhile.
        """
        now = self._clock.now()

        def merge(session: Session) -> Record:
            row = session.get(MessageRow, record.id)
            if row and _is_ahead(row, record):
                return _record(row)
            _keep(session, row, record, now + wait)
            if record.is_done and record.merchant_order_no:
                session.add(_happening(record, kind, now))
            return record

        return await self._database.write(merge)

    async def change(
        self,
        message_id: str,
        rule: Callable[[Record], Record | None],
        wait: Callable[[Record], timedelta] = lambda _: timedelta(),
    ) -> Record | None:
        """Apply a rule to a message that was tried; None when it changes nothing.

        Afterwards the message, and no other, is left alone for so long.
        """
        now = self._clock.now()

        def apply(session: Session) -> Record | None:
            row = session.get(MessageRow, message_id, with_for_update=True)
            after = rule(_record(row)) if row else None
            if row is None or after is None:
                return None
            if after.state != row.state and after.is_done and after.merchant_order_no:
                session.add(_happening(after, "message", now))
            pause = wait(after)
            _keep(session, row, after, now + pause if pause else row.at)
            return after

        return await self._database.write(apply)

    async def sent_as(self, conversation_id: str, provider_ref: str) -> Record | None:
        """Return the message that counts as sent under the network's reference."""
        same = select(MessageRow).where(
            MessageRow.conversation_id == conversation_id,
            MessageRow.state == Delivery.SENT,
            MessageRow.provider_ref == provider_ref,
        )
        return next(iter(await self._all(same)), None)

    async def of_push(self, merchant_order_no: str, push_id: str) -> Sequence[Record]:
        """Return the messages of a push that have been tried."""
        own = select(MessageRow).where(
            MessageRow.merchant_order_no == merchant_order_no,
            col(MessageRow.id).startswith(f"{push_id}:", autoescape=True),
        )
        return await self._all(own)

    async def held(
        self, conversation_id: str, most_unconfirmed: int
    ) -> Sequence[Record]:
        """Return what an order's payer may not have got, oldest first.

        That is what found the chat closed, be it to a change only, what was never
        confirmed in at most so many attempts, and what nobody has tried to send any
        more for ten minutes.
        """
        state = col(MessageRow.state)
        held = select(MessageRow).where(
            MessageRow.conversation_id == conversation_id,
            MessageRow.merchant_order_no != "",
            or_(
                state == Delivery.UNREACHABLE,
                and_(
                    state == Delivery.UNKNOWN,
                    MessageRow.unconfirmed <= most_unconfirmed,
                ),
                and_(
                    state.in_((Delivery.WAITING, Delivery.SENDING)),
                    MessageRow.at < self._clock.now() - _LEFT_LYING,
                ),
            ),
        )
        return await self._all(held.order_by(col(MessageRow.at), MessageRow.id))

    async def showing_code(self, merchant_order_no: str) -> Sequence[Record]:
        """Return the messages in chats whose card may have to look otherwise."""
        showing = select(MessageRow).where(
            MessageRow.merchant_order_no == merchant_order_no,
            col(MessageRow.shows_code).is_(True),
        )
        return [record for record in await self._all(showing) if record.stands]

    async def _all(self, wanted: SelectOfScalar[MessageRow]) -> Sequence[Record]:
        return await self._database.read(
            lambda session: [_record(row) for row in session.exec(wanted)]
        )


def _keep(
    session: Session, row: MessageRow | None, record: Record, at: datetime
) -> None:
    """Keep the record, but for when it was first tried, which stays as it was."""
    if row is None:
        session.add(MessageRow(at=at, **vars(record)))
        return
    known = {**vars(record), "began_at": row.began_at or record.began_at}
    row.sqlmodel_update({"at": at, **known})


def _is_ahead(row: MessageRow, record: Record) -> bool:
    """Tell whether the network has told of this attempt before its sender could.

    That it was taken, or that it failed after all.
    """
    if record.state is Delivery.SENT:
        same = row.provider_ref == record.provider_ref
        return same and row.progress == FAILED
    was_taken = row.state == Delivery.SENT and row.progress not in {"", FAILED}
    return was_taken and not record.is_done


def _turn(
    session: Session,
    row: MessageRow | None,
    record: Record,
    spacing: Spacing,
    now: datetime,
) -> datetime:
    """Return when the message may be tried: now, if nothing speaks against it."""
    turn = row.at if row and row.state == Delivery.WAITING else now
    if spacing.gap:
        turns = _turns(session, record, spacing, now)
        turn = max([turn, *(last + spacing.gap for last in turns[:1])])
        if spacing.most and len(turns) == spacing.most:
            turn = max(turn, turns[-1] + spacing.within)
    return max(now, turn)


def _turns(
    session: Session, record: Record, spacing: Spacing, now: datetime
) -> Sequence[datetime]:
    """Return when the chat was, or will be, written to, the last time first.

    The chat's own row is locked until the turn is kept, so that two workers never
    take the same one. What its network could not bring waits by itself.
    """
    chat = select(ConversationRow.id).where(
        ConversationRow.id == record.conversation_id
    )
    session.exec(chat.with_for_update())
    at = col(MessageRow.at)
    turns = select(MessageRow.at).where(
        MessageRow.conversation_id == record.conversation_id,
        MessageRow.id != record.id,
        at > now - max(spacing.gap, spacing.within),
        or_(MessageRow.state != Delivery.WAITING, MessageRow.progress != FAILED),
    )
    return session.exec(turns.order_by(at.desc()).limit(spacing.most or 1)).all()


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
