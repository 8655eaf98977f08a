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


async def test_the_newest_cases_come_first(cases):
    numbers = [
        (await cases.open(CaseKind.HELD, f"T{n}", "tg:1", {})).number for n in range(4)
    ]
    newest = await cases.newest(3)
    assert [case.number for case in newest] == numbers[:0:-1]
