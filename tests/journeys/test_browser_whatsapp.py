"""The demo's page with a phone on WhatsApp, in both languages."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import opened_desk
from tests.world import World

STORE = "store-003"


@pytest.mark.parametrize(
    ("language", "top_up", "list_of", "told"),
    [
        ("en", "top up 50", "Choose", ("Confirm", "How to pay", "Thank you!")),
        ("ar", "اشحن ٥٠", "اختر", ("تأكيد", "طريقة الدفع", "تم دفع")),
    ],
)
def test_a_payer_on_whatsapp_tops_up_by_clicks(
    world: World,
    browser: Browser,
    language: str,
    top_up: str,
    list_of: str,
    told: tuple[str, str, str],
):
    confirm, how_to_pay, paid = told
    payer = world.phone(language, network="whatsapp")
    payer.send()
    with opened_desk(browser, world.desk.url, language) as desk:
        desk.pick_up(payer.name)
        expect(desk.page.locator("#phone")).to_have_attribute(
            "data-network", "whatsapp"
        )
        desk.type(f"{top_up} {payer.account}")
        desk.told(payer.account)
        desk.tap(list_of)
        desk.photograph("9-whatsapp-list")
        desk.dialog.get_by_role("button", name=confirm).click()
        desk.told(how_to_pay)
        desk.choose_store(STORE)
        desk.press("pos.e_atm")
        desk.press("pos.cash_in")
        desk.screen("scan")
        desk.chat.get_by_role("button", name=desk.say("chat.scan")).click()
        desk.screen("order")
        desk.press("pos.collected", amount="\u2066AED\u00a050.00\u2069")
        desk.screen("password")
        desk.enter(world.store(STORE)["password"])
        expect(desk.screen("receipt")).to_contain_text("SUCCESS")
        result = desk.told(paid)
        expect(result.locator(".key")).to_be_visible()
        expect(result.locator(".ticks")).to_have_attribute("data-status", "delivered")
        desk.photograph("9-whatsapp")
        desk.page.set_viewport_size({"width": 390, "height": 900})
        assert desk.page.evaluate("document.documentElement.scrollWidth") == 390
        desk.photograph("9-whatsapp-at-390", full_page=True)
    assert "AED 50.00" in payer.balance()
