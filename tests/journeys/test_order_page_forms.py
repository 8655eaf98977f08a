"""The page behind an order's link: on small screens, on paper, aloud, unscripted."""

import re

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from tests.order_page_view import BOTH, OrderPage, Said, a_code, opened_page
from tests.phones import Code, read_qr
from tests.world import World


@pytest.fixture
def code(world: World, said: Said) -> Code:
    return a_code(world, said)


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
        assert read_qr(the_one_sheet(page)) == code.qr
        code.pay()
        page.becomes("credited")
        page.page.wait_for_load_state("networkidle")
        assert the_one_sheet(page)


def the_one_sheet(page: OrderPage) -> Image.Image:
    paper = page.page.pdf(format="A4", prefer_css_page_size=True)
    with pypdfium2.PdfDocument(paper) as printed:
        assert len(printed) == 1
        sheet: Image.Image = printed[0].render(scale=2).to_pil()
    return sheet


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
