"""How an order's page hears that the order has moved on."""

import asyncio
import time
from contextlib import AsyncExitStack, aclosing
from datetime import timedelta
from functools import partial
from typing import Any

from core.domain.orders import Status
from tests.fakes import NOW, HandClock, a_payment, an_order
from tests.order_pages import TOKEN_URL
from webhooks.order_page.news import Watching


async def test_who_looks_hears_at_once_how_it_stands_and_then_that_it_is_paid(
    page, order
):
    number = order.merchant_order_no
    async with page.events() as heard:
        assert heard.answer.headers["content-type"].startswith("text/event-stream")
        assert heard.answer.headers["cache-control"] == "private, no-store"
        assert await heard.news() == ("waiting", False)
        await page.orders.settle(number, a_payment(order), "notice")
        assert await heard.news() == ("paid", False)
        await page.orders.credited(number)
        assert await heard.news() == ("credited", True)
        await heard.end()


async def test_who_looks_hears_of_the_code_when_it_is_made(page):
    order = await page.add_order()
    async with page.events() as heard:
        assert await heard.news() == ("making", False)
        end = NOW + timedelta(hours=1)
        await page.orders.opened(order.merchant_order_no, "1314", TOKEN_URL, end)
        assert await heard.news() == ("waiting", False)
        await page.orders.extended(order.merchant_order_no, NOW + timedelta(hours=2))
        assert await heard.news() == ("waiting", False)


async def test_who_looks_hears_that_the_time_is_over_and_of_money_that_comes_late(
    page, order, clock
):
    number = order.merchant_order_no
    async with page.events() as heard:
        await heard.news()
        clock.pass_by(timedelta(hours=2))
        assert await heard.news() == ("expired", False)
        await page.orders.settle(number, a_payment(order), "asking")
        assert await heard.news() == ("paid", False)


async def test_news_end_with_a_code_that_is_closed_for_good(page, order):
    number = order.merchant_order_no
    async with page.events() as heard:
        await heard.news()
        await page.orders.ended(number, Status.CANCELLED, is_closed=False)
        assert await heard.news() == ("void", False)
        await page.orders.closed(number)
        assert await heard.news() == ("void", True)
        await heard.end()


async def test_an_order_is_read_once_a_second_however_many_look(page, order):
    async with AsyncExitStack() as looking:
        viewers = [await looking.enter_async_context(page.events()) for _ in range(5)]
        for viewer in viewers:
            await viewer.news()
        before, began_s = page.orders.reads, time.monotonic()
        await page.orders.extended(
            order.merchant_order_no, order.expires_at + timedelta(hours=1)
        )
        for viewer in viewers:
            await viewer.news()
        await page.orders.settle(order.merchant_order_no, a_payment(order), "notice")
        for viewer in viewers:
            assert await viewer.news() == ("paid", False)
        seconds = time.monotonic() - began_s
        assert page.orders.reads - before <= seconds + 1


async def test_an_order_that_nobody_looks_at_any_more_is_read_no_more(page, order):
    async with page.events() as heard:
        await heard.news()
    await until(partial(was_left_alone, page))


async def was_left_alone(page) -> bool:
    before = page.orders.reads
    await asyncio.sleep(1.5)
    return page.orders.reads == before


async def test_an_order_has_five_viewers_at_most_and_each_who_leaves_makes_room(
    page, order
):
    async with AsyncExitStack() as looking:
        viewers = [await looking.enter_async_context(page.events()) for _ in range(4)]
        for viewer in viewers:
            await viewer.news()
        async with page.events() as fifth:
            await fifth.news()
            refused = await page.get("/events")
            assert refused.status_code == 503
            assert int(refused.headers["retry-after"]) > 0
        await until(partial(has_room, page))


async def has_room(page) -> bool:
    async with page.events() as heard:
        return heard.answer.status_code == 200


async def until(ask) -> None:
    while True:
        if await ask():
            return
        await asyncio.sleep(0.05)


async def test_five_hundred_look_at_all_pages_together_at_most():
    unread: Any = _Unread()
    watching = Watching(unread, HandClock(), lambda: False)
    orders = [an_order(f"T{n}", page_token=str(n)) for n in range(100)]
    async with AsyncExitStack() as looking:
        for order in orders * 5:
            assert watching.has_room("another")
            events = watching.events(order)
            await looking.enter_async_context(aclosing(events))
            await anext(events)
        assert not watching.has_room("another")
    assert watching.has_room("another")


class _Unread:
    """Orders of which nothing new is known."""

    async def of_page(self, token):
        return None


async def test_an_idle_connection_is_kept_alive(page, order, monkeypatch):
    monkeypatch.setattr("webhooks.order_page.news._BEAT_EVERY_S", 0.05)
    async with page.events() as heard:
        assert await heard.line("retry: ") == "3000"
        assert await heard.line(": ") == "still here"
        assert await heard.line(": ") == "still here"


async def test_after_some_minutes_the_browser_is_to_connect_anew(
    page, order, monkeypatch
):
    monkeypatch.setattr("webhooks.order_page.news._BEAT_EVERY_S", 0.05)
    monkeypatch.setattr("webhooks.order_page.news._LONGEST_S", 0.2)
    async with page.events() as heard:
        assert await heard.news() == ("waiting", False)
        await heard.end()


async def test_when_the_server_stops_those_who_look_are_let_go(page, order):
    async with page.events() as heard:
        await heard.news()
        page.leaving.set()
        await heard.end()


async def test_news_come_on_after_the_database_was_away(page, order):
    async with page.events() as heard:
        await heard.news()
        async with page.database_away():
            await until(partial(was_read_twice_since, page.orders.reads, page))
        await page.orders.settle(order.merchant_order_no, a_payment(order), "notice")
        assert await heard.news() == ("paid", False)


async def was_read_twice_since(reads, page) -> bool:
    return page.orders.reads >= reads + 2


async def test_a_browser_that_asks_again_and_again_is_told_the_same(page, order):
    waiting = (await page.get("/state")).json()
    assert (await page.get("/state")).json() == waiting
    assert not waiting["is_final"]
    await page.orders.settle(order.merchant_order_no, a_payment(order), "notice")
    paid = (await page.get("/state")).json()
    assert paid["version"] != waiting["version"]
    await page.orders.credited(order.merchant_order_no)
    assert (await page.get("/state")).json()["is_final"]


async def test_there_is_no_news_of_an_unknown_page(page, order):
    for path in ("events", "state"):
        answer = await page.http.get(f"{'/o/' + 'j' * 22}/{path}")
        assert answer.status_code == 404
