"""Payers who talk with people of support, and what was said, in the database.

What is said with the bot is kept ten lines a chat and for a day, so that a person can
see what went before; what is said with a person, for thirty days after its end.
"""

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, delete, or_, select

from core.database.chat_lines import keep_line, line_of, named
from core.database.engine import Database
from core.database.links import payers_chats
from core.database.tables.cases import CaseRow, ChatLineRow, TalkRow
from core.domain.cases import CaseKind
from core.domain.talks import Line, Talk, TalkFault, TalkStage, heard
from core.ports import Clock

TalkRule = Callable[[Talk], Talk | TalkFault]

_LIVE = (TalkStage.WAITING, TalkStage.TAKEN)
_CHAT_LINES_FOR = timedelta(days=1)
_TALK_LINES_FOR = timedelta(days=30)


class SqlTalks:
    """Talks on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def open(self, conversation_id: str, merchant_order_no: str) -> Talk:
        """Return the payer's live talk, or open one: a new case, or the order's old."""
        work = partial(self._open, conversation_id, merchant_order_no)
        try:
            return await self._database.write(work)
        except IntegrityError:  # another of the payer's chats was quicker
            return await self._database.write(work)

    def _open(
        self, conversation_id: str, merchant_order_no: str, session: Session
    ) -> Talk:
        if live := session.exec(_live_of(conversation_id)).first():
            return _talk(live)
        now, subject = self._clock.now(), merchant_order_no or conversation_id
        case = session.exec(
            select(CaseRow).where(
                CaseRow.merchant_order_no == subject, CaseRow.kind == CaseKind.TALK
            )
        ).first()
        if case is None:
            case = CaseRow(
                kind=CaseKind.TALK,
                merchant_order_no=subject,
                conversation_id=conversation_id,
                facts={},
                opened_at=now,
            )
            session.add(case)
        case.closed_at = None
        session.flush()
        talk = Talk(
            number=case.number or 0,
            conversation_id=conversation_id,
            merchant_order_no=merchant_order_no,
            stage=TalkStage.WAITING,
            opened_at=now,
            waits_since=now,
        )
        return _talk(session.merge(TalkRow(**vars(talk))))

    async def live(self, conversation_id: str) -> Talk | None:
        """Return the talk of a chat's payer that is not closed, if there is one."""

        def look(session: Session) -> Talk | None:
            row = session.exec(_live_of(conversation_id)).first()
            return _talk(row) if row else None

        return await self._database.read(look)

    async def get(self, number: int) -> Talk | None:
        """Return the talk of that case; None when it has none."""

        def look(session: Session) -> Talk | None:
            row = session.get(TalkRow, number)
            return _talk(row) if row else None

        return await self._database.read(look)

    async def all_live(self) -> Sequence[Talk]:
        """Return the talks that are not closed, the oldest first."""
        live = select(TalkRow).where(col(TalkRow.stage).in_(_LIVE))
        oldest_first = live.order_by(col(TalkRow.opened_at), col(TalkRow.number))
        return await self._database.read(
            lambda session: [_talk(row) for row in session.exec(oldest_first)]
        )

    async def change(self, number: int, rule: TalkRule) -> Talk | TalkFault:
        """Apply a rule to a talk as it is now; a fault changes nothing."""
        return await self._database.write(partial(self._change, number, rule))

    def _change(
        self, number: int, rule: TalkRule, session: Session
    ) -> Talk | TalkFault:
        row = session.get(TalkRow, number, with_for_update=True)
        if row is None:
            return TalkFault.UNKNOWN
        after = rule(_talk(row))
        if isinstance(after, TalkFault):
            return after
        if not after.is_live:
            session.get_one(CaseRow, number).closed_at = self._clock.now()
        row.sqlmodel_update(vars(after))
        return after

    async def tell(
        self, number: int, rule: TalkRule, line: Line
    ) -> tuple[Talk, Line] | TalkFault:
        """Let something be said to the payer, if the rule lets it; the same, once."""

        def work(session: Session) -> tuple[Talk, Line] | TalkFault:
            if known := named(session, line.name):
                return _talk(session.get_one(TalkRow, number)), line_of(known)
            after = self._change(number, rule, session)
            if isinstance(after, TalkFault):
                return after
            return after, keep_line(session, line, after.conversation_id, number)

        return await self._database.write(work)

    async def hear(self, conversation_id: str, line: Line) -> tuple[Talk, Line] | None:
        """Keep what a payer says to a person; None when no talk is live."""

        def work(session: Session) -> tuple[Talk, Line] | None:
            row = session.exec(_live_of(conversation_id).with_for_update()).first()
            if row is None:
                return None
            if known := named(session, line.name):
                return _talk(row), line_of(known)
            after = heard(_talk(row), conversation_id, self._clock.now())
            row.sqlmodel_update(vars(after))
            return after, keep_line(session, line, conversation_id, after.number)

        return await self._database.write(work)

    async def line(self, line_id: int) -> Line:
        """Return a line by its id."""
        return await self._database.read(
            lambda session: line_of(session.get_one(ChatLineRow, line_id))
        )

    async def lines(self, talk: Talk, limit: int) -> Sequence[Line]:
        """Return what was said last in the payer's chats, oldest first."""
        own = col(ChatLineRow.conversation_id).in_(payers_chats(talk.conversation_id))
        newest = (
            select(ChatLineRow)
            .where(or_(own, ChatLineRow.case_number == talk.number))
            .order_by(col(ChatLineRow.id).desc())
            .limit(limit)
        )
        return await self._database.read(
            lambda session: [line_of(row) for row in session.exec(newest)][::-1]
        )

    async def hold(self, line_id: int, *, is_held: bool) -> None:
        """Keep whether the payer still has to be shown a line."""

        def work(session: Session) -> None:
            session.get_one(ChatLineRow, line_id).is_held = is_held

        await self._database.write(work)

    async def held(self, conversation_id: str) -> Sequence[Line]:
        """Return what a chat still has to be shown, oldest first."""
        held = select(ChatLineRow).where(
            ChatLineRow.conversation_id == conversation_id,
            col(ChatLineRow.is_held).is_(True),
        )
        in_order = held.order_by(col(ChatLineRow.id))
        return await self._database.read(
            lambda session: [line_of(row) for row in session.exec(in_order)]
        )

    async def forget(self) -> None:
        """Delete what was said long enough ago."""
        now = self._clock.now()
        live = select(TalkRow.number).where(col(TalkRow.stage).in_(_LIVE))
        of_bot = col(ChatLineRow.case_number).is_(None)
        old = delete(ChatLineRow).where(
            or_(
                of_bot & (col(ChatLineRow.at) < now - _CHAT_LINES_FOR),
                (col(ChatLineRow.at) < now - _TALK_LINES_FOR)
                & col(ChatLineRow.case_number).not_in(live),
            )
        )
        await self._database.write(lambda session: session.exec(old))


def _live_of(conversation_id: str) -> Any:  # noqa: ANN401  (a question for TalkRow)
    return select(TalkRow).where(
        col(TalkRow.conversation_id).in_(payers_chats(conversation_id)),
        col(TalkRow.stage).in_(_LIVE),
    )


def _talk(row: TalkRow) -> Talk:
    known = row.model_dump(exclude={"stage"})
    return Talk(stage=TalkStage(row.stage), **known)
