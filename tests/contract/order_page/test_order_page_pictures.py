"""What is fetched for an order page as a picture or a file, by chat networks too."""

import asyncio
import io
from datetime import timedelta

import pytest
from PIL import Image

from core.domain.orders import Status
from tests.fakes import a_payment
from tests.order_pages import TOKEN
from tests.phones import read_qr

MEDIA = ("/code.png", "/receipt.png", "/receipt.pdf")


async def test_the_code_is_fetched_as_the_chat_shows_it(page, order):
    answer = await page.get("/code.png")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["content-length"] == str(len(answer.content))
    assert read_qr(Image.open(io.BytesIO(answer.content))) == order.token_url


async def test_head_tells_what_get_brings_and_brings_nothing(page, order):
    await page.orders.settle(order.merchant_order_no, a_payment(order), "notice")
    for path in MEDIA:
        head, got = await page.head(path), await page.get(path)
        assert head.status_code == got.status_code == 200
        assert head.content == b""
        for name in ("content-type", "content-length", "cache-control"):
            assert head.headers[name] == got.headers[name]
        assert not got.history


async def test_a_code_that_has_ended_is_stamped_and_holds_no_code(page, order, clock):
    fresh = (await page.get("/code.png")).content
    clock.pass_by(timedelta(hours=2))
    stamped = await page.get("/code.png")
    assert stamped.status_code == 200
    assert stamped.content != fresh
    with pytest.raises(ValueError, match="expected 1, got 0"):
        read_qr(Image.open(io.BytesIO(stamped.content)))


async def test_a_code_that_lives_longer_is_drawn_with_its_new_end(page, order):
    before = (await page.get("/code.png")).content
    assert (await page.get("/code.png")).content == before
    later = order.expires_at + timedelta(minutes=1)
    await page.orders.extended(order.merchant_order_no, later)
    assert (await page.get("/code.png")).content != before


async def test_there_is_no_picture_of_a_code_that_was_never_made(page):
    await page.add_order()
    assert (await page.get("/code.png")).status_code == 404


async def test_there_is_a_receipt_once_it_is_paid_and_not_before(page, order):
    for path in ("/receipt.png", "/receipt.pdf"):
        assert (await page.get(path)).status_code == 404
    await page.orders.settle(order.merchant_order_no, a_payment(order), "notice")
    picture, pdf = await page.get("/receipt.png"), await page.get("/receipt.pdf")
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert pdf.headers["content-type"] == "application/pdf"
    name = f'filename="receipt-{order.merchant_order_no}.pdf"'
    assert pdf.headers["content-disposition"] == f"inline; {name}"
    assert pdf.content.startswith(b"%PDF-")


async def test_a_receipt_speaks_the_language_that_is_asked_for(page, order):
    await page.orders.settle(order.merchant_order_no, a_payment(order), "notice")
    own = (await page.get("/receipt.png")).content
    assert (await page.get("/receipt.png?lang=en")).content == own
    assert (await page.get("/receipt.png?lang=xx")).content == own
    assert (await page.get("/receipt.png?lang=ar")).content != own


async def test_a_called_off_code_is_stamped(page, order):
    fresh = (await page.get("/code.png")).content
    await page.orders.ended(order.merchant_order_no, Status.CANCELLED, is_closed=True)
    assert (await page.get("/code.png")).content != fresh


@pytest.mark.parametrize(
    "token",
    ["j" * 22, TOKEN[:-1], f"{TOKEN}a", TOKEN.swapcase(), "%00" * 22, "١" * 22],
)
async def test_no_other_address_tells_anything(page, order, token):
    for path in MEDIA:
        answer = await page.http.get(f"/o/{token}{path}")
        assert answer.status_code == 404
        assert order.merchant_order_no not in answer.text


async def test_nothing_that_is_fetched_is_kept_or_found_by_anybody(page, order):
    for path in MEDIA:
        headers = (await page.get(path)).headers
        assert headers["cache-control"] == "private, no-store"
        assert headers["x-robots-tag"] == "noindex, nofollow, noarchive"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"].startswith("default-src 'none'")


async def test_a_crowd_that_fetches_one_card_gets_the_same(page, order):
    answers = await asyncio.gather(*(page.get("/code.png") for _ in range(20)))
    assert len({answer.content for answer in answers}) == 1


@pytest.mark.parametrize("table", ["orders", "conversations"])
async def test_while_the_database_is_away_the_page_asks_to_come_again(
    page, order, table
):
    await page.orders.settle(order.merchant_order_no, a_payment(order), "notice")
    async with page.database_away(table):
        for path in MEDIA:
            answer = await page.get(path)
            assert answer.status_code == 503
            assert int(answer.headers["retry-after"]) > 0
