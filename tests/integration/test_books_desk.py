"""Support hears once of a day whose books differ: what, where, and what to do."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from dbos import DBOS

from bot.books_desk import BooksDesk, report_text
from core.domain.books import Difference
from core.domain.cases import CaseKind
from core.domain.differences import Fate, Known
from core.domain.reports import Report, Total, Totals
from tests.integration.conftest import SUPPORT_CHAT, done

DAY = date(2026, 11, 23)
FIFTY = Total(1, Decimal(50))
NOTHING = Total()


def known(kind: CaseKind, number: str, fate: Fate, **facts: str | int) -> Known:
    difference = Difference(
        kind=kind,
        number=number,
        merchant_order_no=str(facts.get("order", number)),
        there=str(facts.get("there", "")),
        here=str(facts.get("here", "")),
    )
    case = facts.get("case")
    return Known(
        difference=difference,
        day=DAY,
        fate=fate,
        case_number=int(case) if case else None,
    )


STRANGER = known(CaseKind.UNKNOWN_NUMBER, "X-1", Fate.CASE, there="AED 50.00", case=7)
REPORT = Report(
    day=DAY,
    totals=Totals(
        paid_there=Total(2, Decimal("1050.5")),
        paid_here=FIFTY,
        credited=FIFTY,
        given_back_there=FIFTY,
        given_back_here=NOTHING,
    ),
    differences=(
        STRANGER,
        known(CaseKind.PAID_HERE_ONLY, "T1", Fate.WAITING, here="AED 50.00"),
        known(CaseKind.PAID_THERE_ONLY, "T2", Fate.SETTLED, there="AED 50.00"),
        known(
            CaseKind.REFUND_MISSING_HERE,
            "R1",
            Fate.CASE,
            order="T3",
            there="REFUND AED 50.00",
            case=8,
        ),
    ),
)


@pytest.fixture(scope="session")
def desk(whole):
    return BooksDesk(whole.courier, SUPPORT_CHAT)


def test_the_report_names_each_difference_with_both_sides_and_what_to_do():
    assert report_text(REPORT).splitlines() == [
        "The books of 2026-11-23",
        "paid: 2, AED 1,050.50 at PayBy; 1, AED 50.00 here",
        "credited: 1, AED 50.00",
        "given back: 1, AED 50.00 at PayBy; 0, AED 0.00 here",
        "",
        "Cases: 2",
        "• Case 7: PayBy's statement has what is none of our orders",
        "  X-1. At PayBy: AED 50.00. Here: nothing.",
        "  Ask PayBy whose it is; nothing was credited.",
        "• Case 8: PayBy gave money back, and our books do not know",
        "  T3, R1. At PayBy: REFUND AED 50.00. Here: nothing.",
        "  Ask who did it at PayBy; take it from the account, or write it off.",
        "",
        "May be only late: 1",
        "• Paid in our books, and in no statement of PayBy's",
        "  T1. At PayBy: nothing. Here: AED 50.00.",
        "  Waits for the next statement, since it may be only late.",
        "",
        "Settled: 1",
        "• In PayBy's statement, and not paid in our books",
        "  T2. At PayBy: AED 50.00. Here: nothing.",
        "  PayBy knows of it, and it is booked now.",
    ]


def test_a_day_with_many_differences_fits_into_a_message():
    many = tuple(replace(STRANGER, case_number=n) for n in range(100))
    text = report_text(replace(REPORT, differences=many))
    assert len(text) < 4096
    assert text.endswith("… and 90 more: `topup reconcile`")


async def test_a_day_is_told_once_however_often_it_is_compared(town, desk):
    for _ in range(2):
        await desk.tell(REPORT)
        await done("books:2026-11-23")
    told = [message.text for message in town.channel.shown[SUPPORT_CHAT]]
    assert told.count(report_text(REPORT)) == 1


async def test_a_report_is_stored_under_the_name_it_always_had(town, desk):
    await desk.tell(replace(REPORT, day=date(2026, 11, 22)))
    await done("books:2026-11-22")
    [stored] = await DBOS.list_workflows_async(workflow_ids=["books:2026-11-22"])
    assert (stored.name, stored.class_name, stored.config_name) == (
        "bring_books",
        "BooksDesk",
        "books_desk",
    )
