"""Each night the day that is over is compared once, by one worker, until it is done."""

import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest

from core.bookkeeping import DUTY, Booking, Bookkeeping
from core.database.accounts import SqlAccounts
from core.database.books import SqlBooks
from core.database.cases import SqlCases
from core.database.differences import SqlDifferences
from core.database.engine import Database
from core.database.leases import SqlLeases
from core.database.orders import SqlOrders
from core.database.refunds import SqlRefunds
from core.domain.accounts import Account
from core.domain.books import Difference
from core.domain.cases import CaseKind
from core.domain.differences import Fate
from core.domain.errors import GatewayRejected, GatewayUnavailable
from core.domain.gulf import GULF
from core.domain.money import Money
from core.domain.reports import Report
from core.domain.terms import Pace
from core.parts import Parts
from core.reconciliation import Reconciliation, ReconciliationParts
from tests.fake_gateway import FakeGateway
from tests.fakes import (
    PAYEE,
    HandClock,
    MemoryNotifier,
    MemoryRefundNews,
    MemorySupport,
    a_payment,
    an_order,
)
from tests.integration.conftest import TERMS
from tests.statements import payment_line, refund_line, statement_of

MONDAY = date(2026, 11, 23)
DAY = timedelta(days=1)
NONE_YET = GatewayRejected("STATEMENT_NOT_GENERATED", "62014")
NONE_AT_ALL = GatewayRejected("STATEMENT_NOT_EXIST", "62013")


@dataclass
class Office:
    """Who keeps the books, PayBy's statements, and what support heard."""

    database: Database
    clock: HandClock = field(default_factory=HandClock)
    statements: dict[date, bytes | Exception] = field(default_factory=dict)
    asked: list[date] = field(default_factory=list)
    told: list[Report] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.gateway = FakeGateway(self.clock)
        self.orders = SqlOrders(self.database, self.clock)
        self.accounts = SqlAccounts(self.database, self.clock)
        self.support = MemorySupport()
        self.leases = SqlLeases(self.database, self.clock)
        self.cases = SqlCases(self.database, self.clock)
        self.differences = SqlDifferences(self.database, self.clock)
        self.parts = Parts(
            terms=TERMS,
            gateway=self.gateway,
            orders=self.orders,
            refunds=SqlRefunds(self.database, self.clock, Pace()),
            accounts=self.accounts,
            notifier=MemoryNotifier(),
            refund_news=MemoryRefundNews(),
            support=self.support,
            clock=self.clock,
        )

    def comparing(self) -> Reconciliation:
        return Reconciliation(
            ReconciliationParts(
                fetch=self.fetch,
                get_order=self.gateway.get_order,
                book=Booking(self.parts).book,
                books=SqlBooks(self.database),
                differences=self.differences,
                cases=self.cases,
                clock=self.clock,
                mid=PAYEE,
            )
        )

    def worker(self, name: str = "worker-1") -> Bookkeeping:
        return Bookkeeping(
            self.parts,
            self.comparing(),
            self.differences,
            self.tell,
            leases=self.leases,
            worker=name,
        )

    async def fetch(self, day: date) -> bytes:
        self.asked.append(day)
        answer = self.statements.get(day, NONE_YET)
        if isinstance(answer, Exception):
            raise answer
        return answer

    async def tell(self, report: Report) -> None:
        self.told.append(report)

    async def open_cases(self) -> list[CaseKind]:
        """What support still has to look at."""
        return [case.kind for case in await self.cases.all_open()]

    async def night(self, day: date) -> None:
        """Let the day that is over by then be compared."""
        self.clock.time = at(day + DAY, 2)
        await self.worker().turn()

    async def credit(self, number: str) -> None:
        """Let the account be there, and the order be credited."""
        account = Account("player-1001", "DesertFalcon", is_open=True)
        await self.accounts.keep([account])
        await self.accounts.credit(await self.orders.get(number))
        await self.orders.credited(number)

    def writes(self, day: date, numbers: Iterable[str] = ()) -> None:
        """Let PayBy write the statement of a day, with payments of fifty dirhams."""
        lines = [payment_line(number, "50.00", at(day, 12)) for number in numbers]
        self.statements[day] = statement_of(day, PAYEE, lines)

    async def paid(self, number: str, when: datetime) -> None:
        """Let an order be paid and booked, which nobody can credit."""
        order = an_order(number, conversation_id=f"tg:{number}")
        await self.orders.add(order)
        await self.orders.settle(number, a_payment(order, paid_at=when), "notice")


