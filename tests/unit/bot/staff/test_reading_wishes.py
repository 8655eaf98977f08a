"""What stands behind an order's number is an amount, a reason, or a day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.messages import BOLD_ON
from bot.staff.texts import clean
from bot.staff.wishes import Said, read_day, read_wish
from core.domain.acts import Act
from core.domain.money import BadAmount, Money

TODAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("act", "argument", "said"),
    [
        (Act.REFUND, "T1", Said(amount=None, reason="")),
        (Act.REFUND, "T1 20", Said(amount=Money(2000), reason="")),
        (
            Act.REFUND,
            "T1 20.50 paid twice",
            Said(amount=Money(2050), reason="paid twice"),
        ),
        (Act.REFUND, "T1 paid 20 twice", Said(amount=None, reason="paid 20 twice")),
        (Act.CANCEL, "T1 20 was wrong", Said(amount=None, reason="20 was wrong")),
        (Act.CANCEL, "T1 because it is late", Said(amount=None, reason="it is late")),
        (Act.EXTEND, "", Said(amount=None, reason="")),
    ],
)
def test_an_amount_is_read_for_a_refund_only_and_the_rest_is_the_reason(
    act, argument, said
):
    assert read_wish(act, argument) == said


@pytest.mark.parametrize("text", ["0", "-20 x", "20.555", "20,5", "2nd try", "1e3"])
def test_what_begins_like_an_amount_is_one_or_nothing_is_proposed(text):
    with pytest.raises(BadAmount):
        read_wish(Act.REFUND, f"T1 {text}")
    assert read_wish(Act.CANCEL, f"T1 {text}").reason == text


@given(text=st.text())
def test_a_reason_is_always_one_line_that_payby_takes(text):
    reason = read_wish(Act.CANCEL, f"T1 {text}").reason
    assert len(reason) <= 64
    assert BOLD_ON not in clean(reason)
    assert "\n" not in reason


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("today", TODAY),
        (" Yesterday ", date(2026, 2, 28)),
        ("24.11", date(2026, 11, 24)),
        ("24/11", date(2026, 11, 24)),
        ("24.11.2025", date(2025, 11, 24)),
        ("2025-11-24", date(2025, 11, 24)),
        ("", None),
        ("31.2", None),
        ("0.0", None),
        ("tomorrow", None),
        ("20", None),
    ],
)
def test_a_day_is_read_as_people_write_it(text, day):
    assert read_day(text, TODAY) == day
