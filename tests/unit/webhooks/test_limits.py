"""Limits are what the settings say, and none where they say nothing."""

from datetime import timedelta

from core.domain.ceilings import Ceilings
from core.domain.limits import Span, Whose
from core.domain.money import Money
from tests.unit.webhooks.test_settings import read  # noqa: F401  (fixture)
from webhooks.limits import ceilings_of


def test_without_settings_there_are_no_limits(read):  # noqa: F811
    assert ceilings_of(read()).are_none


def test_each_limit_has_its_setting(read):  # noqa: F811
    settings = read(
        PAYER_DAY_MAXIMUM="500",
        ACCOUNT_MONTH_MAXIMUM="5000.50",
        FIRST_MAXIMUM="100",
        FIRST_HOURS="12",
        OPEN_CODES_MAXIMUM="3",
        CODES_AN_HOUR_MAXIMUM="10",
    )
    assert ceilings_of(settings) == Ceilings(
        sums={
            (Whose.PAYER, Span.DAY): Money(50_000),
            (Whose.ACCOUNT, Span.MONTH): Money(500_050),
        },
        first=Money(10_000),
        first_for=timedelta(hours=12),
        open_codes=3,
        codes=10,
    )


def test_a_rehearsal_waits_less(read):  # noqa: F811
    quick = read(ENVIRONMENT="demo", REHEARSAL_SPEED="60", FIRST_MAXIMUM="100")
    assert ceilings_of(quick).first_for == timedelta(minutes=24)
