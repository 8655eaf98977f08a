"""Books and statement are compared: what differs is settled, waits, or is a case."""

import asyncio
import shutil
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta

import pytest

from core.database.engine import Database
from core.domain.books import Difference
from core.domain.cases import CaseKind
from core.domain.differences import Fate
from core.domain.errors import GatewayError
from core.domain.gulf import GULF
from core.domain.orders import Event, Status
from core.domain.reports import Report
from core.payby.client import PayByClient
from core.payby.whole import NoStatement
from tests.contract.conftest import merchant_at, served
from tests.contract.payby.accounting import ACCOUNT, CLOSED, Merchant, today
from tests.contract.payby.conftest import Clock, World, an_order

DAY = timedelta(days=1)


async def _not_at_midnight() -> None:
    """Wait out the last moments of a day, in which a test would end on the next."""
    left = datetime.combine(today() + DAY, time(), GULF) - datetime.now(GULF)
    if left < timedelta(seconds=30):
        await asyncio.sleep(left.total_seconds())


@asynccontextmanager
async def opened(world, client, migrated_sqlite, tmp_path):
    await _not_at_midnight()
    file = tmp_path / "topup.sqlite"
    shutil.copy(migrated_sqlite, file)
    database = Database(f"sqlite:///{file}")
    merchant = Merchant(world, client, database)
    await merchant.accounts.keep([ACCOUNT, CLOSED])
    yield merchant
    await database.close()


@pytest.fixture
async def shop(world, client, migrated_sqlite, tmp_path):
    async with opened(world, client, migrated_sqlite, tmp_path) as shop:
        yield shop


def stands(report: Report) -> list[tuple[CaseKind, Fate]]:
    return [(each.difference.kind, each.fate) for each in report.differences]


async def test_books_of_a_day_on_which_all_went_well_agree(shop):
    for _ in range(2):
        await shop.credited()
    report = await shop.reconcile(today())
    assert report.differences == ()
    totals = report.totals
    assert {str(totals.paid_there), str(totals.paid_here), str(totals.credited)} == {
        "2, AED 100.00"
    }
    assert await shop.case_kinds() == []


@pytest.mark.parametrize(
    ("mistake", "kind", "fate"),
    [
        ("lacks_payment", CaseKind.PAID_HERE_ONLY, Fate.WAITING),
        ("other_amount", CaseKind.AMOUNT_DIFFERS, Fate.CASE),
        ("doubled", CaseKind.AMOUNT_DIFFERS, Fate.CASE),
        ("adds_payment", CaseKind.UNKNOWN_NUMBER, Fate.CASE),
        ("adds_refund", CaseKind.REFUND_MISSING_HERE, Fate.CASE),
        ("chargeback", CaseKind.REFUND_MISSING_HERE, Fate.CASE),
        ("reverted", CaseKind.REFUND_MISSING_HERE, Fate.CASE),
    ],
)
async def test_each_mistake_of_a_statement_is_found(shop, mistake, kind, fate):
    for _ in range(3):
        await shop.credited()
    await shop.mistake(mistake)
    assert stands(await shop.reconcile(today())) == [(kind, fate)]
    opened = [kind] if fate is Fate.CASE else []
    assert await shop.case_kinds() == opened
    assert stands(await shop.reconcile(today())) == [(kind, Fate.SETTLED)]
    assert await shop.case_kinds() == []
    assert stands(await shop.reconcile(today())) == []
    assert await shop.case_kinds() == []


async def test_payby_is_asked_about_what_is_none_of_our_orders(shop):
    await shop.credited()
    await shop.mistake("adds_payment")
    await shop.reconcile(today())
    [case] = await shop.cases.newest(5)
    assert case.facts["payby_says"] == "AED 50.00"
    assert "MERCHANT_ORDER_NO_NOT_EXIST" in case.facts["payby_answers"]
    assert case.conversation_id == ""


async def test_another_systems_order_is_told_with_how_it_stands(shop):
    foreign = await shop.client.create_order(an_order())
    await shop.world.pay(foreign)
    await shop.reconcile(today())
    [case] = await shop.cases.newest(5)
    assert case.merchant_order_no == foreign.merchant_order_no
    assert case.facts["payby_answers"] == "PAID_SUCCESS, AED 50.00"


async def test_a_statement_in_several_files_is_read_whole(shop):
    for _ in range(5):
        await shop.credited()
    await shop.mistake("split")
    report = await shop.reconcile(today())
    assert (report.totals.paid_there.count, report.differences) == (5, ())


