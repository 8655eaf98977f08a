"""An online account grows by each paid order once, wherever it is kept."""

import asyncio

import pytest

from core.database.accounts import SqlAccounts
from core.database.engine import Database
from core.domain.accounts import Account
from core.domain.errors import AccountNotCreditable, AccountSpent, NothingToCredit
from core.domain.money import Money
from core.domain.refunds import Refund
from tests.contract.conftest import MEMORY
from tests.fakes import HandClock, MemoryAccounts, a_refund, an_order

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


async def test_what_is_taken_back_leaves_the_account_once(accounts):
    await accounts.credit(an_order())
    for _ in range(2):
        await take_back(accounts, a_refund(amount=Money(2000)))
    await take_back(accounts, a_refund("R2", amount=Money(2999)))
    assert await accounts.balance("player-1001") == Money(1)


async def test_no_more_is_taken_back_than_there_is_unless_it_may_be(accounts):
    await accounts.credit(an_order())
    too_much = a_refund(amount=Money(5001))
    with pytest.raises(AccountSpent) as caught:
        await take_back(accounts, too_much)
    assert (caught.value.account_id, caught.value.holds) == ("player-1001", Money(5000))
    assert await accounts.balance("player-1001") == Money(5000)
    await accounts.take_back(an_order(), too_much, even_below_zero=True)
    assert await accounts.balance("player-1001") == Money(-1)


async def test_what_was_taken_back_is_given_again_once_and_nothing_else_is(accounts):
    await accounts.credit(an_order())
    await accounts.give_again(an_order(), a_refund())
    await take_back(accounts, a_refund())
    assert await accounts.balance("player-1001") == Money(0)
    for _ in range(2):
        await accounts.give_again(an_order(), a_refund())
    assert await accounts.balance("player-1001") == Money(5000)


async def test_a_closed_account_gives_back_what_it_holds(accounts):
    order = an_order(account_id="player-1019")
    await accounts.take_back(order, a_refund(), even_below_zero=False)
    with pytest.raises(AccountNotCreditable):
        await accounts.credit(order)
    assert await accounts.balance("player-1019") == Money(0)


async def test_what_was_taken_back_before_the_credit_is_not_credited(accounts):
    part = a_refund(amount=Money(2000))
    await take_back(accounts, part)
    await accounts.credit(an_order())
    assert await accounts.balance("player-1001") == Money(3000)
    await accounts.give_again(an_order(), part)
    assert await accounts.balance("player-1001") == Money(5000)


async def test_an_order_all_of_which_was_taken_back_has_nothing_to_credit(accounts):
    await take_back(accounts, a_refund())
    with pytest.raises(NothingToCredit):
        await accounts.credit(an_order())
    with pytest.raises(AccountSpent):
        await take_back(accounts, a_refund("R2", amount=Money(1)))
    await accounts.give_again(an_order(), a_refund())
    await accounts.credit(an_order())
    assert await accounts.balance("player-1001") == Money(5000)


async def take_back(accounts: SqlAccounts | MemoryAccounts, refund: Refund) -> None:
    await accounts.take_back(an_order(), refund, even_below_zero=False)


async def test_workers_side_by_side_take_back_no_more_than_there_is(database_url):
    workers = [Database(database_url) for _ in range(4)]
    books = [SqlAccounts(database, HandClock()) for database in workers]
    await books[0].keep([OPEN])
    await books[0].credit(an_order())
    refunds = [a_refund(f"R{number}", amount=Money(2000)) for number in range(4)]
    tries = [take_back(*each) for each in zip(books, refunds, strict=True)]
    ends = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(str(type(end)) for end in ends if end) == [str(AccountSpent)] * 2
    assert await books[0].balance("player-1001") == Money(1000)
    for database in workers:
        await database.close()
