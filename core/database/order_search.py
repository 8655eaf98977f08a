"""Finds orders by whatever somebody knows of them."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import ColumnElement
from sqlmodel import and_, col, or_, select

from core.database.engine import Database
from core.database.tables.orders import OrderRow
from core.database.tables.whatsapp import WhatsAppContactRow
from core.domain.gulf import GULF
from core.domain.money import Money
from core.domain.orders import Order

_FEWEST_DIGITS = 4
_FEWEST_SIGNS = 4


class SqlOrderSearch:
    """The search on SQLite or PostgreSQL; it may take its time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def numbered(self, number: str, limit: int) -> Sequence[Order]:
        """Return the order of ours with that number, or those that end so."""
        exact = await self._found(col(OrderRow.merchant_order_no) == number, limit)
        if exact or len(number) < _FEWEST_SIGNS:
            return exact
        ends_so = col(OrderRow.merchant_order_no).endswith(number, autoescape=True)
        return await self._found(ends_so, limit)

    async def known_by(self, text: str, limit: int) -> Sequence[Order]:
        """Return the newest orders of an account, PayBy's number or a phone's end."""
        same: list[ColumnElement[bool]] = [
            col(OrderRow.account_id) == text,
            col(OrderRow.payby_order_no) == text,
        ]
        digits = text.removeprefix("+")
        if digits.isdecimal() and len(digits) >= _FEWEST_DIGITS:
            chats = select(WhatsAppContactRow.conversation_id).where(
                col(WhatsAppContactRow.phone).endswith(digits)
            )
            same.append(col(OrderRow.conversation_id).in_(chats))
        return await self._found(or_(*same), limit)

    async def of_day(self, amount: Money, day: date, limit: int) -> Sequence[Order]:
        """Return the newest orders of that amount made or paid on that Gulf day."""
        start = datetime.combine(day, time(), GULF)
        end = start + timedelta(days=1)
        was_made = and_(
            col(OrderRow.merchant_order_no) >= f"T{day - timedelta(days=1):%y%m%d}",
            col(OrderRow.merchant_order_no) < f"T{day + timedelta(days=1):%y%m%d}",
            col(OrderRow.created_at) >= start,
            col(OrderRow.created_at) < end,
        )
        was_paid = and_(col(OrderRow.paid_at) >= start, col(OrderRow.paid_at) < end)
        is_that_much = col(OrderRow.amount_fils) == amount.fils
        return await self._found(and_(is_that_much, or_(was_made, was_paid)), limit)

    async def _found(self, which: ColumnElement[bool], limit: int) -> Sequence[Order]:
        newest_first = (
            select(OrderRow)
            .where(which)
            .order_by(col(OrderRow.created_at).desc())
            .limit(limit)
        )
        return await self._database.read(
            lambda session: [row.to_order() for row in session.exec(newest_first)]
        )