async def test_the_same_difference_found_again_opens_nothing_twice(shop):
    await shop.credited()
    for _ in range(2):
        await shop.mistake("other_amount")
        [known] = (await shop.reconcile(today())).differences
        assert known.case_number == 1
    [case] = await shop.cases.newest(5)
    assert case.conversation_id == f"tg:{case.merchant_order_no}"
    assert case.facts == {
        "number": case.merchant_order_no,
        "statement_of": f"{today()}",
        "compared_until": f"{today()}",
        "payby_says": "AED 50.01",
        "our_books_say": "AED 50.00 of AED 50.00",
    }


async def test_what_payby_alone_calls_paid_is_asked_after_and_booked_once(shop):
    order = await shop.paid()
    report = await shop.reconcile(today())
    assert stands(report) == [(CaseKind.PAID_THERE_ONLY, Fate.SETTLED)]
    booked = await shop.orders.get(order.merchant_order_no)
    assert booked.status is Status.CREDITED
    assert shop.notifier.events(order) == [Event.CREDITED]
    timeline = await shop.orders.timeline(order.merchant_order_no)
    [settled] = [line.facts for line in timeline if line.kind == "settled"]
    assert settled["found_by"] == "statement"
    again = await shop.reconcile(today())
    assert again.differences == ()
    assert again.totals.credited == report.totals.paid_there
    assert await shop.case_kinds() == []


async def test_what_payby_itself_does_not_call_paid_is_a_case(shop):
    await shop.credited()
    order = await shop.ordered()
    await shop.mistake("pays_unpaid")
    report = await shop.reconcile(today())
    assert stands(report) == [(CaseKind.PAID_THERE_ONLY, Fate.CASE)]
    assert (await shop.orders.get(order.merchant_order_no)).status is Status.OPEN


async def test_while_payby_does_not_answer_nothing_is_called_failed(shop):
    order = await shop.paid()
    await shop.world.fault("getOrder", "http500", times=3)
    report = await shop.reconcile(today())
    assert stands(report) == [(CaseKind.PAID_THERE_ONLY, Fate.WAITING)]
    assert not report.is_finished
    report = await shop.reconcile(today())
    assert stands(report) == [(CaseKind.PAID_THERE_ONLY, Fate.SETTLED)]
    assert report.is_finished
    assert (await shop.orders.get(order.merchant_order_no)).is_paid


async def test_money_that_could_not_be_credited_is_missing_until_it_is(shop):
    order = await shop.paid(await shop.ordered(CLOSED))
    await shop.reconcile(today())
    assert shop.notifier.events(order) == [Event.HELD]
    kind = CaseKind.CREDIT_MISSING
    assert stands(await shop.reconcile(today())) == [(kind, Fate.WAITING)]
    [known] = (await shop.reconcile(today(), ahead=timedelta(hours=2))).differences
    assert (known.difference.kind, known.fate) == (kind, Fate.CASE)
    assert known.difference.here == "credited AED 0.00 of AED 50.00"
    await shop.accounts.keep([replace(CLOSED, is_open=True)])
    await shop.accounts.credit(await shop.orders.get(order.merchant_order_no))
    assert stands(await shop.reconcile(today())) == [(kind, Fate.SETTLED)]


async def test_what_payby_writes_down_a_day_after_us_settles_itself(shop):
    for _ in range(2):
        await shop.credited()
    await shop.mistake("late")
    kind = CaseKind.PAID_HERE_ONLY
    assert stands(await shop.reconcile(today())) == [(kind, Fate.WAITING)]
    assert stands(await shop.reconcile(today() + DAY)) == [(kind, Fate.SETTLED)]
    assert stands(await shop.reconcile(today() + DAY)) == []
    assert await shop.case_kinds() == []
    assert await shop.differences.unsettled() == []


async def test_what_payby_wrote_down_a_day_before_us_is_no_difference(shop):
    early = await shop.credited(days_late=1)
    late = await shop.credited()
    await shop.mistake("late")
    [known] = (await shop.reconcile(today())).differences
    assert known.difference.number == late.merchant_order_no
    [known] = (await shop.reconcile(today() + DAY)).differences
    assert (known.difference.number, known.fate) == (
        late.merchant_order_no,
        Fate.SETTLED,
    )
    assert early.is_paid
    assert await shop.case_kinds() == []


