"""Whatever Telegram or the way to it does, the courier learns what is known of it."""

import asyncio
import io
import shutil
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import zxingcpp
from PIL import Image
from pypdfium2 import PdfDocument
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.channel import (
    Fetched,
    NotSent,
    Refused,
    SendError,
    Unconfirmed,
    Unreachable,
)
from bot.chat_store import ChatStore
from bot.messages import (
    BOLD_OFF,
    BOLD_ON,
    CardPicture,
    Choice,
    DayPicture,
    Medium,
    Outgoing,
    Place,
    Receipt,
)
from bot.painter import Painter
from bot.shop import Shop
from bot.telegram_channel import TelegramChannel
from core.database.conversations import SqlConversations
from core.database.day_figures import SqlDayFigures
from core.database.engine import Database
from core.database.orders import SqlOrders
from core.day_chart import draw_day
from core.domain.orders import Status
from core.stores import StoreIndex
from tests.contract.sandbox.telegram.desk import PHONE, Desk, telegram_desk
from tests.fakes import NOW, HandClock, an_order
from tests.unit.core.places import store_at

CHAT = f"tg:{PHONE}"
MESSAGE_ID = "message-1"
PUBLIC_URL = "https://pay.test"
PAGE = Choice("", "Order page", page_token="k" * 22)
HELLO = Outgoing("hello")
TOKEN = "1234567890:SandboxBotTokenKnownToEverybody0000"
QR = "https://checkout.payby.com/pay-page/main?BIZ_TYPE=202&ft=1"
ORDER = an_order(status=Status.OPEN, token_url=QR)
CORNER_GROCERY = store_at(25.27, 55.31, id="store-007", name="Corner Grocery")
BOUGHT = an_order(
    "T261124-BBBB3333",
    status=Status.CREDITED,
    paid_at=NOW,
    payby_order_no="131404956265007836",
    store_id=CORNER_GROCERY.id,
)
CODE = Outgoing("Your code", card=CardPicture(ORDER.merchant_order_no))
PAID = Outgoing("PAID", card=CardPicture(ORDER.merchant_order_no, "paid"))
WARNS = pytest.mark.filterwarnings("ignore::telegram.warnings.PTBDeprecationWarning")


@pytest.fixture
async def desk(tmp_path) -> AsyncIterator[Desk]:
    """A Telegram whose one person has started the bot."""
    async with telegram_desk(tmp_path) as desk:
        await desk.send(text="/start")
        yield desk


@pytest.fixture
async def painter(migrated_sqlite, tmp_path):
    shutil.copy(migrated_sqlite, tmp_path / "topup.sqlite")
    database = Database(f"sqlite:///{tmp_path}/topup.sqlite")
    clock = HandClock()
    orders = SqlOrders(database, clock)
    await orders.add(ORDER)
    await orders.add(BOUGHT)
    yield Painter(
        orders=orders,
        chats=ChatStore(SqlConversations(database)),
        store_by_id=StoreIndex([CORNER_GROCERY]).by_id,
        shop=Shop(name="Oasis Games", product="Game top-up"),
        days=SqlDayFigures(database),
        clock=clock,
    )
    await database.close()


@asynccontextmanager
async def bot_at(url: str, token: str = TOKEN, **limits: Any) -> AsyncIterator[Bot]:
    request = HTTPXRequest(httpx_kwargs={"trust_env": False}, **limits)
    yield Bot(token, f"{url}/bot", request=request)
    await request.shutdown()


@pytest.fixture
async def channel(desk, painter):
    async with bot_at(desk.url, read_timeout=0.3) as bot:
        yield TelegramChannel(bot, painter, PUBLIC_URL)


@pytest.fixture
async def said(desk):
    """Ask what the person sees of us, newest last."""

    async def said() -> list[dict[str, Any]]:
        return [each for each in await desk.screen() if each["from"] == "bot"]

    return said


async def test_a_text_arrives_bold_where_it_is_bold_and_plain_where_people_type(
    channel, said
):
    text = f"{BOLD_ON}50 <b>{BOLD_OFF} & *x* _y_ </a> \U0001f44b شحن"
    ref = await channel.send(CHAT, Outgoing(text), MESSAGE_ID)
    [seen] = await said()
    assert seen["text"] == "50 <b> & *x* _y_ </a> \U0001f44b شحن"
    assert str(seen["id"]) == ref


