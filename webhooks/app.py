"""The composition root: the one place where the real parts are put together."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial

import httpx
import structlog
from fastapi import FastAPI
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.chat_store import ChatStore
from bot.conversation import Conversation, ConversationParts
from bot.courier import Courier
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.painter import Painter
from bot.shop import Shop
from bot.support_desk import SupportDesk
from bot.telegram_channel import TelegramChannel
from core import engine
from core.database.accounts import SqlAccounts
from core.database.cases import SqlCases
from core.database.conversations import SqlConversations
from core.database.engine import Database
from core.database.messages import SqlMessages
from core.database.notices import SqlNotices
from core.database.orders import SqlOrders
from core.database.store_reports import SqlStoreReports
from core.database.stores import SqlStores
from core.domain.terms import Limits, Terms
from core.intake import Intake
from core.payby.border import open_http
from core.payby.calls import Merchant
from core.payby.client import PayByClient
from core.payby.exchange import Exchange
from core.payby.signing import load_private_key, load_public_key
from core.ports import Orders
from core.sheet import check_shaping
from core.topup import TopUps
from webhooks.clock import SystemClock
from webhooks.current_stores import CurrentStores
from webhooks.health import Health, health
from webhooks.payby_notices import payby_notices
from webhooks.settings import Settings, TelegramMode
from webhooks.telegram_door import telegram_updates
from webhooks.telegram_polling import Polling

log = structlog.get_logger()


@dataclass(frozen=True)
class World:
    """What lies outside of the process: opened at start, closed at the end."""

    database: Database
    http: httpx.AsyncClient
    bot: Bot
    merchant: Merchant


def merchant_of(settings: Settings) -> Merchant:
    """Load the keys and say who we are at PayBy. Raises KeyFileError."""
    return Merchant(
        base_url=settings.payby_url,
        partner_id=settings.payby_partner_id,
        private_key=load_private_key(settings.payby_merchant_key_file),
        payby_public_key=load_public_key(settings.payby_public_key_file),
        notify_url=settings.notify_url,
        business_type=settings.payby_business_type,
    )


@asynccontextmanager
async def open_bot(settings: Settings) -> AsyncIterator[Bot]:
    """Open the bot's connections; it asks Telegram nothing yet.

    They are closed here, since the library closes only those of a bot that has asked
    Telegram who it is.
    """
    plainly = {"trust_env": False}
    async with (
        HTTPXRequest(connection_pool_size=64, httpx_kwargs=plainly) as asking,
        HTTPXRequest(connection_pool_size=1, httpx_kwargs=plainly) as polling,
    ):
        yield Bot(
            settings.telegram_token.get_secret_value(),
            base_url=f"{settings.telegram_url}/bot",
            base_file_url=f"{settings.telegram_url}/file/bot",
            request=asking,
            get_updates_request=polling,
        )


def create_app(settings: Settings) -> FastAPI:
    """Make the server. It opens the world and launches the engine when it starts."""
    check_shaping()
    merchant = merchant_of(settings)
    return FastAPI(
        title="Cash top-up",
        lifespan=partial(_run, settings=settings, merchant=merchant),
        openapi_url=None,
    )


@asynccontextmanager
async def _run(
    app: FastAPI, *, settings: Settings, merchant: Merchant
) -> AsyncIterator[None]:
    async with AsyncExitStack() as closing:
        bot = await closing.enter_async_context(open_bot(settings))
        world = World(Database(settings.database_url), open_http(), bot, merchant)
        closing.push_async_callback(world.database.close)
        closing.push_async_callback(world.http.aclose)
        engine.configure(settings.engine_database_url, settings.worker)
        closing.push_async_callback(engine.stop)
        stores = CurrentStores(
            SqlStores(world.database), SqlStoreReports(world.database, SystemClock())
        )
        await closing.enter_async_context(stores.followed())
        inbox, topups = _put_together(settings, world, stores)
        await engine.launch(settings.telegram_pushes_per_second)
        intake = Intake(
            SqlNotices(world.database, SystemClock()), topups.heed, SystemClock()
        )
        await closing.enter_async_context(intake.working())
        if settings.telegram_mode is TelegramMode.POLLING:
            await closing.enter_async_context(Polling(world.bot, inbox.accept))
        _open_doors(app, settings, world, inbox, intake)
        log.info("ready", public_url=settings.public_url, port=settings.port)
        yield


def _put_together(
    settings: Settings, world: World, stores: CurrentStores
) -> tuple[Inbox, TopUps]:
    clock = SystemClock()
    orders = SqlOrders(world.database, clock)
    accounts = SqlAccounts(world.database, clock)
    chats = ChatStore(SqlConversations(world.database))
    shop = Shop(
        name=settings.shop_name,
        product=settings.product,
        name_ar=settings.shop_name_ar,
        product_ar=settings.product_ar,
    )
    painter = Painter(
        orders=orders,
        chats=chats,
        store_by_id=stores.by_id,
        shop=shop,
        clock=clock,
    )
    telegram = TelegramChannel(world.bot, painter)
    messages = SqlMessages(world.database, clock)
    courier = Courier(
        telegram, messages, per_second=settings.telegram_pushes_per_second
    )
    support = SupportDesk(
        cases=SqlCases(world.database, clock),
        orders=orders,
        courier=courier,
        chat=settings.support_conversation,
    )
    outbox = Outbox(
        courier=courier,
        messages=messages,
        chats=chats,
        orders=orders,
        accounts=accounts,
        support=support,
        shop=shop,
        lifetime=settings.lifetime,
        clock=clock,
    )
    topups = TopUps(
        terms=_terms(settings),
        gateway=PayByClient(world.http, world.merchant, clock, _noting(orders)),
        orders=orders,
        accounts=accounts,
        notifier=outbox,
        clock=clock,
    )
    conversation = Conversation(
        ConversationParts(
            topups=topups,
            orders=orders,
            accounts=accounts,
            stores=stores,
            support=support,
            clock=clock,
            shop=shop,
        )
    )
    inbox = Inbox(
        bot_id=settings.bot_id,
        conversation=conversation,
        chats=chats,
        courier=courier,
        outbox=outbox,
        telegram=telegram,
        clock=clock,
    )
    return inbox, topups


def _terms(settings: Settings) -> Terms:
    return Terms(
        subject=settings.product,
        payee_mid=settings.payee_mid,
        lifetime=settings.lifetime,
        limits=Limits(settings.least, settings.most),
    )


def _noting(orders: Orders) -> Callable[[Exchange], Awaitable[None]]:
    async def note(exchange: Exchange) -> None:
        facts = {
            "call": exchange.call,
            "code": exchange.code,
            "msg": exchange.msg,
            "trace_code": exchange.trace_code,
            "ms": str(exchange.duration_ms),
        }
        log.info("payby", order=exchange.order_no, **facts)
        if exchange.order_no:
            await orders.note(exchange.order_no, "payby", facts)

    return note


def _open_doors(
    app: FastAPI, settings: Settings, world: World, inbox: Inbox, intake: Intake
) -> None:
    app.include_router(payby_notices(world.merchant.payby_public_key, intake.take))
    app.include_router(
        health(
            Health(world.database, world.http, world.merchant, world.bot, SystemClock())
        )
    )
    if settings.telegram_mode is TelegramMode.WEBHOOK:
        secret = settings.telegram_webhook_secret.get_secret_value()
        app.include_router(telegram_updates(secret, inbox.accept))
