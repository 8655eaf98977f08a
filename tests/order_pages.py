"""The order page served over HTTP, on a database of the test's own."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from fastapi import FastAPI
from sqlmodel import text

from bot.chat_store import ChatStore
from bot.chats import Chat, Language
from bot.painter import Painter
from bot.shop import Shop
from core.database.conversations import SqlConversations
from core.database.day_figures import SqlDayFigures
from core.database.engine import Database
from core.database.orders import SqlOrders
from core.database.store_reports import SqlStoreReports
from core.database.stores import SqlStores
from core.domain.orders import Order
from core.stores import parse_csv
from tests.browser import ROOT
from tests.fakes import NOW, HandClock, an_order
from tests.serving import serving
from webhooks.current_stores import CurrentStores
from webhooks.order_page import PageParts, order_page

_STORES = ROOT / "sandbox" / "data" / "stores.csv"
TOKEN = "Zm9vYmFyYmF6cXV4LXRv_Q"
PAGE = f"/o/{TOKEN}"
TOKEN_URL = "https://checkout.example/main?ft=cd624549f4894d78b0d368e48bb27aae"
SHOP = Shop(
    name="Falcon Games",
    product="Game top-up",
    name_ar="ألعاب الصقر",
    product_ar="شحن الألعاب",
)


class CountedOrders(SqlOrders):
    """The orders, which count how often one is read for its page."""

    reads = 0

    async def of_page(self, token: str) -> Order | None:
        self.reads += 1
        return await super().of_page(token)


@dataclass
class Served:
    """The page as seen from outside, and the database behind it."""

    url: str
    http: httpx.AsyncClient
    database: Database
    orders: "CountedOrders"
    chats: ChatStore
    leaving: asyncio.Event
    """Set when the server is to stop."""

    async def get(self, path: str = "", **how: object) -> httpx.Response:
        """Fetch what is under the order's address."""
        return await self.http.get(f"{PAGE}{path}", **how)  # type: ignore[arg-type]

    async def head(self, path: str = "") -> httpx.Response:
        """Ask what would be fetched there."""
        return await self.http.head(f"{PAGE}{path}")

    @asynccontextmanager
    async def events(self) -> AsyncIterator["Heard"]:
        """Listen to the news of the order."""
        async with self.http.stream("GET", f"{PAGE}/events", timeout=60) as answer:
            yield Heard(answer, answer.aiter_lines())

    async def add_order(self, **facts: object) -> Order:
        """Keep an order that has no code yet."""
        order = replace(an_order(page_token=TOKEN), **facts)  # type: ignore[arg-type]
        return await self.orders.add(order)

    async def open_order(self, **facts: object) -> Order:
        """Keep an order whose code can be paid for two hours."""
        order = await self.add_order(**facts)
        end = NOW + timedelta(hours=2)
        number = order.merchant_order_no
        return await self.orders.opened(number, "1314", TOKEN_URL, end)

    async def speak(self, order: Order, language: Language) -> None:
        """Let the order's payer have chosen a language."""
        chat = Chat(conversation_id=order.conversation_id, language=language)
        await self.chats.save(chat, "1", ())

    @asynccontextmanager
    async def database_away(self, table: str = "orders") -> AsyncIterator[None]:
        """Let nothing be read of a table."""
        await self._rename(table, "away")
        yield
        await self._rename("away", table)

    async def _rename(self, old: str, new: str) -> None:
        rename = text(f"alter table {old} rename to {new}")
        await self.database.write(lambda session: session.execute(rename))


@dataclass
class Heard:
    """What a browser hears that listens to the news."""

    answer: httpx.Response
    lines: AsyncIterator[str]

    async def line(self, start: str) -> str:
        """Wait for a line that begins so, and return the rest of it."""
        async for line in self.lines:
            if line.startswith(start):
                return line.removeprefix(start)
        raise EOFError

    async def news(self) -> tuple[str, bool]:
        """Wait for news: what state the page shows, and whether that is the last."""
        news = json.loads(await self.line("data: "))
        return news["version"].partition("/")[0], news["is_final"]

    async def end(self) -> None:
        """Wait for the end; nothing more may be told."""
        with pytest.raises(EOFError):
            await self.line("data: ")


@asynccontextmanager
async def served(file: Path, clock: HandClock) -> AsyncIterator[Served]:
    """Serve the page on a port, from a migrated SQLite file."""
    database = Database(f"sqlite:///{file}")
    orders, leaving = CountedOrders(database, clock), asyncio.Event()
    chats = ChatStore(SqlConversations(database))
    await SqlStores(database).replace_all(parse_csv(_STORES.read_text("utf-8")))
    stores = CurrentStores(SqlStores(database), SqlStoreReports(database, clock))
    painter = Painter(
        orders=orders,
        chats=chats,
        store_by_id=stores.by_id,
        shop=SHOP,
        days=SqlDayFigures(database),
        clock=clock,
    )
    parts = PageParts(
        orders=orders,
        chats=chats,
        stores=stores,
        painter=painter,
        shop=SHOP,
        clock=clock,
    )
    app = FastAPI()
    app.include_router(order_page(parts, leaving.is_set))
    async with (
        stores.followed(),
        serving(app) as url,
        httpx.AsyncClient(base_url=url, trust_env=False) as http,
    ):
        yield Served(url, http, database, orders, chats, leaving)
    await database.close()
