"""Support has each case once, with all that is known."""

import asyncio

import pytest

from core.database.cases import SqlCases
from core.domain.cases import CaseKind


@pytest.fixture
def cases(database, clock):
    return SqlCases(database, clock)


async def test_a_case_comes_back_as_it_was_opened(cases, clock):
    case = await cases.open(CaseKind.HELD, "T1", "tg:1", {"account": "player-1"})
    assert await cases.get(case.number) == case
    assert (case.kind, case.merchant_order_no) == (CaseKind.HELD, "T1")
    assert (case.conversation_id, case.facts) == ("tg:1", {"account": "player-1"})
    assert case.opened_at == clock.now()


async def test_an_order_has_each_kind_of_case_once(cases):
    first = await cases.open(CaseKind.HELD, "T1", "tg:1", {})
    assert await cases.open(CaseKind.HELD, "T1", "tg:1", {"again": "yes"}) == first
    other = await cases.open(CaseKind.REVOKED, "T1", "tg:1", {})
    assert other.number != first.number


async def test_each_refund_of_an_order_has_each_kind_of_case_once(cases):
    kind = CaseKind.REFUNDED_ELSEWHERE
    first, again, second, of_order = [
        await cases.open(kind, "T1", "tg:1", {"refund": refund}, refund_no=refund)
        for refund in ("R1", "R1", "R2", "")
    ]
    assert first == again
    assert len({first.number, second.number, of_order.number}) == 3
    assert second.facts == {"refund": "R2"}


async def test_the_same_case_opened_ten_times_at_once_is_one(cases):
    opened = await asyncio.gather(
        *(cases.open(CaseKind.HELD, "T1", "tg:1", {}) for _ in range(10))
    )
    assert len({case.number for case in opened}) == 1


async def test_the_newest_cases_that_are_open_come_first(cases):
    numbers = [
        (await cases.open(CaseKind.HELD, f"T{n}", "tg:1", {})).number for n in range(5)
    ]
    await cases.close(numbers[-1])
    newest = await cases.newest(3)
    assert [case.number for case in newest] == numbers[3:0:-1]


async def test_a_case_that_closed_by_itself_says_what_closed_it(cases, clock):
    case = await cases.open(CaseKind.STATEMENT_MISSING, "2026-11-23", "", {"why": "?"})
    other = await cases.open(CaseKind.STATEMENT_MISSING, "2026-11-24", "", {})
    await cases.close_about(case.kind, case.merchant_order_no, "the statement")
    closed = await cases.get(case.number)
    assert closed.closed_at == clock.now()
    assert closed.facts == {"why": "?", "closed_by": "the statement"}
    assert await cases.all_open() == [other]
    await cases.reopen(case.number)
    assert await cases.all_open() == [case, other]


async def test_what_a_person_has_closed_is_not_said_to_have_closed_by_itself(cases):
    case = await cases.open(CaseKind.PAID_HERE_ONLY, "T1", "tg:1", {})
    await cases.close(case.number)
    await cases.close(case.number, "the statement")
    assert (await cases.get(case.number)).facts == {}
