"""An online account grows by each paid order once, wherever it is kept."""

import asyncio

import pytest

from core.database.accounts import SqlAccounts
from core.database.engine import Database
from core.domain.accounts import Account
from core.domain.errors import AccountNotCreditable
from core.domain.money import Money
from tests.contract.conftest import MEMORY
from tests.fakes import HandClock, MemoryAccounts, an_order

OPEN = Account("player-1001", "DesertFalcon", is_open=True)
CLOSED = Account("player-1019", "OldOryx", is_open=False)


@pytest.fixture
async def accounts(place, clock):
    if place == MEMORY:
        yield MemoryAccounts([OPEN, CLOSED])
        return
    database = Database(place)
    sql = SqlAccounts(database, clock)
    await sql.keep([OPEN, CLOSED])
    yield sql
    await database.close()


async def test_an_account_is_found_open_or_closed_or_not_at_all(accounts):
    assert await accounts.find("player-1001") == OPEN
    assert await accounts.find("player-1019") == CLOSED
    assert await accounts.find("player-2000") is None
    assert await accounts.find("Player-1001") is None


async def test_a_balance_is_the_sum_of_what_was_credited(accounts):
    assert await accounts.balance("player-1001") == Money(0)
    for number, fils in enumerate((5000, 1, 99_999_999_999_999)):
        await accounts.credit(an_order(f"T{number}", amount=Money(fils)))
    assert await accounts.balance("player-1001") == Money(100_000_000_005_000)
    assert await accounts.balance("player-1019") == Money(0)


async def test_an_order_is_credited_once_however_often_it_is_asked(accounts):
    for _ in range(3):
        await accounts.credit(an_order())
    assert await accounts.balance("player-1001") == Money(5000)


async def test_an_order_credited_twenty_times_at_once_is_credited_once(accounts):
    await asyncio.gather(*(accounts.credit(an_order()) for _ in range(20)))
    assert await accounts.balance("player-1001") == Money(5000)


@pytest.mark.parametrize(("account", "closed"), [("player-1019", True), ("x", False)])
async def test_a_closed_or_missing_account_is_not_credited(accounts, account, closed):
    with pytest.raises(AccountNotCreditable) as caught:
        await accounts.credit(an_order(account_id=account))
    assert (caught.value.account_id, caught.value.closed) == (account, closed)
    assert await accounts.balance(account) == Money(0)


async def test_workers_side_by_side_credit_an_order_once(database_url):
    workers = [Database(database_url) for _ in range(4)]
    books = [SqlAccounts(database, HandClock()) for database in workers]
    await books[0].keep([OPEN])
    await asyncio.gather(*(book.credit(an_order()) for book in books * 5))
    assert await books[0].balance("player-1001") == Money(5000)
    for database in workers:
        await database.close()


async def test_an_order_credited_before_its_account_closed_stays_credited(database):
    accounts = SqlAccounts(database, HandClock())
    await accounts.keep([OPEN])
    await accounts.credit(an_order())
    await accounts.keep([Account("player-1001", "DesertFalcon", is_open=False)])
    await accounts.credit(an_order())
    assert await accounts.balance("player-1001") == Money(5000)


async def test_accounts_kept_again_are_updated_and_others_stay(database):
    accounts = SqlAccounts(database, HandClock())
    await accounts.keep([OPEN, CLOSED])
    renamed = Account("player-1001", "NightFalcon", is_open=False)
    await accounts.keep([renamed])
    assert await accounts.find("player-1001") == renamed
    assert await accounts.find("player-1019") == CLOSED