def at(day: date, hour: float) -> datetime:
    return datetime.combine(day, time(), GULF) + timedelta(hours=hour)


@pytest.fixture
async def office(migrated_sqlite, tmp_path):
    shutil.copy(migrated_sqlite, tmp_path / "topup.sqlite")
    database = Database(f"sqlite:///{tmp_path}/topup.sqlite")
    yield Office(database)
    await database.close()


async def test_the_day_that_is_over_is_compared_from_two_in_the_night_on(office):
    worker = office.worker()
    office.writes(MONDAY)
    office.writes(MONDAY - DAY)
    office.clock.time = at(MONDAY + DAY, 1.9)
    await worker.turn()
    assert office.asked == [MONDAY - DAY]
    office.clock.time = at(MONDAY + DAY, 2)
    for _ in range(3):
        await worker.turn()
    assert office.asked == [MONDAY - DAY, MONDAY]
    assert office.told == []


async def test_days_that_were_missed_are_made_up_for_in_turn(office):
    for days in range(4):
        office.writes(MONDAY + days * DAY)
    office.clock.time = at(MONDAY + DAY, 3)
    await office.worker().turn()
    office.clock.time = at(MONDAY + 4 * DAY, 3)
    await office.worker().turn()
    assert office.asked == [MONDAY + days * DAY for days in range(4)]


async def test_a_day_without_a_statement_is_tried_again_every_half_hour(office):
    worker = office.worker()
    office.clock.time = at(MONDAY + DAY, 2)
    for _ in range(30):
        await worker.turn()
        office.clock.pass_by(timedelta(minutes=5))
    assert len(office.asked) == 5
    office.writes(MONDAY)
    await worker.turn()
    office.clock.pass_by(timedelta(minutes=30))
    await worker.turn()
    assert len(office.asked) == 6
    assert office.support.cases == []


@pytest.mark.parametrize(
    "trouble",
    [NONE_YET, GatewayUnavailable("PayBy does not answer."), b"no ZIP"],
)
async def test_after_noon_support_hears_once_that_a_statement_is_missing(
    office, trouble
):
    worker = office.worker()
    office.statements[MONDAY] = trouble
    office.clock.time = at(MONDAY + DAY, 12)
    await worker.turn()
    assert office.support.cases == []
    for _ in range(2):
        office.clock.pass_by(timedelta(minutes=31))
        await worker.turn()
    [(number, kind, facts)] = office.support.cases
    assert (number, kind) == ("2026-11-23", CaseKind.STATEMENT_MISSING)
    assert facts["why"]
    office.writes(MONDAY)
    office.clock.pass_by(timedelta(minutes=31))
    await worker.turn()
    assert len(office.asked) == 4


async def test_a_quiet_day_of_which_payby_has_no_statement_ends_at_noon(office):
    worker = office.worker()
    office.statements[MONDAY] = NONE_AT_ALL
    for hour in (2, 12, 12.6, 13.2):
        office.clock.time = at(MONDAY + DAY, hour)
        await worker.turn()
    assert len(office.asked) == 3
    assert office.support.cases == []
    assert office.told == []


async def test_support_hears_once_of_a_day_that_differs(office):
    worker = office.worker()
    await office.paid("T261123-AAAA2222", at(MONDAY, 12))
    office.writes(MONDAY, ["T261123-AAAA2222", "T261123-STRANGER"])
    office.clock.time = at(MONDAY + DAY, 2)
    for _ in range(2):
        await worker.turn()
    [report] = office.told
    stands = {(each.difference.kind, each.fate) for each in report.differences}
    assert stands == {
        (CaseKind.UNKNOWN_NUMBER, Fate.CASE),
        (CaseKind.CREDIT_MISSING, Fate.CASE),
    }


async def test_a_day_ends_only_when_payby_has_answered_for_what_it_alone_calls_paid(
    office,
):
    worker = office.worker()
    number = "T261123-AAAA2222"
    await office.orders.add(an_order(number))
    office.writes(MONDAY, [number])
    office.gateway.fails("get", GatewayUnavailable("busy"))
    office.clock.time = at(MONDAY + DAY, 2)
    await worker.turn()
    assert office.told == []
    office.clock.pass_by(timedelta(minutes=30))
    await worker.turn()  # PayBy does not know the number, whatever its statement says
    [report] = office.told
    [known] = report.differences
    assert (known.difference.kind, known.fate) == (CaseKind.PAID_THERE_ONLY, Fate.CASE)


