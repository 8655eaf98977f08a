"""The demo's page in a browser: the whole story by clicks, in both languages."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from tests.browser import Desk, opened_desk
from tests.phones import Phone
from tests.waiting import until
from tests.world import World

NEAR_DEIRA = "store-003"
POOR = "store-002"
A_PLACE_IN_THE_EMIRATES = re.compile(r"^https://.*=2[2-6]\.\d+,5[1-6]\.\d+")


@dataclass(frozen=True)
class Bot:
    """What the bot says in a language."""

    language: str
    direction: str
    which_account: str
    how_much: str
    confirm: str
    check_now: str
    how_to_pay: str
    near: str
    directions: str
    paid: str
    thanks: str
    new_balance: str


ENGLISH = Bot(
    language="en",
    direction="ltr",
    which_account="Which account",
    how_much="How much",
    confirm="Confirm",
    check_now="Check now",
    how_to_pay="How to pay",
    near="Stores near you",
    directions="Directions",
    paid="PAID",
    thanks="Thank you!",
    new_balance="New balance",
)
ARABIC = Bot(
    language="ar",
    direction="rtl",
    which_account="أي حساب",
    how_much="كم تريد",
    confirm="تأكيد",
    check_now="تحقق الآن",
    how_to_pay="طريقة الدفع",
    near="متاجر قريبة منك",
    directions="الاتجاهات",
    paid="تم الدفع",
    thanks="شكرًا لك!",
    new_balance="الرصيد الجديد",
)
BOTH = pytest.mark.parametrize("bot", [ENGLISH, ARABIC], ids=["English", "Arabic"])


ASK_THREE_TIMES_AT_ONCE = """async () => {
    const { inTurn } = await import("/page/turns.js");
    const happened = [];
    let asked = 0;
    const ask = inTurn(async () => {
        const turn = ++asked;
        happened.push(`asked ${turn}`);
        await new Promise(requestAnimationFrame);
        happened.push(`answered ${turn}`);
    });
    await Promise.all([ask(), ask(), ask()]);
    return happened;
}"""


@BOTH
def test_cash_becomes_balance_by_clicks_alone(world: World, browser: Browser, bot: Bot):
    payer = known_phone(world, bot.language)
    before = world.store(NEAR_DEIRA)["balance"]
    with opened_desk(browser, world.desk.url, bot.language) as desk:
        desk.pick_up(payer.name)
        root = desk.page.locator("html")
        expect(root).to_have_attribute("dir", bot.direction)
        desk.photograph("1-start")

        desk.type("/topup")
        desk.told(bot.which_account)
        desk.type(payer.account)
        desk.told(bot.how_much)
        desk.tap("AED 50.00")
        desk.tap(bot.confirm)
        desk.told(bot.how_to_pay)
        code = desk.chat.locator('[data-kind="photo"]')
        expect(code.locator(".keys")).to_contain_text(bot.check_now)
        find_stores(desk, bot)

        scan_the_picture_at(desk, NEAR_DEIRA)
        order = desk.screen("order")
        expect(order).to_contain_text("AED 50.00")
        expect(order).to_contain_text(number_of(payer))
        desk.photograph("3-order")

        pay(desk, "000000")
        refused = desk.screen("refused")
        expect(refused).to_contain_text(desk.say("refused.password"))
        assert world.store(NEAR_DEIRA)["balance"] == before
        desk.press("pos.try_again")

        pay(desk, world.store(NEAR_DEIRA)["password"])
        receipt = desk.screen("receipt")
        expect(receipt).to_contain_text("SUCCESS")
        expect(receipt).to_contain_text(f"AED {before - 50:,.2f}")

        result = desk.told(bot.thanks)
        expect(result).to_contain_text(bot.new_balance)
        expect(result).to_be_in_viewport()
        expect(code).to_contain_text(bot.paid)
        expect(code.locator(".words")).to_have_attribute("dir", bot.direction)
        expect(code.locator(".keys")).to_have_count(0)
        expect(desk.page.locator(".step.done")).to_have_count(4)
        booked = desk.booked(number_of(payer))
        expect(booked.locator(".attempts .accepted strong")).to_have_text("200")
        desk.photograph("4-paid")
    assert "AED 50.00" in payer.balance()


@BOTH
def test_a_store_that_cannot_pay_refuses_and_another_takes_the_cash(
    world: World, browser: Browser, bot: Bot
):
    payer = known_phone(world, bot.language)
    with opened_desk(browser, world.desk.url, bot.language, "dark") as desk:
        desk.pick_up(payer.name)
        desk.type(f"/topup 50 {payer.account}")
        desk.tap(bot.confirm)
        desk.told(bot.how_to_pay)

        scan_the_picture_at(desk, POOR)
        expect(desk.screen("order")).to_contain_text(desk.say("pos.short"))
        pay(desk, world.store(POOR)["password"])
        refused = desk.screen("refused")
        expect(refused).to_contain_text(desk.say("refused.balance"))
        desk.photograph("5-refused")

        desk.choose_store(NEAR_DEIRA)
        pay(desk, world.store(NEAR_DEIRA)["password"])
        expect(desk.screen("receipt")).to_contain_text("SUCCESS")
        desk.told(bot.thanks)
        desk.photograph("6-dark")
    assert "AED 50.00" in payer.balance()


def test_the_book_shows_what_the_product_answers_to_each_notice(
    world: World, browser: Browser
):
    payer = world.phone()
    code = payer.order()
    code.pay()
    code.results()
    with opened_desk(browser, world.desk.url, "en") as desk:
        order = desk.booked(code.number)
        expect(order.locator(".attempts strong")).to_have_text(["200"])
        order.get_by_role("button", name=desk.say("book.again")).click()
        expect(order.locator(".attempts strong")).to_have_text(["200", "200"])
        order.get_by_role("button", name=desk.say("book.bad")).click()
        answers = order.locator(".attempts strong")
        expect(answers).to_have_text(["200", "200", "401"])
        expect(order.locator(".refused")).to_contain_text("signature")
    assert "AED 50.00" in payer.balance()


@BOTH
def test_everything_fits_on_narrower_screens(world: World, browser: Browser, bot: Bot):
    payer = known_phone(world, bot.language)
    payer.type(f"/topup 50 {payer.account}")
    payer.press(bot.confirm)
    payer.code().pay()
    with opened_desk(browser, world.desk.url, bot.language) as desk:
        desk.pick_up(payer.name)
        desk.told(bot.thanks)
        for width in (1100, 800, 390):
            desk.page.set_viewport_size({"width": width, "height": 900})
            needed = desk.page.evaluate("document.documentElement.scrollWidth")
            assert needed == width
            desk.photograph(f"7-at-{width}", full_page=True)


def test_no_old_answer_replaces_a_newer_one(world: World, browser: Browser):
    with opened_desk(browser, world.desk.url, "en") as desk:
        happened = desk.page.evaluate(ASK_THREE_TIMES_AT_ONCE)
    assert happened == ["asked 1", "answered 1", "asked 2", "answered 2"]


def known_phone(world: World, language: str) -> Phone:
    """Hand a phone that the page lists."""
    payer = world.phone(language)
    payer.send()
    return payer


def number_of(payer: Phone) -> str:
    """The number of the payer's one order."""
    photo = until(lambda: payer.said("", kind="photo"), "the code")
    return photo[0].order_no


def find_stores(desk: Desk, bot: Bot) -> None:
    """Share a location, and see the stores on the map."""
    desk.share("place.deira")
    desk.told(bot.near)
    pins = desk.chat.locator('[data-kind="venue"]')
    expect(pins).to_have_count(3)
    for pin in pins.all():
        way = pin.get_by_role("link", name=bot.directions)
        expect(way).to_have_attribute("href", A_PLACE_IN_THE_EMIRATES)
    desk.photograph("2-stores")


def scan_the_picture_at(desk: Desk, store: str) -> None:
    """Open the till for cash, then hold the code to it, shown large."""
    desk.choose_store(store)
    desk.press("pos.e_atm")
    desk.press("pos.cash_in")
    desk.screen("scan")
    desk.chat.get_by_role("button", name=desk.say("chat.enlarge")).click()
    expect(desk.dialog.locator("img")).to_be_visible()
    desk.dialog.get_by_role("button", name=desk.say("chat.scan")).click()


def pay(desk: Desk, password: str) -> None:
    """Take the cash and enter a password."""
    desk.press("pos.collected", amount="\u2066AED\u00a050.00\u2069")
    desk.screen("password")
    desk.enter(password)