async def test_what_a_payer_sent_is_shown_under_other_words_with_buttons(
    desk, channel, said
):
    await desk.send(photo="my own words")
    sent = await desk.last()
    medium = Medium("photo", CHAT, str(sent["id"]))
    text = f"{BOLD_ON}Case 7, payer{BOLD_OFF}\n[photo] <my> words"
    rows = ((Choice("s1:close:7", "Close"),),)
    ref = await channel.send(CHAT, Outgoing(text, rows, medium=medium), MESSAGE_ID)
    seen = (await said())[-1]
    assert (str(seen["id"]), seen["kind"]) == (ref, "photo")
    assert seen["photo_url"] == sent["photo_url"]
    assert seen["html"] == "<b>Case 7, payer</b>\n[photo] &lt;my&gt; words"
    assert [button["text"] for button in seen["buttons"]] == ["Close"]


@pytest.mark.parametrize(
    ("kind", "content_type", "shown"),
    [
        ("PNG", "image/png", "photo"),
        ("JPEG", "image/jpeg", "photo"),
        ("GIF", "image/gif", "document"),
        ("PNG", "", "document"),
    ],
)
async def test_what_was_sent_on_another_network_is_fetched_and_shown(
    desk, painter, said, kind, content_type, shown
):
    asked = []
    content = io.BytesIO()
    Image.new("RGB", (40, 60)).save(content, kind)

    async def fetch(medium: Medium) -> Fetched:
        asked.append(medium)
        return Fetched(content.getvalue(), content_type)

    channel = TelegramChannel(desk.bot, painter, PUBLIC_URL, fetch)
    medium = Medium("photo", "wa:1", "MM1/ME1")
    await channel.send(CHAT, Outgoing("Case 7", medium=medium), MESSAGE_ID)
    [seen] = await said()
    assert (seen["kind"], seen["text"]) == (shown, "Case 7")
    assert asked == [medium]


async def test_of_a_network_that_we_are_not_on_nothing_is_shown(channel):
    strange = Outgoing("Case 7", medium=Medium("photo", "wa:1", "MM1/ME1"))
    with pytest.raises(Refused, match="fetched"):
        await channel.send(CHAT, strange, MESSAGE_ID)


async def test_what_a_payer_has_taken_back_is_never_sent(channel):
    gone = Outgoing("Case 7", medium=Medium("photo", CHAT, "1"))
    with pytest.raises(Refused, match="not found"):
        await channel.send(CHAT, gone, MESSAGE_ID)


async def test_buttons_arrive_in_their_rows(channel, said):
    rows = (
        (Choice("v1:check:T1", "Check now"), Choice("", "Map", url="https://a.test/")),
        (Choice("", "Copy", copy_text="T261124-AAAA2222"),),
    )
    await channel.send(CHAT, Outgoing("hello", rows), MESSAGE_ID)
    [seen] = await said()
    assert [button["text"] for button in seen["buttons"]] == [
        "Check now",
        "Map",
        "Copy",
    ]


async def test_a_code_carries_the_address_of_its_orders_page_before_and_after(
    channel, said
):
    code = replace(CODE, choices=((PAGE,),))
    ref = await channel.send(CHAT, code, MESSAGE_ID)
    [before] = await said()
    await channel.amend(CHAT, ref, replace(code, text="Scanned"))
    [after] = await said()
    for seen in (before, after):
        [button] = seen["buttons"]
        assert button["url"] == f"{PUBLIC_URL}/o/{'k' * 22}"


async def test_an_address_that_telegram_takes_on_no_button_stands_in_the_text(
    desk, painter, said
):
    async with bot_at(desk.url) as bot:
        channel = TelegramChannel(bot, painter, "http://localhost:8000")
        rows = ((PAGE, Choice("v1:check:T1", "Check now")),)
        await channel.send(CHAT, Outgoing("Your code", rows), MESSAGE_ID)
    [seen] = await said()
    address = f"http://localhost:8000/o/{'k' * 22}"
    assert seen["text"] == f"Your code\n\nOrder page: {address}"
    assert [button["text"] for button in seen["buttons"]] == ["Check now"]


async def test_a_button_that_shares_the_location_can_be_pressed(channel, desk):
    await channel.send(
        CHAT, Outgoing("Where are you?", ask_location="Share"), MESSAGE_ID
    )
    await desk.send(press="Share", location={"latitude": 25.2, "longitude": 55.3})