async def given_back_at_the_portal(office: Office) -> str:
    """Let an order be credited, and somebody give its money back at PayBy."""
    number = "T261123-AAAA2222"
    await office.paid(number, at(MONDAY, 12))
    await office.credit(number)
    office.gateway.orders[number] = a_payment(await office.orders.get(number))
    office.gateway.begin_refund("PT1", number, Decimal(20))
    lines = [
        payment_line(number, "50.00", at(MONDAY, 12)),
        refund_line("PT1", number, "20.00", at(MONDAY, 13)),
    ]
    office.statements[MONDAY] = statement_of(MONDAY, PAYEE, lines)
    office.clock.time = at(MONDAY + DAY, 2)
    return number


async def test_money_given_back_at_payby_alone_is_taken_into_the_books(office):
    number = await given_back_at_the_portal(office)
    office.gateway.give("PT1")
    worker = office.worker()
    await worker.turn()
    [known] = office.told[0].differences
    assert (known.difference.kind, known.fate) == (
        CaseKind.REFUND_MISSING_HERE,
        Fate.SETTLED,
    )
    assert (await office.orders.get(number)).refunded == Money(2000)
    assert await office.accounts.balance("player-1001") == Money(3000)
    for days in (1, 2):  # booked on the next day, of which no statement has it
        office.writes(MONDAY + days * DAY)
        office.clock.pass_by(DAY)
        await worker.turn()
    assert office.asked[-1] == MONDAY + 2 * DAY
    assert len(office.told) == 1


async def test_money_that_is_still_on_its_way_back_is_only_late(office):
    await given_back_at_the_portal(office)
    await office.worker().turn()
    [known] = office.told[0].differences
    assert known.fate is Fate.WAITING
    office.gateway.give("PT1")
    refunds = office.parts.refunds
    await refunds.done("PT1", "")
    office.writes(MONDAY + DAY)
    office.clock.pass_by(DAY)
    await office.worker().turn()
    assert [each.fate for each in office.told[1].differences] == [Fate.SETTLED]


async def test_a_refund_that_payby_itself_does_not_know_is_a_case(office):
    await given_back_at_the_portal(office)
    office.gateway.given.clear()
    await office.worker().turn()
    [known] = office.told[0].differences
    assert known.fate is Fate.CASE


async def test_an_order_undone_at_payby_alone_is_taken_into_the_books(office):
    number = await given_back_at_the_portal(office)
    office.gateway.given.clear()
    office.gateway.change(number, revoked=True)
    line = payment_line(number, "50.00", at(MONDAY, 12))
    undone = line.replace("|SUCCESS|", "|REVERTED|")
    office.statements[MONDAY] = statement_of(MONDAY, PAYEE, [undone])
    await office.worker().turn()
    [known] = office.told[0].differences
    assert (known.difference.kind, known.fate) == (
        CaseKind.REFUND_MISSING_HERE,
        Fate.SETTLED,
    )
    assert (await office.orders.get(number)).is_refunded


async def test_one_worker_at_a_time_compares(office):
    office.writes(MONDAY)
    office.clock.time = at(MONDAY + DAY, 2)
    await office.leases.take(DUTY, "somebody", timedelta(minutes=30))
    await office.worker().turn()
    assert office.asked == []
    await office.leases.let_go(DUTY, "somebody")
    await office.worker().turn()
    await office.worker("worker-2").turn()
    assert office.asked == [MONDAY]


async def test_who_was_cut_off_begins_the_day_again(office):
    office.writes(MONDAY)
    office.clock.time = at(MONDAY + DAY, 2)
    await office.leases.take(DUTY, "worker-1", timedelta(minutes=30))
    await office.worker("worker-1").turn()
    assert office.asked == [MONDAY]


async def test_a_case_is_closed_as_soon_as_what_was_missing_is_booked(office):
    number = "T261123-AAAA2222"
    await office.paid(number, at(MONDAY, 12))
    office.writes(MONDAY, [number])
    await office.night(MONDAY)
    [case] = await office.cases.all_open()
    assert case.kind is CaseKind.CREDIT_MISSING
    await office.worker().turn()
    assert await office.open_cases() == [CaseKind.CREDIT_MISSING]
    await office.credit(number)
    await office.worker().turn()
    assert await office.open_cases() == []
    closed = await office.cases.get(case.number)
    assert closed.closed_at == office.clock.now()
    assert closed.facts["closed_by"] == "our books, which have it by now"


