"""The merchant's online accounts, kept in our own double-entry ledger."""

from collections.abc import Iterable

from sqlalchemy import func
from sqlmodel import Session, select

from core.database.engine import Database
from core.database.freezes import demand_not_frozen
from core.database.ledger import rows_of
from core.database.tables.accounts import AccountRow
from core.database.tables.orders import PostingRow
from core.domain.accounts import Account
from core.domain.errors import AccountNotCreditable, AccountSpent, NothingToCredit
from core.domain.ledger import (
    UNALLOCATED,
    Entry,
    EntryKind,
    credit_entry,
    online_account,
    returned_entry,
    set_aside_entry,
)
from core.domain.money import NOTHING, Money
from core.domain.orders import Order
from core.domain.refunds import Refund
from core.ports import Clock


class SqlAccounts:
    """The Accounts port on our own ledger: a balance is the sum of its postings."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def find(self, account_id: str) -> Account | None:
        """Return the account, open or closed; None when there is none."""

        def look(session: Session) -> Account | None:
            row = session.get(AccountRow, account_id)
            return Account(row.id, row.name, row.is_open) if row else None

        return await self._database.read(look)

    async def balance(self, account_id: str) -> Money:
        """Return what the account holds now: all its credits less its debits."""
        return await self._database.read(lambda session: _balance(session, account_id))

    async def credit(self, order: Order) -> None:
        """Book what was not set aside of the order into its account, once per order.

        Raises AccountNotCreditable when the account is gone or closed, Frozen when it
        or the payer is stopped, and NothingToCredit when all of the money is on its way
        back.
        """

        def book(session: Session) -> None:
            account = session.get(AccountRow, order.account_id, with_for_update=True)
            if _is_booked(session, order, EntryKind.CREDIT):
                return
            if account is None or not account.is_open:
                raise AccountNotCreditable(order.account_id, account is not None)
            demand_not_frozen(session, order.conversation_id, order.account_id)
            amount = order.amount + -_set_aside_uncredited(session, order)
            if amount <= NOTHING:
                raise NothingToCredit(order.merchant_order_no)
            self._add(session, credit_entry(order, amount))

        await self._database.write(book)

    async def take_back(
        self, order: Order, refund: Refund, *, even_below_zero: bool
    ) -> None:
        """Set a refund's sum aside, once: from the account, or what was never on it.

        Raises AccountSpent when that holds less, unless it may go below zero.
        """

        def book(session: Session) -> None:
            session.get(AccountRow, order.account_id, with_for_update=True)
            if _is_booked(session, order, EntryKind.SET_ASIDE, refund):
                return
            source = _holder(session, order)
            if source == UNALLOCATED:
                holds = order.amount + -_set_aside_uncredited(session, order)
            else:
                holds = _balance(session, order.account_id)
            if holds < refund.amount and not even_below_zero:
                raise AccountSpent(order.account_id, holds)
            self._add(session, set_aside_entry(refund, source))

        await self._database.write(book)

    async def give_again(self, order: Order, refund: Refund) -> None:
        """Return what was set aside for a refund that came to nothing, once."""

        def book(session: Session) -> None:
            session.get(AccountRow, order.account_id, with_for_update=True)
            if not _is_booked(session, order, EntryKind.SET_ASIDE, refund):
                return
            if _is_booked(session, order, EntryKind.RETURNED, refund):
                return
            self._add(session, returned_entry(refund, _holder(session, order)))

        await self._database.write(book)

    async def keep(self, accounts: Iterable[Account]) -> None:
        """Add these accounts, and update those of the same id."""
        rows = [
            AccountRow(id=account.id, name=account.name, is_open=account.is_open)
            for account in accounts
        ]

        def merge(session: Session) -> None:
            for row in rows:
                session.merge(row)

        await self._database.write(merge)

    def _add(self, session: Session, entry: Entry) -> None:
        session.add_all(rows_of(entry, self._clock.now()))


def _is_booked(
    session: Session, order: Order, kind: EntryKind, refund: Refund | None = None
) -> bool:
    booked = select(PostingRow.id).where(
        PostingRow.merchant_order_no == order.merchant_order_no,
        PostingRow.kind == kind,
        PostingRow.refund_no == (refund.refund_no if refund else ""),
    )
    return session.exec(booked).first() is not None


def _holder(session: Session, order: Order) -> str:
    """Name the ledger account that has the order's money."""
    is_credited = _is_booked(session, order, EntryKind.CREDIT)
    return online_account(order.account_id) if is_credited else UNALLOCATED


def _balance(session: Session, account_id: str) -> Money:
    own = PostingRow.ledger_account == online_account(account_id)
    return -_sum(session, own)


def _set_aside_uncredited(session: Session, order: Order) -> Money:
    """Return what was set aside of an order's money before it was credited."""
    return _sum(
        session,
        PostingRow.merchant_order_no == order.merchant_order_no,
        PostingRow.ledger_account == UNALLOCATED,
        PostingRow.refund_no != "",
    )


def _sum(session: Session, *which: bool) -> Money:
    total = select(func.coalesce(func.sum(PostingRow.amount_fils), 0)).where(*which)
    return Money(int(session.exec(total).one()))
