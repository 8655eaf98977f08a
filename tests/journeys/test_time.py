"""Time passes: a code is about to end, lives on, ends; money comes late.

It is a rehearsal in which an hour lasts nine seconds. A code lives for an hour, and
payers on both chat networks wait for its end together.
"""

import time

import pytest

from tests.contract.sandbox.payby.merchant import Merchant
from tests.networks import ON_BOTH_NETWORKS, TELEGRAM, on_both
from tests.phones import Code, Phone
from tests.sandbox_client import refused
from tests.waiting import until
from tests.world import World

HOUR_MS = 9_000
LONGER_HOURS = 7
"""What one tap adds: in real time more than a minute, which a payer is shown."""
UNTIL = "stays the same, and you can pay it until "

REHEARSAL = {
    "rehearsal_speed": 3_600_000 // HOUR_MS,
    "order_hours": 1,
    "extension_hours": LONGER_HOURS,
    "reminder_hours": 0.75,
}


@pytest.fixture
def world(rehearsal: World) -> World:
    return rehearsal


def end_ms(code: Code) -> int:
    """When the code ends, as PayBy has it."""
    end: int = code.in_payby()["expiredTime"]
    return end


def sees_end(payer: Phone, code: Code) -> None:
    """Wait until the payer is told that the time to pay is over."""
    told = payer.wait_for("The time to pay AED 50.00", button="Check now")
    assert told.order_no == code.number


def both_with_codes(world: World) -> list[tuple[Phone, Code]]:
    """Let a payer on each network ask for a code."""
    return [(payer, payer.order()) for payer in on_both(world)]


@ON_BOTH_NETWORKS
def test_a_payer_is_reminded_and_one_tap_lets_the_same_code_live_on(
    world: World, portal: Merchant
):
    payer = world.phone()
    code = payer.order()
    end = end_ms(code)
    reminder = payer.wait_for("⏰ Your code for AED 50.00 ends")
    assert code.number == reminder.order_no
    payer.press("Keep it", message_id=reminder.id)
    told = payer.wait_for(UNTIL)
    assert end_ms(code) == end + LONGER_HOURS * HOUR_MS
    code.shows(told.text.partition(UNTIL)[2].partition(".")[0])
    soon = time.time_ns() // 1_000_000 + HOUR_MS
    portal.call(
        "acquire2/updateExpiredTime", merchantOrderNo=code.number, expiredTime=soon
    )
    again = payer.wait_for("⏰ Your code for AED 50.00 ends")
    assert again.id > reminder.id
    code.pay()
    assert len(code.results()) == 1


def test_002_when_nobody_pays_payby_is_asked_then_cancels_and_the_payer_hears_it_once(
    world: World,
):
    world.fault("payby.expiry", "no_expiry", times="until cleared")
    for payer, code in both_with_codes(world):
        sees_end(payer, code)
        code.is_shown_as("expired")
        if payer.network == TELEGRAM:
            shown = code.becomes("EXPIRED")
            assert shown.photo_url != code.message.photo_url
            assert not shown.buttons
        (cancel,) = world.payby_calls("cancelOrder", code.number)
        asked = world.payby_calls("getOrder", code.number)[-1]
        assert end_ms(code) <= asked["at"] <= cancel["at"]
        assert code.in_payby()["status"] == "FAILURE"
        with refused("was cancelled"):
            code.pay()
        payer.press("Check now")
        payer.wait_for("The time to pay is over. Nothing was charged.")
        assert len(payer.said("The time to pay AED 50.00")) == 1
        assert world.our_status(code.number) == "expired"


def test_money_that_comes_just_after_the_end_is_credited_and_told(world: World):
    for payer, code in both_with_codes(world):
        sees_end(payer, code)
        world.scan(code.qr, late=True)
        (told,) = code.results()
        assert "It came after the code had ended, and counts all the same." in told.text
        code.is_shown_as("credited")
        assert world.booked(code.number) == ["payment", "credit"]
        assert "AED 50.00" in payer.balance()


def test_late_money_whose_notice_is_lost_is_found_too(world: World):
    world.fault("payby.notify", "no_notify", times="until cleared")
    for payer, code in both_with_codes(world):
        sees_end(payer, code)
        world.scan(code.qr, late=True)
        assert len(code.results()) == 1
        assert world.found_by(code.number) == ["asking"]


def test_money_for_an_account_that_was_closed_is_held_and_credited_once_it_is_open(
    world: World,
):
    codes = both_with_codes(world)
    world.keep_accounts(*(payer.account for payer, _ in codes), status="closed")
    for payer, code in codes:
        world.scan(code.qr, late=True)
        told = payer.wait_for("paid. Your money has arrived.")
        assert "It is not on your account yet, but it is safe" in told.text
        code.is_shown_as("paid")
        assert world.booked(code.number) == ["payment"]
        assert world.cases(code.number) == ["held"]
    world.keep_accounts(*(payer.account for payer, _ in codes))
    for payer, code in codes:
        assert len(code.results()) == 1
        assert world.booked(code.number) == ["payment", "credit"]
        assert "AED 50.00" in payer.balance()


def test_killed_while_codes_end_every_one_is_ended_and_told(world: World):
    """A network may have a message of which we do not know: one copy more."""
    payers = on_both(world, 4)
    for payer in payers:
        payer.confirm()
    codes = [payer.code() for payer in payers]
    sees_end(payers[0], codes[0])
    world.kill_product()
    world.start_product()
    for payer, code in zip(payers, codes, strict=True):
        code.is_shown_as("expired")
        until(lambda: payer.said("The time to pay AED 50.00"), "the end")  # noqa: B023  (called at once)
        assert code.in_payby()["status"] == "FAILURE"
        assert world.our_status(code.number) == "expired"
        assert len(payer.said("The time to pay AED 50.00")) in {1, 2}
