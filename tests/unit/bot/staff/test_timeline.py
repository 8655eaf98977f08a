"""An order's timeline reads as what happened, day by day."""

from datetime import timedelta

import pytest

from bot.staff.timeline import lines_of
from core.ports import Happening
from tests.fakes import NOW


@pytest.mark.parametrize(
    ("kind", "facts", "line"),
    [
        ("ordered", {"amount": "AED 50.00"}, "ordered, AED 50.00"),
        (
            "payby",
            {
                "call": "getOrder",
                "code": "0",
                "msg": "SUCCESS",
                "trace_code": "20261124ABC",
                "ms": "31",
            },
            "asked PayBy getOrder: SUCCESS (31 ms, trace 20261124ABC)",
        ),
        (
            "payby",
            {"call": "getOrder", "code": "", "msg": "", "trace_code": "", "ms": "9"},
            "asked PayBy getOrder: no answer (9 ms)",
        ),
        ("opened", {"payby_order_no": "131"}, "PayBy made the code"),
        ("notice", {"verdict": "paid"}, "notice from PayBy: paid"),
        ("settled", {"found_by": "asking"}, "paid, we heard by asking"),
        ("credited", {"account": "p-1"}, "credited to p-1"),
        (
            "message",
            {"message": "T1:credited:0", "state": "sent"},
            "told credited: sent",
        ),
        (
            "message",
            {"message": "T1:ready:1", "state": "refused"},
            "told ready, part 2: refused",
        ),
        (
            "message",
            {"message": "tg:1234:99:0", "state": "sent"},
            "answered the payer: sent",
        ),
        (
            "message",
            {"message": "T1:ready:again-12ab:0", "state": "sent"},
            "told ready again: sent",
        ),
        (
            "message",
            {"message": "T1:refund_done:R261124-ABCD:0", "state": "sent"},
            "told refund done: sent",
        ),
        (
            "message",
            {"message": "T1:reminder:20261124T120000Z:0", "state": "sent"},
            "told reminder: sent",
        ),
        (
            "amended",
            {"message": "T1:ready:0", "state": "sent"},
            "a message that shows the code was brought up to date",
        ),
        (
            "staff",
            {"who": "Agent", "act": "cancel", "reason": "asked", "status": "open"},
            "Agent: cancel (asked) → status open",
        ),
        ("staff", {"who": "Agent", "act": "check"}, "Agent: check"),
        (
            "refund_done",
            {"refund": "R1", "amount": "AED 5.00", "by": "Agent", "reason": "asked"},
            "refund done: AED 5.00, R1",
        ),
        (
            "refund_failed",
            {"refund": "R1", "amount": "AED 5.00", "trouble": "62045"},
            "refund failed: AED 5.00, R1 (62045)",
        ),
        ("closed", {}, "closed"),
    ],
)
def test_each_kind_of_line_reads_as_what_happened(kind, facts, line):
    assert lines_of([Happening(NOW, kind, facts)]) == ["24 Nov", f"12:00:00 {line}"]


def test_each_gulf_day_has_a_line_of_its_own():
    evening = NOW.replace(hour=19, minute=59)
    times = (evening, evening + timedelta(seconds=30), evening + timedelta(minutes=1))
    lines = lines_of([Happening(at, "closed", {}) for at in times])
    assert lines == [
        "24 Nov",
        "23:59:00 closed",
        "23:59:30 closed",
        "25 Nov",
        "00:00:00 closed",
    ]


def test_nothing_has_no_lines():
    assert lines_of([]) == []
