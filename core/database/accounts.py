"""The merchant's online accounts, kept in our own double-entry ledger."""

from collections.abc import Iterable

from sqlalchemy import func
from sqlmodel import Session, select

from core.database.engine import Database
from core.database.orders import rows_of
from core.database.tables import AccountRow, PostingRow
from core.domain.accounts import Account
from core.domain.errors import AccountNotCreditable
from core.domain.ledger import EntryKind, credit_entry, online_account
from core.domain.money import Money
from core.domain.orders import Order
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
        total = select(func.coalesce(func.sum(PostingRow.amount_fils), 0)).where(
            PostingRow.ledger_account == online_account(account_id)
        )
        fils = await self._database.read(lambda session: session.exec(total).one())
        return -Money(int(fils))

    async def credit(self, order: Order) -> None:
        """Book the order's amount into its account, once per order.

        Raises AccountNotCreditable when the account is gone or closed.
        """
        booked = select(PostingRow.id).where(
            PostingRow.merchant_order_no == order.merchant_order_no,
            PostingRow.kind == EntryKind.CREDIT,
        )

        def book(session: Session) -> None:
            account = session.get(AccountRow, order.account_id, with_for_update=True)
            if session.exec(booked).first() is not None:
                return
            if account is None or not account.is_open:
                raise AccountNotCreditable(order.account_id, account is not None)
            session.add_all(rows_of(credit_entry(order), self._clock.now()))

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
