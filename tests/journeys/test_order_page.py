"""The page behind an order's link, in a browser: from the code to the receipt."""

import re

import pypdfium2
import pytest
from playwright.sync_api import Browser, expect

from tests.order_page_view import ARABIC, BOTH, ENGLISH, Said, a_code, opened_page
from tests.phones import Code
from tests.world import World

DEIRA = {"latitude": 25.2636, "longitude": 55.3242}


@pytest.fixture
def code(world: World, said: Said) -> Code:
    return a_code(world, said)


@BOTH
def test_the_page_turns_to_paid_while_the_payer_looks(
    world: World, browser: Browser, code: Code, said: Said
):
    with opened_page(browser, world, code) as page:
        page.open()
        root = page.page.locator("html")
        expect(root).to_have_attribute("lang", said.language)
        expect(root).to_have_attribute("dir", said.direction)
        expect(page.state).to_contain_text(said.waiting)
        assert page.qr() == code.qr
        countdown = page.page.get_by_role("timer")
        expect(countdown).to_have_text(re.compile(r"^\d+:\d\d:\d\d$"))
        before = countdown.inner_text()
        expect(countdown).not_to_have_text(before)
        page.photograph(f"waiting.{said.language}")
        page.page.evaluate("window.wasNeverReloaded = true")
        code.pay()
        page.becomes("credited")
        expect(page.state).to_contain_text(said.paid)
        expect(page.state).to_contain_text(said.on_account)
        receipt = page.page.get_by_role("img", name=said.receipt)
        expect(receipt).to_be_visible()
        expect(receipt).to_have_js_property("complete", value=True)
        assert receipt.evaluate("(image) => image.naturalWidth") == 1080
        assert page.page.evaluate("window.wasNeverReloaded")
        assert page.shows_no_code()
        page.photograph(f"paid.{said.language}")
        assert page.hosts() == {world.desk.app_url.removeprefix("http://")}


@pytest.mark.parametrize("said", [ENGLISH], ids=["English"])
def test_a_phone_whose_clock_is_wrong_counts_the_same_time_down(
    world: World, browser: Browser, code: Code, said: Said
):
    with opened_page(browser, world, code) as page:
        page.page.clock.install(time="2031-01-01")
        page.open()
        countdown = page.page.get_by_role("timer")
        expect(countdown).to_have_text(re.compile(r"^2[34]:\d\d:\d\d$"))


@BOTH
def test_the_receipt_is_there_as_a_file(
    world: World, browser: Browser, code: Code, said: Said
):
    code.pay()
    code.results()
    with opened_page(browser, world, code) as page:
        page.open()
        page.becomes("credited")
        with page.page.expect_download() as downloading:
            page.page.locator("a[href*='receipt.pdf']").click()
        assert downloading.value.suggested_filename == f"receipt-{code.number}.pdf"
        pdf = pypdfium2.PdfDocument(downloading.value.path())
        assert code.number in pdf[0].get_textpage().get_text_range()


@BOTH
def test_a_click_turns_the_language_and_the_direction(
    world: World, browser: Browser, code: Code, said: Said
):
    other = ARABIC if said is ENGLISH else ENGLISH
    with opened_page(browser, world, code) as page:
        page.open()
        page.page.get_by_role("link", name=said.other_language, exact=True).click()
        root = page.page.locator("html")
        expect(root).to_have_attribute("dir", other.direction)
        expect(page.state).to_contain_text(other.waiting)
        code.pay()
        page.becomes("credited")
        expect(page.state).to_contain_text(other.paid)


@BOTH
def test_the_nearest_stores_are_shown_where_the_phone_says_it_is(
    world: World, browser: Browser, code: Code, said: Said
):
    here = {"geolocation": DEIRA, "permissions": ["geolocation"]}
    with opened_page(browser, world, code, **here) as page:
        page.open()
        page.page.get_by_role("button", name=said.locate).click()
        expect(page.page.get_by_role("heading", name=said.near)).to_be_visible()
        expect(page.page.locator(".stores li")).to_have_count(5)
        way = page.page.locator(".stores a").first
        expect(way).to_have_attribute("href", re.compile(r"^https://www\.google\."))
        expect(way).to_have_attribute("rel", "noopener noreferrer")
        assert not [url for url in page.asked if "25.26" in url]
        page.photograph(f"stores.{said.language}")


@BOTH
def test_a_phone_that_tells_no_place_leaves_the_name_of_an_area(
    world: World, browser: Browser, code: Code, said: Said
):
    with opened_page(browser, world, code, permissions=[]) as page:
        page.open()
        page.page.get_by_role("button", name=said.locate).click()
        found = page.page.locator("#found")
        expect(found).to_contain_text(said.no_location)
        page.page.get_by_label(said.area).fill("Deira")
        page.page.get_by_role("button", name=said.find).click()
        expect(page.page.locator(".stores li")).not_to_have_count(0)


@pytest.mark.parametrize("said", [ENGLISH], ids=["English"])
@pytest.mark.parametrize("trouble", ["full", "cut"])
def test_where_no_news_come_through_the_page_asks_by_itself(
    world: World, browser: Browser, code: Code, said: Said, trouble: str
):
    with opened_page(browser, world, code) as page:
        page.page.route(
            "**/events",
            lambda route: (
                route.fulfill(status=503) if trouble == "full" else route.abort()
            ),
        )
        page.open()
        code.pay()
        page.becomes("credited")
        assert [url for url in page.asked if url.endswith("/state")]
        page.complaints.clear()  # of the news that did not come


@pytest.mark.parametrize("said", [ENGLISH], ids=["English"])
def test_no_address_of_a_page_is_logged(
    world: World, browser: Browser, code: Code, said: Said
):
    with opened_page(browser, world, code) as page:
        page.open()
        code.pay()
        page.becomes("credited")
        token = page.url.rpartition("/")[2]
    assert token not in world.desk.log_file.read_text("utf-8")


@pytest.mark.parametrize("said", [ENGLISH], ids=["English"])
def test_a_page_that_cannot_ask_says_that_it_may_be_old_until_it_can(
    world: World, browser: Browser, code: Code, said: Said
):
    with opened_page(browser, world, code) as page:
        for path in ("**/events", "**/state"):
            page.page.route(path, lambda route: route.abort())
        page.open()
        old = page.page.get_by_role("alert")
        expect(old).to_contain_text("this may not be the latest")
        code.pay()
        page.page.unroute("**/state")
        page.becomes("credited")
        expect(old).to_be_hidden()
        page.complaints.clear()  # of what was not to be had


def test_a_code_that_is_called_off_in_the_chat_is_shown_no_more(
    world: World, browser: Browser
):
    payer = world.phone()
    code = payer.order()
    with opened_page(browser, world, code) as page:
        page.open()
        payer.press("Cancel code")
        payer.press("Yes, cancel it")
        page.becomes("void")
        expect(page.state).to_contain_text("CANCELLED")
        assert page.shows_no_code()
