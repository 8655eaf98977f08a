"""The cashier who fails, on the demo's page, in both languages."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Desk, opened_desk
from tests.phones import Code
from tests.sandbox_client import refused
from tests.world import World

STORE = "store-003"
UNPAID = ("refused", "no_balance", "extra_fee", "wrong_amount", "pos_error")
PAID = "pos_error_after_payment"


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_cashier_fails_in_six_ways_and_says_why(
    world: World, browser: Browser, language: str
):
    payer = world.phone()
    code = payer.order()
    with opened_desk(browser, world.desk.url, language) as desk:
        desk.pick_up(payer.name)
        scan(desk, code)
        desk.photograph("8-order")
        for trouble in UNPAID:
            fail(desk, trouble)
            expect(desk.pos).not_to_contain_text(desk.say("pos.paid_all_the_same"))
            assert world.payby_order(code.number)["status"] == "CREATED"
            desk.press("pos.try_again")
        fail(desk, PAID)
        expect(desk.pos).to_contain_text(desk.say("pos.paid_all_the_same"))
        desk.photograph(f"8-{PAID}")
        assert world.payby_order(code.number)["status"] == "PAID_SUCCESS"
        desk.press("pos.try_again")
        desk.press("pos.troubles")
        desk.press("trouble.refused")
        shown = desk.screen("refused")
        expect(shown).to_contain_text(desk.say("refused.paid"))


def test_a_cancelling_cashier_takes_the_code_off_the_pos(
    world: World, browser: Browser
):
    code = world.phone().order()
    with opened_desk(browser, world.desk.url, "en") as desk:
        scan(desk, code)
        with desk.page.expect_response("**/sandbox/pos/leave"):
            desk.press("cancel")
        desk.screen("home")
    with refused(f"The code is not on the POS of {STORE}."):
        world.leave(code.qr, STORE)


def scan(desk: Desk, code: Code) -> None:
    """Hold the code to the till of a store that has money."""
    desk.choose_store(STORE)
    desk.press("pos.e_atm")
    desk.press("pos.cash_in")
    desk.pos.get_by_role("textbox").fill(code.qr)
    desk.press("pos.read")
    desk.screen("order")


def fail(desk: Desk, trouble: str) -> None:
    """Let the cashier fail, and hear what the payer is told."""
    desk.press("pos.troubles")
    desk.screen("troubles")
    if trouble == UNPAID[0]:
        desk.photograph("8-troubles")
    desk.press(f"trouble.{trouble}")
    said = desk.screen("failed")
    expect(said.locator("blockquote")).to_have_text(desk.say(f"says.{trouble}"))
    expect(said).to_contain_text(desk.say("pos.tell_the_bot"))
    desk.photograph(f"8-{trouble}")
