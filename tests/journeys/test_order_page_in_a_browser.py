"""The order page in a payer's own browser, from the code to the receipt."""

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pypdfium2 import PdfDocument

from tests.browser import PATIENCE_MS, SCREENSHOTS, launched
from tests.phones import Code, read_qr
from tests.world import World

DEIRA = {"latitude": 25.2708, "longitude": 55.3079}
MOST_BYTES = 60_000


@dataclass(frozen=True)
class Said:
    """What the page says in a language."""

    language: str
    direction: str
    pay_before: str
    paid: str
    near: str


ENGLISH = Said("en", "ltr", "Pay before", "PAID", "Stores near you")
ARABIC = Said("ar", "rtl", "ادفع قبل", "تم الدفع", "متاجر قريبة منك")
BOTH = pytest.mark.parametrize("said", [ENGLISH, ARABIC], ids=["English", "Arabic"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@BOTH
def test_the_page_turns_to_paid_while_the_payer_looks(
    world: World, browser: Browser, said: Said
):
    code = world.phone().order("50")
    with opened(world, browser, code, said) as page:
        expect(page.locator("html")).to_have_attribute("dir", said.direction)
        expect(page.get_by_text("AED 50.00").first).to_be_visible()
        expect(page.get_by_text(code.number).first).to_be_visible()
        expect(page.get_by_text(said.pay_before).first).to_be_visible()
        timer = page.get_by_role("timer")
        expect(timer).to_have_text(re.compile(r"\d:\d\d:\d\d"))
        shown = timer.text_content() or ""
        expect(timer).not_to_have_text(shown)
        assert qr_on(page) == code.qr
        photograph(page, f"page-1-code.{said.language}")
        page.evaluate("window.wasHereAllAlong = true")

        code.pay("store-003")
        expect(page.get_by_role("status")).to_contain_text(said.paid)
        expect(page.locator("svg.qr")).to_have_count(0)
        picture = page.locator("img[src$='receipt.png']")
        expect(picture).to_be_visible()
        expect(picture).to_have_js_property("naturalWidth", 1080)
        assert page.evaluate("window.wasHereAllAlong") is True
        photograph(page, f"page-2-paid.{said.language}")
    assert code.results()


@BOTH
def test_nothing_sticks_out_at_320_pixels(world: World, browser: Browser, said: Said):
    code = world.phone().order("50")
    with opened(world, browser, code, said, width=320) as page:
        assert page.evaluate("document.documentElement.scrollWidth") == 320
        assert qr_on(page) == code.qr
        photograph(page, f"page-3-narrow.{said.language}")


@BOTH
def test_it_prints_on_one_page_with_a_code_that_scans(
    world: World, browser: Browser, said: Said
):
    code = world.phone().order("50")
    with opened(world, browser, code, said) as page:
        printed = PdfDocument(page.pdf(format="A4", prefer_css_page_size=True))
    assert len(printed) == 1
    paper = printed[0].render(scale=2).to_pil()
    assert read_qr(paper) == code.qr
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    paper.save(SCREENSHOTS / f"page-4-print.{said.language}.png")


@BOTH
def test_the_browser_may_tell_where_the_payer_is(
    world: World, browser: Browser, said: Said
):
    code = world.phone().order("50")
    with opened(world, browser, code, said, here=DEIRA) as page:
        page.locator("[data-do=locate]").click()
        found = page.locator("#found")
        expect(found).to_contain_text(said.near)
        way = found.get_by_role("link").first
        expect(way).to_have_attribute("href", re.compile("^https://"))
        expect(way).to_have_attribute("rel", re.compile("noreferrer"))
        photograph(page, f"page-5-stores.{said.language}")
    log = world.desk.log_file.read_text(encoding="utf-8")
    assert str(DEIRA["latitude"]) not in log
    assert token_of(world, code) not in log


def test_a_browser_that_does_not_tell_leaves_the_name_of_an_area(
    world: World, browser: Browser
):
    code = world.phone().order("50")
    with opened(world, browser, code, ENGLISH) as page:
        page.locator("[data-do=locate]").click()
        expect(page.locator("#found")).to_contain_text("did not tell where you are")
        page.get_by_label("Name of your area").fill("Deira")
        page.get_by_role("button", name="Find stores").click()
        expect(page.locator("#found")).to_contain_text("Stores in Deira")


def test_the_language_changes_by_a_link(world: World, browser: Browser):
    code = world.phone().order("50")
    with opened(world, browser, code, ENGLISH) as page:
        page.get_by_role("link", name="العربية").click()
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        page.get_by_role("link", name="English").click()
        expect(page.locator("html")).to_have_attribute("dir", "ltr")


def test_without_scripts_the_page_is_right_when_it_loads(
    world: World, browser: Browser
):
    code = world.phone().order("50")
    with opened(world, browser, code, ENGLISH, scripts=False) as page:
        assert qr_on(page) == code.qr
        page.get_by_label("Name of your area").fill("Deira")
        page.get_by_role("button", name="Find stores").click()
        expect(page.locator("#found")).to_contain_text("Stores in Deira")
        code.pay()
        code.results()
        page.reload()
        expect(page.get_by_role("status")).to_contain_text("PAID")
        expect(page.locator("svg.qr")).to_have_count(0)


@BOTH
def test_the_cashiers_card_fills_the_screen_in_both_languages(
    world: World, browser: Browser, said: Said
):
    code = world.phone().order("50")
    with opened(world, browser, code, said) as page:
        card = page.locator("#cashier")
        expect(card.locator("[lang=en] li").first).to_contain_text("ATM → Cash In")
        expect(card.locator("[lang=ar] li").first).to_contain_text("ATM → Cash In")
        card.locator("a.enlarge").click()
        expect(card).to_have_css("position", "fixed")
        expect(card.get_by_text("AED 50.00").first).to_be_visible()
        photograph(page, f"page-6-cashier.{said.language}", full_page=False)
        page.keyboard.press("Escape")
        expect(card).not_to_have_css("position", "fixed")


def test_a_screen_reader_finds_its_way(world: World, browser: Browser):
    code = world.phone().order("50")
    with opened(world, browser, code, ENGLISH) as page:
        for landmark in ("banner", "navigation", "main", "contentinfo"):
            expect(page.get_by_role(landmark)).to_have_count(1)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        picture = page.get_by_role("img", name=f"QR code of order {code.number}")
        expect(picture).to_have_count(1)
        expect(page.get_by_role("timer")).to_have_attribute("aria-live", "off")
        expect(page.get_by_role("status")).to_have_attribute("aria-live", "polite")


def test_a_code_that_was_called_off_is_shown_no_more(world: World, browser: Browser):
    payer = world.phone()
    code = payer.order("50")
    with opened(world, browser, code, ENGLISH) as page:
        payer.press("Cancel code")
        payer.press("Yes, cancel it")
        expect(page.get_by_role("status")).to_contain_text("CANCELLED")
        expect(page.locator("svg.qr")).to_have_count(0)


def test_all_that_is_loaded_is_light(world: World, browser: Browser):
    code = world.phone().order("50")
    sizes: list[int] = []
    context = browser.new_context()
    page = context.new_page()
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto(address(world, code), wait_until="load")
    drawing = page.locator("svg.qr").evaluate("svg => svg.outerHTML.length")
    context.close()
    assert len(sizes) >= 3
    assert sum(sizes) - drawing < MOST_BYTES


@contextmanager
def opened(
    world: World,
    browser: Browser,
    code: Code,
    said: Said,
    *,
    width: int = 390,
    scripts: bool = True,
    here: dict[str, float] | None = None,
) -> Iterator[Page]:
    """Open an order's page; it must ask no other host, and no policy may complain."""
    context = browser.new_context(
        viewport={"width": width, "height": 800},
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
    context.set_default_timeout(PATIENCE_MS)
    if here:
        allow(context, here)
    page = context.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: complaints.append(line.text) if line.type == "error" else None,
    )
    page.goto(f"{address(world, code)}?lang={said.language}")
    yield page
    context.close()
    assert not complaints
    assert all(url.startswith(world.desk.app_url) for url in asked)


def allow(context: BrowserContext, here: dict[str, float]) -> None:
    context.grant_permissions(["geolocation"])
    context.set_geolocation(
        {"latitude": here["latitude"], "longitude": here["longitude"]}
    )


def address(world: World, code: Code) -> str:
    """Where the page of that order is."""
    return f"{world.desk.app_url}/o/{token_of(world, code)}"


def token_of(world: World, code: Code) -> str:
    question = "select page_token from orders where merchant_order_no = ?"
    with closing(sqlite3.connect(world.desk.database, timeout=30)) as database:
        (token,) = database.execute(question, (code.number,)).fetchone()
    return str(token)


def qr_on(page: Page) -> str:
    """Read the code on the screen as a POS does."""
    shot = page.locator("svg.qr").screenshot()
    return read_qr(Image.open(io.BytesIO(shot)))


def photograph(page: Page, name: str, *, full_page: bool = True) -> None:
    """Keep what is shown in var/screenshots/ for people to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full_page)