async def test_a_code_arrives_as_a_picture_that_a_till_can_read(channel, said, desk):
    await channel.send(CHAT, CODE, MESSAGE_ID)
    [seen] = await said()
    assert (seen["kind"], seen["text"]) == ("photo", "Your code")
    assert read_qr((await desk.http.get(seen["photo_url"])).content) == [QR]


async def test_a_day_arrives_as_a_picture_of_its_figures_below_its_text(
    channel, desk, said
):
    day = date(2026, 11, 24)
    await channel.send(CHAT, Outgoing("The day", day=DayPicture(day)), MESSAGE_ID)
    [seen] = await said()
    assert (seen["kind"], seen["text"]) == ("photo", "The day")
    content = (await desk.http.get(seen["photo_url"])).content
    assert content == draw_day(day, {12: 2}, {12: 1})


@pytest.mark.parametrize(("form", "kind"), [("picture", "photo"), ("pdf", "document")])
async def test_a_receipt_arrives_as_a_picture_or_a_file(
    channel, said, desk, form, kind
):
    receipt = Receipt(BOUGHT.merchant_order_no, form)
    ref = await channel.send(
        CHAT, Outgoing("Your *receipt*", receipt=receipt), MESSAGE_ID
    )
    [seen] = await said()
    assert (str(seen["id"]), seen["kind"], seen["text"]) == (
        ref,
        kind,
        "Your *receipt*",
    )
    content = (await desk.http.get(seen["photo_url"] or seen["document_url"])).content
    if form == "picture":
        assert Image.open(io.BytesIO(content)).width == 1080
    else:
        assert seen["file_name"] == f"receipt-{BOUGHT.merchant_order_no}.pdf"
        text = PdfDocument(content)[0].get_textpage().get_text_bounded()
        for fact in ("AED 50.00", "Oasis Games", "Corner Grocery", "24 November 2026"):
            assert fact in text


async def test_an_amended_code_can_no_longer_be_scanned(channel, said, desk):
    ref = await channel.send(
        CHAT, replace(CODE, choices=((Choice("c", "Check"),),)), MESSAGE_ID
    )
    await channel.amend(CHAT, ref, PAID)
    [seen] = await said()
    assert (seen["text"], seen["buttons"]) == ("PAID", [])
    assert read_qr((await desk.http.get(seen["photo_url"])).content) == []


async def test_amending_to_what_it_says_already_is_no_error(channel):
    ref = await channel.send(CHAT, CODE, MESSAGE_ID)
    await channel.amend(CHAT, ref, PAID)
    await channel.amend(CHAT, ref, PAID)


async def test_only_a_card_is_amended(channel):
    with pytest.raises(Refused):
        await channel.amend(CHAT, "1", HELLO)


async def test_a_store_arrives_as_a_pin(channel, said):
    place = Place(25.2697, 55.3095, "1. Sample Grocery", "Al Rigga Road, Deira")
    await channel.send(CHAT, Outgoing("", place=place), MESSAGE_ID)
    [seen] = await said()
    assert (seen["kind"], seen["title"]) == ("venue", "1. Sample Grocery")


def read_qr(png: bytes) -> list[str]:
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)))
    return [code.text for code in found]


@WARNS
@pytest.mark.parametrize("message", [HELLO, CODE], ids=["text", "picture"])
@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("429", NotSent),
        ("400", Refused),
        ("403", Unreachable),
        ("http500", Unconfirmed),
        ("junk", Unconfirmed),
        ("timeout", Unconfirmed),
        ("drop_after_accept", Unconfirmed),
    ],
)
async def test_each_way_to_fail_is_told_apart(desk, painter, mode, error, message):
    method = "sendPhoto" if message.card else "sendMessage"
    desk.fail_next(method, mode, **({"delay_ms": 50} if mode == "timeout" else {}))
    channel = TelegramChannel(desk.bot, painter, PUBLIC_URL)
    with pytest.raises(SendError) as caught:
        await channel.send(CHAT, message, MESSAGE_ID)
    assert type(caught.value) is error
    assert TOKEN not in str(caught.value)
    assert await channel.send(CHAT, message, MESSAGE_ID)


@WARNS
async def test_telegram_is_given_the_time_it_asks_for(channel, desk):
    desk.fail_next("sendMessage", "429", retry_after=17)
    with pytest.raises(NotSent) as caught:
        await channel.send(CHAT, HELLO, MESSAGE_ID)
    assert caught.value.wait_s == 17


async def test_no_answer_in_time_leaves_the_outcome_unknown(channel, desk):
    desk.fail_next("sendMessage", "timeout", delay_ms=5000)
    with pytest.raises(Unconfirmed, match="ReadTimeout"):
        await channel.send(CHAT, HELLO, MESSAGE_ID)


