"""The page behind an order's link, in a browser: from the code to the receipt."""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pypdfium2
import pytest
from playwright.sync_api import Browser, expect

from tests.browser import launched
from tests.order_page_view import OrderPage, opened_page
from tests.phones import Code
from tests.world import World

DEIRA = {"latitude": 25.2636, "longitude": 55.3242}


@dataclass(frozen=True)
class Said:
    """What the page says in a language."""

    language: str
    own_name: str
    language_is_set: str
    direction: str
    waiting: str
    paid: str
    on_account: str
    receipt: str
    other_language: str
    enlarge: str
    close: str
    find: str
    area: str
    locate: str
    near: str
    no_location: str
    code: str


ENGLISH = Said(
    language="en",
    own_name="English",
    language_is_set="we speak English now",
    direction="ltr",
    waiting="Waiting for your cash",
    paid="PAID",
    on_account="The money is on the account.",
    receipt="Receipt",
    other_language="العربية",
    enlarge="Show it large",
    close="Close",
    find="Find stores",
    area="Name of your area",
    locate="Use my location",
    near="Stores near you",
    no_location="Your phone did not tell where you are.",
    code="QR code of order",
)
ARABIC = Said(
    language="ar",
    own_name="العربية",
    language_is_set="سنتحدث بالعربية الآن",
    direction="rtl",
    waiting="بانتظار الدفع نقدًا",
    paid="تم الدفع",
    on_account="المبلغ في الحساب.",
    receipt="إيصال",
    other_language="English",
    enlarge="عرض بحجم كبير",
    close="إغلاق",
    find="البحث عن متاجر",
    area="اسم منطقتك",
    locate="استخدام موقعي",
    near="متاجر قريبة منك",
    no_location="لم يحدد هاتفك موقعك.",
    code="رمز QR للطلب",
)
BOTH = pytest.mark.parametrize("said", [ENGLISH, ARABIC], ids=["English", "Arabic"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def code(world: World, said: Said) -> Code:
    payer = world.phone()
    code = payer.order()
    payer.type("/language")
    payer.press(said.own_name)
    payer.wait_for(said.language_is_set)
    return code


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
        assert downloading.value.suggested_filename == f"{code.number}.pdf"
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
def test_nothing_is_cut_off_on_the_narrowest_phone_and_the_code_is_still_read(
    world: World, browser: Browser, code: Code, said: Said
):
    narrow = {"width": 320, "height": 568}
    with opened_page(browser, world, code, viewport=narrow) as page:
        page.open("?area=Dubai")
        assert not page.overflows()
        assert page.qr() == code.qr
        page.photograph(f"narrow.{said.language}")
        page.page.get_by_role("link", name=said.enlarge).click()
        expect(page.page.get_by_role("link", name=said.close)).to_be_in_viewport()
        card = page.page.locator("#cashier")
        assert card.evaluate("(card) => card.scrollWidth <= card.clientWidth")
        page.photograph(f"narrow-cashier.{said.language}", full_page=False)
        code.pay()
        page.becomes("credited")
        assert not page.overflows()
        expect(page.state).to_be_in_viewport()


@BOTH
def test_the_cashier_reads_both_languages_across_the_counter(
    world: World, browser: Browser, code: Code, said: Said
):
    with opened_page(browser, world, code) as page:
        page.open()
        page.page.get_by_role("link", name=said.enlarge).click()
        card = page.page.locator("#cashier")
        assert card.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
        for language, menu in (("en", "open E"), ("ar", "افتح")):
            steps = card.locator(f"[lang={language}] li")
            expect(steps).to_have_count(5)
            expect(steps.first).to_contain_text(menu)
            expect(steps.nth(2)).to_contain_text("50.00")
            expect(steps.last).to_be_in_viewport()
        page.photograph(f"cashier.{said.language}", full_page=False)
        page.page.keyboard.press("Escape")
        expect(page.page.get_by_role("link", name=said.close)).to_be_hidden()


@BOTH
def test_the_page_is_printed_on_one_sheet(
    world: World, browser: Browser, code: Code, said: Said
):
    with opened_page(browser, world, code) as page:
        page.open("?area=Dubai")
        expect(page.page.locator(".stores li")).to_have_count(5)
        assert_one_sheet(page)
        code.pay()
        page.becomes("credited")
        page.page.wait_for_load_state("networkidle")
        assert_one_sheet(page)


def assert_one_sheet(page: OrderPage) -> None:
    pdf = pypdfium2.PdfDocument(
        io.BytesIO(page.page.pdf(format="A4", prefer_css_page_size=True))
    )
    assert len(pdf) == 1


@BOTH
def test_without_any_script_all_that_matters_is_there(
    world: World, browser: Browser, code: Code, said: Said
):
    with opened_page(browser, world, code, java_script_enabled=False) as page:
        page.open()
        assert page.qr() == code.qr
        expect(page.page.get_by_role("button", name=said.locate)).to_be_hidden()
        expect(page.page.get_by_role("timer")).to_be_hidden()
        page.page.get_by_label(said.area).fill("Deira")
        page.page.get_by_role("button", name=said.find).click()
        expect(page.page.locator(".stores li")).not_to_have_count(0)
        page.page.get_by_role("link", name=said.enlarge).click()
        expect(page.page.get_by_role("link", name=said.close)).to_be_visible()
        code.pay()
        code.results()
        page.open()
        expect(page.state).to_contain_text(said.paid)


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


@BOTH
def test_the_page_is_heard_as_it_is_seen(
    world: World, browser: Browser, code: Code, said: Said
):
    with opened_page(browser, world, code) as page:
        page.open("?area=Deira")
        seen = page.page
        for role in ("banner", "main", "contentinfo", "navigation", "status"):
            expect(seen.get_by_role(role)).to_have_count(1)
        expect(seen.get_by_role("heading", level=1)).to_have_count(1)
        code_image = seen.get_by_role("img", name=said.code)
        expect(code_image).to_have_accessible_name(re.compile(re.escape(code.number)))
        expect(seen.get_by_label(said.area)).to_have_count(1)
        expect(page.state).to_have_attribute("aria-live", "polite")
        regions = seen.get_by_role("region")
        assert regions.count() == 4
        for each in regions.all():
            expect(each).to_have_accessible_name(re.compile(r"\S"))
        for each in seen.locator("a:visible, button:visible, input:visible").all():
            expect(each).to_have_accessible_name(re.compile(r"\S"))
        assert not page.faint()
        code.pay()
        page.becomes("credited")
        assert not page.faint()


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
