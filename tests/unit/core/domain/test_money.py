"""What people type is an amount, or is refused for a reason."""

from contextlib import suppress
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.money import AmountFault, BadAmount, Money

SCRIPTS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९")
payable = st.integers(1, 99_999_999_999_999)


@pytest.mark.parametrize(
    ("text", "fils"),
    [
        ("50", 50_00),
        ("  50 ", 50_00),
        ("0.01", 1),
        ("50.5", 50_50),
        ("1,000.50", 1000_50),
        ("1,234,567", 1_234_567_00),
        ("007", 7_00),
        ("٥٠", 50_00),
        ("٥٠٫٥", 50_50),
        ("١٬٠٠٠٫٥٠", 1000_50),
        ("۵۰", 50_00),
        ("५०", 50_00),
        ("999999999999.99", 99_999_999_999_999),
    ],
)
def test_an_amount_is_read_to_the_fils_in_any_script(text, fils):
    assert Money.parse(text) == Money(fils)


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("0", AmountFault.NOT_POSITIVE),
        ("0.00", AmountFault.NOT_POSITIVE),
        ("-5", AmountFault.NOT_POSITIVE),
        ("−5", AmountFault.NOT_POSITIVE),
        ("10.005", AmountFault.TOO_PRECISE),
        ("1.000", AmountFault.TOO_PRECISE),
        ("1000000000000", AmountFault.TOO_LARGE),
        ("9" * 5000, AmountFault.TOO_LARGE),
        ("1e9", AmountFault.NOT_A_NUMBER),
        ("abc", AmountFault.NOT_A_NUMBER),
        ("", AmountFault.NOT_A_NUMBER),
        (" ", AmountFault.NOT_A_NUMBER),
        ("1,00", AmountFault.NOT_A_NUMBER),
        ("1.000,50", AmountFault.NOT_A_NUMBER),
        ("1,0000", AmountFault.NOT_A_NUMBER),
        ("٬", AmountFault.NOT_A_NUMBER),
        (".5", AmountFault.NOT_A_NUMBER),
        ("5.", AmountFault.NOT_A_NUMBER),
        ("--5", AmountFault.NOT_A_NUMBER),
        ("5 0", AmountFault.NOT_A_NUMBER),
        ("NaN", AmountFault.NOT_A_NUMBER),
        ("Infinity", AmountFault.NOT_A_NUMBER),
        ("5²", AmountFault.NOT_A_NUMBER),
        ("½", AmountFault.NOT_A_NUMBER),
        ("5\x00", AmountFault.NOT_A_NUMBER),
    ],
)
def test_what_is_no_amount_is_refused_for_its_reason(text, fault):
    with pytest.raises(BadAmount) as caught:
        Money.parse(text)
    assert caught.value.fault is fault


@given(payable)
def test_every_amount_we_write_is_read_back_the_same(fils):
    money = Money(fils)
    assert Money.parse(str(money).removeprefix("AED ")) == money
    assert Money.parse(str(money.aed)) == money
    assert Money.from_aed(money.aed) == money


@given(payable, st.sampled_from(SCRIPTS))
def test_the_script_of_the_digits_changes_nothing(fils, digits):
    written = f"{Money(fils).aed:,.2f}"
    typed = written.translate(str.maketrans(SCRIPTS[0], digits))
    assert Money.parse(typed) == Money(fils)


@given(st.text())
def test_whatever_is_typed_is_an_amount_above_zero_or_refused(text):
    with suppress(BadAmount):
        assert Money.parse(text) > Money(0)


@pytest.mark.parametrize("aed", ["NaN", "Infinity", "-Infinity", "sNaN", "0.001"])
def test_dirhams_without_exact_fils_are_no_money(aed):
    with pytest.raises(BadAmount):
        Money.from_aed(Decimal(aed))


def test_money_is_written_as_people_in_the_gulf_write_it():
    assert str(Money(100_050)) == "AED 1,000.50"
    assert str(Money(5)) == "AED 0.05"
    assert str(Money(200_00).aed) == "200.00"
