"""What the demo's page does beside the story: codes, commands, faults, a new start."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect
from qrcode import QRCode, constants

from tests.browser import Desk, opened_desk
from tests.waiting import until
from tests.world import World

READ = """async (modules) => {
    const { readMatrix } = await import("/page/qr_matrix.js");
    try { return readMatrix(modules); } catch (error) { return error.message; }
}"""
CHOOSE_ARABIC_WHILE_ENGLISH_IS_SLOW = """async () => {
    const { speak } = await import("/page/words.js");
    const { fetch } = window;
    window.fetch = async (address) => {
        const wait = address.includes(".en.") ? 100 : 0;
        await new Promise((done) => setTimeout(done, wait));
        return fetch(address);
    };
    await Promise.all([speak("en"), speak("ar")]);
    window.fetch = fetch;
    return document.documentElement.lang;
}"""
LEVELS = {
    "L": constants.ERROR_CORRECT_L,
    "M": constants.ERROR_CORRECT_M,
    "Q": constants.ERROR_CORRECT_Q,
    "H": constants.ERROR_CORRECT_H,
}
TEXTS = {
    "digits": "2654519114067",
    "capitals": "HTTPS://PAYBY.EXAMPLE/$%*+-.:",
    "bytes": "https://checkout.example/main?ft=cd624549f4894d78b0d368e48bb27aae",
    "Arabic": "ادفع ٥٠ درهم",
    "long": "https://checkout.example/" + "k7?&=" * 35,
}


@pytest.fixture
def desk(world: World, browser: Browser) -> Iterator[Desk]:
    with opened_desk(browser, world.desk.url, "en") as desk:
        yield desk


def test_the_pos_reads_codes_of_every_level_and_kind_of_text(desk: Desk):
    for text in TEXTS.values():
        for level in LEVELS.values():
            assert desk.page.evaluate(READ, modules(text, level)) == text


def test_the_pos_refuses_a_damaged_code(desk: Desk):
    damaged = modules(TEXTS["bytes"], LEVELS["M"])
    damaged[-1][-1] = not damaged[-1][-1]
    read = desk.page.evaluate(READ, damaged)
    assert read == "The code in this picture is damaged."


def test_a_picture_that_holds_no_code_cannot_be_scanned(world: World, desk: Desk):
    payer = world.phone()
    paid = payer.order()
    paid.pay()
    paid.becomes("PAID")
    desk.page.reload()
    desk.pick_up(payer.name)
    desk.press("pos.e_atm")
    desk.press("pos.cash_in")
    desk.press("pos.scan_newest")
    expect(desk.screen("refused")).to_contain_text(desk.say("pos.no_code"))
    desk.chat.get_by_role("button", name=desk.say("chat.enlarge")).click()
    expect(desk.dialog.locator("img")).to_be_visible()
    scan = desk.page.get_by_role("button", name=desk.say("chat.scan"), exact=True)
    expect(scan).to_have_count(0)


def test_the_newest_code_is_scanned_though_a_receipt_came_after(
    world: World, desk: Desk
):
    payer = world.phone()
    payer.order().pay()
    payer.wait_for("Thank you!")
    code = payer.order("20")
    payer.type("/receipt")
    payer.wait_for(kind="document")
    desk.page.reload()
    desk.pick_up(payer.name)
    expect(desk.chat.locator('[data-kind="photo"]')).to_have_count(3)
    scan = desk.chat.get_by_role("button", name=desk.say("chat.scan"), exact=True)
    expect(scan).to_have_count(1)
    desk.press("pos.e_atm")
    desk.press("pos.cash_in")
    desk.press("pos.scan_newest")
    expect(desk.screen("order")).to_contain_text(code.number)


def test_what_a_code_says_can_be_pasted(world: World, desk: Desk):
    code = world.phone().order()
    desk.press("pos.e_atm")
    desk.press("pos.cash_in")
    paste = desk.pos.get_by_role("textbox")
    paste.fill("not a code")
    desk.press("pos.read")
    expect(desk.screen("refused")).to_contain_text(desk.say("refused.unknown"))
    desk.press("pos.scan_again")
    paste.fill(f" {code.qr}\n")
    desk.press("pos.read")
    expect(desk.screen("order")).to_contain_text(code.number)


def test_a_password_half_typed_survives_a_payment_elsewhere(world: World, desk: Desk):
    mine, other = world.phone().order(), world.phone().order()
    desk.press("pos.e_atm")
    desk.press("pos.cash_in")
    desk.pos.get_by_role("textbox").fill(mine.qr)
    desk.press("pos.read")
    desk.screen("order").locator(".primary").click()
    desk.page.keyboard.type("123")
    other.pay("store-004")
    paid = world.store("store-004")["balance"]
    shown = desk.page.locator("#store-choice option[value=store-004]")
    expect(shown).to_contain_text(f"{paid:,.2f}")
    expect(desk.page.locator("#pos-password")).to_have_value("123")


def test_a_new_phone_offers_the_bots_commands(desk: Desk):
    desk.page.locator("#phone-choice").select_option("")
    menu = desk.page.locator("#command-menu")
    opener = desk.page.get_by_role("button", name=desk.say("chat.menu"))
    opener.click()
    expect(menu).to_contain_text("/topup")
    expect(opener).to_have_attribute("aria-expanded", "true")
    desk.page.get_by_role("heading", level=1).click()
    expect(menu).to_be_hidden()
    opener.click()
    menu.get_by_role("button").filter(has_text="/help").click()
    expect(menu).to_be_hidden()
    desk.told("/topup")


def test_the_language_chosen_last_is_the_one_that_is_shown(desk: Desk):
    assert desk.page.evaluate(CHOOSE_ARABIC_WHILE_ENGLISH_IS_SLOW) == "ar"


def test_a_location_can_be_typed(world: World, desk: Desk):
    payer = world.phone()
    payer.type("/help")
    desk.pick_up(payer.name)
    desk.page.get_by_role("button", name=desk.say("chat.share")).click()
    desk.dialog.get_by_label(desk.say("place.latitude")).fill("25.2636")
    desk.dialog.get_by_label(desk.say("place.longitude")).fill("55.3242")
    desk.page.keyboard.press("Enter")
    expect(desk.dialog).to_be_hidden()
    desk.told("Al Rigga")


def test_what_a_payer_types_is_never_markup(world: World, desk: Desk):
    payer = world.phone()
    payer.type("<img src=x onerror=alert(1)><b>bold</b>")
    desk.pick_up(payer.name)
    mine = desk.chat.locator(".from-user .words")
    expect(mine).to_have_text("<img src=x onerror=alert(1)><b>bold</b>")
    expect(mine.locator("img, b")).to_have_count(0)


def test_a_fault_waits_until_it_is_cleared(world: World, desk: Desk):
    panel = desk.page.locator("#faults")
    panel.locator("summary").click()
    panel.locator("[name=target]").select_option("payby.placeOrder")
    panel.locator("[name=mode]").select_option("timeout")
    panel.locator("[name=times]").fill("2")
    panel.get_by_role("button", name=desk.say("faults.add")).click()
    expect(panel).to_contain_text("payby.placeOrder → timeout × 2")
    (waiting,) = world.get("faults")["waiting"]
    assert (waiting["mode"], waiting["times"]) == ("timeout", 2)
    panel.get_by_role("button", name=desk.say("faults.clear")).click()
    expect(panel).not_to_contain_text("× 2")
    until(lambda: not world.get("faults")["waiting"], "no fault to wait")


def test_starting_over_asks_first(desk: Desk):
    start_over = desk.page.get_by_role("button", name=desk.say("reset"), exact=True)
    start_over.click()
    expect(desk.dialog).to_contain_text(desk.say("reset.about"))
    desk.dialog.get_by_role("button", name=desk.say("cancel")).click()
    expect(desk.dialog).to_be_hidden()
    expect(start_over).to_be_focused()


def modules(text: str, level: int) -> list[list[bool]]:
    """A code's modules, without the quiet zone."""
    code = QRCode(error_correction=level, border=0)
    code.add_data(text)
    return [[bool(module) for module in row] for row in code.get_matrix()]