async def test_what_no_other_statement_has_either_becomes_a_case(shop):
    lost, *_, late = [await shop.credited() for _ in range(3)]
    await shop.mistake("late")
    await shop.client.statement(today())
    await shop.mistake("lacks_payment")
    await shop.reconcile(today())
    report = await shop.reconcile(today() + DAY)
    fates = {each.difference.number: each.fate for each in report.differences}
    assert fates == {
        lost.merchant_order_no: Fate.CASE,
        late.merchant_order_no: Fate.SETTLED,
    }
    assert await shop.case_kinds() == [CaseKind.PAID_HERE_ONLY]


@pytest.mark.parametrize(
    ("mistake", "sentence"),
    [
        ("miscounted", "promises 2 rows and holds 1"),
        ("other_day", "is the statement of"),
        ("damaged", "not a readable ZIP"),
    ],
)
async def test_a_statement_that_is_not_whole_is_not_compared(shop, mistake, sentence):
    await shop.credited()
    await shop.mistake(mistake)
    with pytest.raises(NoStatement, match=sentence):
        await shop.reconcile(today())
    assert (await shop.reconcile(today())).differences == ()


async def test_a_day_without_a_statement_says_so(shop):
    with pytest.raises(NoStatement, match=r"no statement of 2020-01-02.*62013"):
        await shop.reconcile(date(2020, 1, 2))
    report = await shop.reconcile(date(2020, 1, 2), may_be_empty=True)
    assert (report.totals.paid_there.count, report.differences) == (0, ())


async def test_while_payby_is_away_nothing_is_compared(shop):
    await shop.credited()
    await shop.world.fault("getOrderStatement", "down", times=3)
    with pytest.raises(GatewayError):
        await shop.reconcile(today())
    assert await shop.differences.unsettled() == []


async def test_too_many_differences_at_once_do_not_bury_support(shop):
    many = [
        Difference(
            kind=CaseKind.AMOUNT_DIFFERS, number=f"X-{n}", merchant_order_no=f"X-{n}"
        )
        for n in range(150)
    ]
    await shop.differences.keep(today() - DAY, many)
    await shop.credited()
    report = await shop.reconcile(today())
    assert len(report.of_fate(Fate.CASE)) == 100
    report = await shop.reconcile(today())
    assert len(report.of_fate(Fate.CASE)) == 50


@pytest.fixture(scope="session")
def fast_sandbox(tmp_path_factory):
    """Serve another sandbox, in which money goes back within milliseconds."""
    with served(tmp_path_factory.mktemp("fast"), speed=60_000) as served_fast:
        yield served_fast


@pytest.fixture
async def fast_shop(fast_sandbox, http, migrated_sqlite, tmp_path):
    world = World(fast_sandbox.url)
    await world.control("reset")
    client = PayByClient(http, merchant_at(fast_sandbox), Clock())
    async with opened(world, client, migrated_sqlite, tmp_path) as shop:
        yield shop


async def test_books_agree_about_money_that_went_back(fast_shop):
    order = await fast_shop.credited()
    for fils in (2000, 3000):
        await fast_shop.gave_back(order, fils)
    report = await fast_shop.reconcile(today())
    assert report.differences == ()
    totals = report.totals
    assert str(totals.given_back_there) == str(totals.given_back_here) == "2, AED 50.00"


async def test_money_that_went_back_here_alone_waits_for_the_next_statement(fast_shop):
    order = await fast_shop.credited()
    refund_no = await fast_shop.gave_back(order, 2000)
    await fast_shop.mistake("lacks_refund")
    [known] = (await fast_shop.reconcile(today())).differences
    assert (known.difference.kind, known.fate) == (
        CaseKind.REFUND_MISSING_THERE,
        Fate.WAITING,
    )
    assert known.difference.number == refund_no
    [known] = (await fast_shop.reconcile(today())).differences
    assert known.fate is Fate.SETTLED


async def test_money_given_back_in_paybys_portal_is_booked_from_the_statement(
    fast_shop,
):
    order = await fast_shop.credited()
    await fast_shop.gave_back_at_the_portal(order)
    kind = CaseKind.REFUND_MISSING_HERE
    assert stands(await fast_shop.reconcile(today())) == [(kind, Fate.SETTLED)]
    assert (await fast_shop.orders.get(order.merchant_order_no)).is_refunded
    assert (await fast_shop.reconcile(today())).differences == ()
