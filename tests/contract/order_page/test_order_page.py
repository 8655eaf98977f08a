"""The page behind an order's link, as it comes over HTTP."""

import re
from datetime import timedelta
from html.parser import HTMLParser
from http import HTTPStatus
from urllib.parse import urljoin

import pytest

from core.database.freezes import SqlFreezes
from core.domain.freezing import of_account
from core.domain.orders import Status
from tests.fakes import NOW, HandClock, a_payment
from tests.order_pages import PAGE, TOKEN, TOKEN_URL

NEAR_DEIRA = {"latitude": 25.2636, "longitude": 55.3242}
_QR = re.compile(r'<path d="[^"]{500,}"/>')


class Addresses(HTMLParser):
    """Every address that a page names."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.tags: set[str] = set()
        self.styled: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name in {"src", "href", "action", "srcset", "poster", "data"} and value:
                self.found.append((tag, value))
            if name == "style" or name.startswith("on"):
                self.styled.append(f"{tag} {name}")


async def test_the_page_tells_what_a_payer_needs_at_the_till(page, order):
    answer = await page.get()
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    for said in (
        "AED 50.00",
        "today 14:00",
        "Gulf time",
        order.merchant_order_no,
        order.account_name,
        "For the cashier",
    ):
        assert said in answer.text
    assert TOKEN_URL not in answer.text


async def test_the_address_holds_no_order_number_and_the_page_leads_to_none(
    page, order
):
    html = (await page.get()).text
    links = [value for _, value in Addresses(html).found]
    assert links
    assert not [each for each in links if order.merchant_order_no in each]


async def test_it_speaks_the_payers_language_unless_another_is_asked_for(page, order):
    assert '<html lang="en" dir="ltr">' in (await page.get()).text
    await page.speak(order, "ar")
    arabic = (await page.get()).text
    assert '<html lang="ar" dir="rtl">' in arabic
    assert "ألعاب الصقر" in arabic
    assert '<html lang="en" dir="ltr">' in (await page.get("?lang=en")).text
    assert '<html lang="ar" dir="rtl">' in (await page.get("?lang=xx")).text


async def test_head_brings_what_get_would_tell_of_the_page(page, order):
    head, got = await page.head(), await page.get()
    assert head.status_code == 200
    assert head.content == b""
    assert abs(int(head.headers["content-length"]) - len(got.content)) < 20


async def test_no_browser_keeps_frames_or_lets_anything_foreign_into_the_page(
    page, order
):
    headers = (await page.get()).headers
    policy = dict(
        each.strip().split(" ", 1)
        for each in headers["content-security-policy"].split(";")
    )
    assert policy == {
        "default-src": "'none'",
        "img-src": "'self'",
        "script-src": "'self'",
        "style-src": "'self'",
        "connect-src": "'self'",
        "form-action": "'self'",
        "base-uri": "'none'",
        "frame-ancestors": "'none'",
    }
    assert headers["cache-control"] == "private, no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-robots-tag"].startswith("noindex")
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["permissions-policy"].startswith("geolocation=(self), camera=()")
    assert headers["cross-origin-opener-policy"] == "same-origin"


async def test_nothing_is_fetched_from_anywhere_else_and_nothing_is_inline(page, order):
    seen = Addresses((await page.get("?area=Deira")).text)
    links = [(tag, value) for tag, value in seen.found if value.startswith("http")]
    assert {tag for tag, _ in links} == {"a"}
    assert all(value.startswith("https://") for _, value in links)
    assert not seen.styled
    assert not seen.tags & {"style", "iframe", "object", "embed", "base"}


async def test_style_and_script_are_kept_for_ever_under_names_that_change(page, order):
    html = (await page.get()).text
    names = [value for _, value in Addresses(html).found if "/page/" in value]
    assert len(names) == 3
    for name in names:
        answer = await page.http.get(urljoin(PAGE, name))
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert re.search(r"\.[0-9a-f]{12}\.(css|js|svg)$", name)
    assert (await page.http.get("/page/page.css")).status_code == 404


@pytest.mark.parametrize("language", ["en", "ar"])
async def test_the_page_weighs_less_than_60_kb_without_its_code(page, order, language):
    html = (await page.get(f"?lang={language}&area=Dubai")).text
    weight = len(_QR.sub("", html).encode())
    for _, name in Addresses(html).found:
        if "/page/" in name:
            weight += len((await page.http.get(urljoin(PAGE, name))).content)
    assert _QR.search(html)
    assert weight < 60_000


async def test_a_code_that_is_being_made_is_awaited(page):
    await page.add_order()
    html = (await page.get()).text
    assert "Your code is being made" in html
    assert not _QR.search(html)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (Status.EXPIRED, "The time to pay is over. Nothing was charged."),
        (Status.CANCELLED, "Cancelled. Nothing was charged."),
    ],
)
async def test_an_ended_order_says_so_and_shows_no_code(page, order, status, said):
    await page.orders.ended(order.merchant_order_no, status, is_closed=True)
    html = (await page.get()).text
    assert said in html
    assert "Pay before" not in html
    assert not _QR.search(html)


async def test_a_code_that_was_never_made_is_not_said_to_be_cancelled(page):
    order = await page.add_order()
    number = order.merchant_order_no
    await page.orders.ended(number, Status.FAILED, is_closed=False)
    html = (await page.get()).text
    assert "The code could not be made. Nothing was charged." in html
    assert "CANCELLED" not in html


async def test_a_payment_that_was_given_back_is_told_as_that(page, order):
    await page.orders.ended(
        order.merchant_order_no, Status.CANCELLED, is_closed=True, paid_at=NOW
    )
    assert "PayBy gave the payment back" in (await page.get()).text


async def test_a_code_whose_time_is_over_is_gone_before_anybody_has_told_us(
    page, order, clock
):
    clock.pass_by(timedelta(hours=2))
    html = (await page.get()).text
    assert "no payment gets lost" in html
    assert not _QR.search(html)


async def test_a_paid_order_shows_its_receipt_and_no_code(page, order):
    number = order.merchant_order_no
    await page.orders.settle(number, a_payment(order), "notice")
    held = (await page.get()).text
    assert "The money is safe and will be added to the account." in held
    await page.orders.credited(number)
    html = (await page.get()).text
    assert "The money is on the account." in html
    assert f"{TOKEN}/receipt.png" in html
    assert f"{TOKEN}/receipt.pdf" in html
    assert not _QR.search(html)


async def test_names_from_outside_are_never_markup(page):
    await page.open_order(account_name="<img src=x onerror=alert(1)>{{7*7}}")
    html = (await page.get("?area=<script>alert(1)</script>")).text
    assert "&lt;img src=x onerror=alert(1)&gt;{{7*7}}" in html
    assert "<img" not in html
    assert html.count("<script") == 1


async def test_stores_of_an_area_are_found_without_any_script(page, order):
    html = (await page.get("?area=Deira")).text
    assert "Sample Corner Grocery – Deira" in html
    assert "open until 23:00" in html
    assert "https://www.google.com/maps/dir/" in html
    assert 'rel="noopener noreferrer"' in html
    assert "I know no store there." in (await page.get("?area=Atlantis")).text
    assert "I know no store there." not in (await page.get("?area=")).text


async def test_the_nearest_stores_are_found_by_a_place_that_stands_in_no_address(
    page, order
):
    answer = await page.http.post(f"{PAGE}/stores", json=NEAR_DEIRA | {"lang": "ar"})
    assert answer.status_code == 200
    assert answer.text.count("<li>") == 5
    assert "ميني مارت بومة الليل (نموذج) – الرقة" in answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    assert (await page.get("/stores?latitude=25&longitude=55")).status_code == 405


async def test_far_away_there_are_no_stores(page, order):
    sea = {"latitude": 0, "longitude": 0}
    answer = await page.http.post(f"{PAGE}/stores", json=sea)
    assert "I know no store near you." in answer.text


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"not json",
        b'{"latitude": 25}',
        b'{"latitude": null, "longitude": 55}',
        b'{"latitude": 91, "longitude": 55}',
        b'{"latitude": 25, "longitude": -181}',
        b'{"latitude": NaN, "longitude": 55}',
        b'{"latitude": 1e999, "longitude": 55}',
        b'{"latitude": ' + b"9" * 900 + b', "longitude": 55}',
        b"[" * 1000,
        b"x" * 2000,
    ],
)
async def test_what_is_no_place_is_refused(page, order, body):
    answer = await page.http.post(f"{PAGE}/stores", content=body)
    assert answer.status_code == 400


@pytest.mark.parametrize("token", ["j" * 22, "short", f"{TOKEN}x", "%2e%2e", "١" * 22])
async def test_an_unknown_address_says_so_in_both_languages(page, order, token):
    answer = await page.http.get(f"/o/{token}")
    assert answer.status_code == 404
    assert "There is no such page" in answer.text
    assert "لا توجد صفحة بهذا العنوان" in answer.text
    assert answer.headers["x-robots-tag"].startswith("noindex")
    assert (await page.http.post(f"/o/{token}/stores", json={})).status_code == 404


async def test_only_what_can_be_an_address_is_looked_up(page, order):
    for token in ("short", f"{TOKEN}x", "%00" * 22, "é" * 22):
        await page.http.get(f"/o/{token}")
    assert page.orders.reads == 0
    await page.http.get(f"/o/{'j' * 22}")
    assert page.orders.reads == 1


async def test_while_the_database_is_away_the_page_says_so_in_both_languages(
    page, order
):
    async with page.database_away():
        answer = await page.get()
    assert answer.status_code == 503
    assert "A code you have stays valid." in answer.text
    assert "لا يمكن عرض هذه الصفحة حاليًا" in answer.text


async def test_no_token_and_no_place_are_logged(page, order, capfd):
    await page.get()
    await page.get("/code.png")
    await page.http.post(f"{PAGE}/stores", json=NEAR_DEIRA)
    await page.http.get("/o/short")
    async with page.database_away():
        await page.get()
    logged = "".join(capfd.readouterr())
    assert TOKEN not in logged
    assert "25.26" not in logged


async def test_of_what_support_has_stopped_no_code_is_on_the_page(page, order):
    freezes = SqlFreezes(page.database, HandClock())
    await freezes.put(of_account(order.account_id), "why", "Agent One")
    text = (await page.get()).text
    assert order.merchant_order_no in text
    assert not _QR.search(text)
    assert (await page.get("/code.png")).status_code == HTTPStatus.NOT_FOUND