async def test_a_case_is_closed_by_the_statement_that_has_what_was_missing(office):
    number = "T261123-AAAA2222"
    await office.paid(number, at(MONDAY, 12))
    await office.credit(number)
    for days in range(2):  # neither its own day's statement has it, nor the next
        office.writes(MONDAY + days * DAY)
        await office.night(MONDAY + days * DAY)
    [case] = await office.cases.all_open()
    assert case.kind is CaseKind.PAID_HERE_ONLY
    office.writes(MONDAY + 2 * DAY, [number])
    await office.night(MONDAY + 2 * DAY)
    closed = await office.cases.get(case.number)
    assert closed.closed_at == office.clock.now()
    assert closed.facts["closed_by"] == "the statement of 2026-11-25"
    [known] = office.told[-1].differences
    assert (known.fate, known.case_number) == (Fate.SETTLED, case.number)


async def test_a_day_whose_statement_came_after_all_is_no_case_any_more(office):
    worker = office.worker()
    kind = CaseKind.STATEMENT_MISSING
    for day in (MONDAY, MONDAY - DAY):
        await office.cases.open(kind, f"{day}", "", {})
    office.clock.time = at(MONDAY + DAY, 14)
    await worker.turn()
    assert await office.open_cases() == [kind, kind]
    office.writes(MONDAY)
    office.clock.pass_by(timedelta(minutes=31))
    await worker.turn()
    [other] = await office.cases.all_open()
    assert other.merchant_order_no == f"{MONDAY - DAY}"


async def test_what_differs_again_after_it_was_settled_is_the_same_case_again(office):
    stranger = "T261123-STRANGER"
    comparing = office.comparing()
    office.clock.time = at(MONDAY + DAY, 2)
    numbers = set()
    for _ in range(2):
        office.writes(MONDAY, [stranger])
        await comparing.run(MONDAY)
        [case] = await office.cases.all_open()
        numbers.add(case.number)
        assert "closed_by" not in case.facts
        office.writes(MONDAY)
        await comparing.run(MONDAY)
        assert await office.open_cases() == []
    assert len(numbers) == 1


async def test_what_a_person_has_closed_stays_closed_though_it_differs_still(office):
    office.writes(MONDAY, ["T261123-STRANGER"])
    await office.night(MONDAY)
    [case] = await office.cases.all_open()
    await office.cases.close(case.number)
    office.writes(MONDAY + DAY)
    await office.night(MONDAY + DAY)
    assert await office.open_cases() == []
    assert "closed_by" not in (await office.cases.get(case.number)).facts


async def test_each_refund_of_an_order_that_differs_is_a_case_of_its_own(office):
    number = await given_back_at_the_portal(office)
    office.gateway.given.clear()
    lines = [
        payment_line(number, "50.00", at(MONDAY, 12)),
        *(refund_line(f"PT{n}", number, "20.00", at(MONDAY, 13)) for n in (1, 2)),
    ]
    office.statements[MONDAY] = statement_of(MONDAY, PAYEE, lines)
    await office.worker().turn()
    about = {case.facts["number"] for case in await office.cases.all_open()}
    assert about == {"PT1", "PT2"}


async def test_a_case_of_two_differences_is_open_until_both_are_settled(office):
    """Such cases are from before each refund had its own."""
    kind, number = CaseKind.REFUND_MISSING_HERE, "T261123-AAAA2222"
    case = await office.cases.open(kind, number, "", {})
    both = [
        Difference(kind=kind, number=refund, merchant_order_no=number)
        for refund in ("PT1", "PT2")
    ]
    kept = await office.differences.keep(MONDAY, both, Fate.CASE)
    first, second = [replace(each, case_number=case.number) for each in kept]
    worker = office.worker()
    for fates in ((Fate.SETTLED, Fate.CASE), (Fate.SETTLED, Fate.SETTLED)):
        assert await office.open_cases() == [kind]
        pair = zip((first, second), fates, strict=True)
        await office.differences.move([replace(e, fate=fate) for e, fate in pair])
        await worker.turn()
    assert await office.open_cases() == []