async def test_who_has_blocked_the_bot_is_unreachable(channel, desk):
    await desk.send(block=True)
    with pytest.raises(Unreachable):
        await channel.send(CHAT, HELLO, MESSAGE_ID)


async def test_a_chat_that_never_was_refuses_everything(channel):
    with pytest.raises(Refused, match=r"(?i)chat not found"):
        await channel.send("tg:999999", HELLO, MESSAGE_ID)


async def test_a_text_beyond_what_telegram_takes_is_refused(channel):
    with pytest.raises(Refused):
        await channel.send(CHAT, Outgoing("x" * 4097), MESSAGE_ID)
    with pytest.raises(Refused):
        await channel.send(CHAT, replace(CODE, text="x" * 1025), MESSAGE_ID)


@pytest.mark.parametrize("way", [f"{TOKEN}x", "1:unknown"])
async def test_a_token_that_telegram_refuses_is_waited_out(desk, painter, way):
    """Somebody must mend the settings; no message is lost until then."""
    async with bot_at(desk.url, way) as bot:
        with pytest.raises(NotSent) as caught:
            await TelegramChannel(bot, painter, PUBLIC_URL).send(
                CHAT, HELLO, MESSAGE_ID
            )
    assert caught.value.wait_s >= 30
    assert way not in str(caught.value)


async def test_nobody_at_the_address_is_certainly_not_sent(painter):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    async with bot_at(f"http://127.0.0.1:{port}") as bot:
        with pytest.raises(NotSent, match="ConnectError"):
            await TelegramChannel(bot, painter, PUBLIC_URL).send(
                CHAT, HELLO, MESSAGE_ID
            )


async def test_a_message_that_got_no_connection_is_certainly_not_sent(desk, painter):
    limits: dict[str, Any] = {
        "connection_pool_size": 1,
        "pool_timeout": 0.05,
        "read_timeout": 1.0,
    }
    desk.fail_next("sendMessage", "slow", delay_ms=400)
    async with bot_at(desk.url, **limits) as bot:
        channel = TelegramChannel(bot, painter, PUBLIC_URL)
        first = asyncio.create_task(channel.send(CHAT, HELLO, MESSAGE_ID))
        await asyncio.sleep(0.05)
        with pytest.raises(NotSent, match="PoolTimeout"):
            await channel.send(CHAT, HELLO, MESSAGE_ID)
        assert await first


async def test_a_connection_cut_in_the_middle_leaves_the_outcome_unknown(painter):
    """And nobody below us asks a second time: trying again is the courier's."""
    asked = []

    async def cut(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    server = await asyncio.start_server(cut, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, bot_at(f"http://127.0.0.1:{port}") as bot:
        with pytest.raises(Unconfirmed):
            await TelegramChannel(bot, painter, PUBLIC_URL).send(
                CHAT, HELLO, MESSAGE_ID
            )
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("status", "error"),
    [(409, NotSent), (502, Unconfirmed), (503, Unconfirmed), (404, NotSent)],
)
async def test_each_status_of_a_proxy_is_told_apart(painter, status, error):
    asked = []

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        body = b'{"ok":false,"description":"no"}'
        head = f"HTTP/1.1 {status} No\r\nConnection: close\r\n"
        writer.write(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, bot_at(f"http://127.0.0.1:{port}") as bot:
        with pytest.raises(error):
            await TelegramChannel(bot, painter, PUBLIC_URL).send(
                CHAT, HELLO, MESSAGE_ID
            )
    assert len(asked) == 1


def test_a_person_takes_a_message_a_second_and_a_group_twenty_a_minute(channel):
    assert channel.spacing("tg:700001").gap == timedelta(seconds=1)
    assert channel.spacing("tg:-1001234567890").gap == timedelta(seconds=3)


async def test_a_tap_is_acknowledged(channel, desk):
    rows = ((Choice("v1:check:T1", "Check now"),),)
    await channel.send(CHAT, Outgoing("hello", rows), MESSAGE_ID)
    await desk.send(press="Check now")
    tap = (await desk.bot.get_updates())[-1].callback_query
    assert tap is not None
    await channel.acknowledge(tap.id)


async def test_a_tap_that_is_too_old_is_refused_and_nothing_worse(channel):
    with pytest.raises(Refused):
        await channel.acknowledge("no-such-query")
