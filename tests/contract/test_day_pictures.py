"""The picture of a day is given to who has its address, for an hour, and says no more.

The address is Twilio's to fetch; nobody can make one, or make one last.
"""

import io
import shutil
from datetime import date, timedelta

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from bot.chat_store import ChatStore
from bot.day_address import DayAddress
from bot.painter import Painter
from bot.shop import Shop
from core.database.conversations import SqlConversations
from core.database.day_figures import SqlDayFigures
from core.database.engine import Database
from core.database.orders import SqlOrders
from core.day_chart import draw_day
from core.stores import StoreIndex
from tests.fakes import HandClock, an_order
from webhooks.day_pictures import day_pictures

DAY = date(2026, 11, 24)
SECRET = "a secret of ours and Twilio's"


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def address(clock):
    return DayAddress(SECRET, clock)


@pytest.fixture
async def http(migrated_sqlite, tmp_path, clock, address):
    shutil.copy(migrated_sqlite, tmp_path / "topup.sqlite")
    database = Database(f"sqlite:///{tmp_path}/topup.sqlite")
    orders = SqlOrders(database, clock)
    await orders.add(an_order())
    painter = Painter(
        orders=orders,
        chats=ChatStore(SqlConversations(database)),
        store_by_id=StoreIndex([]).by_id,
        shop=Shop(name="Oasis Games", product="Game top-up"),
        days=SqlDayFigures(database),
        clock=clock,
    )
    app = FastAPI()
    app.include_router(day_pictures(address, painter))
    door = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=door, base_url="http://door.test") as http:
        yield http
    await database.close()


async def test_twilio_finds_the_day_as_it_is_and_nobody_keeps_it(http, address):
    given = await http.get(address.path_to(DAY))
    assert given.content == draw_day(DAY, {12: 1}, {})
    assert Image.open(io.BytesIO(given.content)).format == "PNG"
    assert given.headers["Content-Type"] == "image/png"
    assert given.headers["Cache-Control"] == "private, no-store"
    assert given.headers["X-Robots-Tag"].startswith("noindex")
    asked = await http.head(address.path_to(DAY))
    assert (asked.status_code, asked.headers) == (200, given.headers)


async def test_after_an_hour_there_is_nothing(http, address, clock):
    path = address.path_to(DAY)
    clock.pass_by(timedelta(minutes=59))
    assert (await http.get(path)).status_code == 200
    clock.pass_by(timedelta(minutes=1))
    assert (await http.get(path)).status_code == 404


@pytest.mark.parametrize(
    "forge",
    [
        lambda path, _: path.replace("2026-11-24", "2026-11-23"),
        lambda path, _: path.replace(".1", ".2", 1),
        lambda _, other: other,
        lambda path, _: f"/day/{DAY}.png" if path else "",
        lambda path, _: f"{path[:-5]}{'B' if path[-5] == 'A' else 'A'}.png",
    ],
    ids=["another day", "a later end", "another secret", "no seal", "another seal"],
)
async def test_an_address_that_we_did_not_make_tells_nothing(
    http, address, clock, forge
):
    made_elsewhere = DayAddress("another secret", clock).path_to(DAY)
    given = await http.get(forge(address.path_to(DAY), made_elsewhere))
    assert (given.status_code, given.content) == (404, b"")
