"""The server: opens the world, puts the house together, opens the doors."""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial

import structlog
from fastapi import FastAPI
from twilio.rest import Client

from bot.twilio_client import open_twilio
from core import engine
from core.backlog import Backlog
from core.database.engine import Database
from core.database.figures import SqlFigures
from core.database.store_reports import SqlStoreReports
from core.database.stores import SqlStores
from core.domain.alarms import BAD_SIGNATURES
from core.payby.border import open_http
from core.payby.calls import Merchant
from core.sheet import check_shaping
from webhooks.clock import SystemClock
from webhooks.current_stores import CurrentStores
from webhooks.day_pictures import day_pictures
from webhooks.disk import places
from webhooks.health import Health, health
from webhooks.heartbeat import Heartbeat
from webhooks.house import House, World, paces_of, put_together
from webhooks.looks_here import Answers
from webhooks.merchant import merchant_of
from webhooks.metrics import Metrics, metrics
from webhooks.networks import day_address
from webhooks.order_page import order_page
from webhooks.payby_notices import payby_notices
from webhooks.refusals import Refusals
from webhooks.settings import Settings, TelegramMode
from webhooks.tally import BADLY_SIGNED, Tally
from webhooks.telegram_bot import open_bot
from webhooks.telegram_door import telegram_updates
from webhooks.telegram_polling import Polling
from webhooks.twilio_door import Guard, twilio_messages, twilio_status

log = structlog.get_logger()


def create_app(settings: Settings) -> FastAPI:
    """Make the server. It opens the world and launches the engine when it starts.

    Whoever runs it says in `state.is_leaving` when it stops: answers that never end
    are ended then.
    """
    check_shaping()
    merchant = merchant_of(settings)
    app = FastAPI(
        title="Cash top-up",
        lifespan=partial(_run, settings=settings, merchant=merchant),
        openapi_url=None,
    )
    app.state.is_leaving = lambda: False
    return app


@asynccontextmanager
async def _run(
    app: FastAPI, *, settings: Settings, merchant: Merchant
) -> AsyncIterator[None]:
    async with AsyncExitStack() as closing:
        world = await _open_world(closing, settings, merchant)
        engine.configure(settings.engine_database_url, settings.worker)
        closing.push_async_callback(engine.stop)
        house = put_together(settings, world)
        await engine.launch(paces_of(settings))
        await closing.enter_async_context(house.intake.working())
        await closing.enter_async_context(house.watch.kept())
        await closing.enter_async_context(house.upkeep.kept())
        for duty in house.duties:
            await closing.enter_async_context(duty.kept())
        await closing.enter_async_context(house.bookkeeping.kept())
        if settings.telegram_mode is TelegramMode.POLLING:
            await closing.enter_async_context(Polling(world.bot, house.inbox.accept))
        looks = _health(settings, world, house)
        app.include_router(health(looks))
        _open_doors(app, settings, world, house)
        if url := settings.heartbeat_url.get_secret_value():
            heart = Heartbeat(url, world.http, looks.troubles)
            await closing.enter_async_context(heart.beating())
        log.info("ready", public_url=settings.public_url, port=settings.port)
        yield


def _health(settings: Settings, world: World, house: House) -> Health:
    return Health(
        database=world.database,
        http=world.http,
        merchant=world.merchant,
        bot=world.bot,
        support_chat=settings.support_chat,
        guard=house.gateway,
        places=places(settings.database_url, settings.engine_database_url),
        clock=world.clock,
        worker=settings.worker,
    )


def _metrics(world: World, house: House) -> Metrics:
    return Metrics(
        tally=world.tally,
        figures=SqlFigures(world.database),
        backlog=world.backlog,
        gateway=house.gateway,
        clock=world.clock,
    )


async def _open_world(
    closing: AsyncExitStack, settings: Settings, merchant: Merchant
) -> World:
    clock = SystemClock()
    bot = await closing.enter_async_context(open_bot(settings))
    database, http = Database(settings.database_url), open_http()
    jobs = Database(settings.engine_database_url)
    closing.push_async_callback(database.close)
    closing.push_async_callback(jobs.close)
    closing.push_async_callback(http.aclose)
    stores = CurrentStores(SqlStores(database), SqlStoreReports(database, clock))
    await closing.enter_async_context(stores.followed())
    return World(
        database=database,
        http=http,
        bot=bot,
        twilio=await _open_twilio(closing, settings),
        merchant=merchant,
        stores=stores,
        backlog=Backlog(jobs),
        tally=Tally(),
        refusals=Refusals(clock, BAD_SIGNATURES),
        answers=Answers(),
        clock=clock,
    )


async def _open_twilio(closing: AsyncExitStack, settings: Settings) -> Client | None:
    if not settings.has_whatsapp:
        return None
    token = settings.twilio_auth_token.get_secret_value()
    client = await closing.enter_async_context(
        open_twilio(settings.twilio_url, settings.twilio_account_sid, token)
    )
    client.content.base_url = settings.twilio_content_url
    return client


def _counting(world: World) -> Callable[[str], None]:
    """Count PayBy's notices by the answer that they get, and the badly signed apart."""

    def count(answer: str) -> None:
        world.tally.notice(answer)
        if answer == BADLY_SIGNED:
            world.refusals.add("PayBy")

    return count


def _open_doors(app: FastAPI, settings: Settings, world: World, house: House) -> None:
    key = world.merchant.payby_public_key
    refused = world.refusals.add
    app.include_router(payby_notices(key, house.intake.take, _counting(world)))
    app.include_router(order_page(house.page, app.state.is_leaving))
    if token := settings.metrics_token.get_secret_value():
        app.include_router(metrics(token, _metrics(world, house)))
    if settings.telegram_mode is TelegramMode.WEBHOOK:
        secret = settings.telegram_webhook_secret.get_secret_value()
        app.include_router(
            telegram_updates(secret, house.inbox.accept, partial(refused, "Telegram"))
        )
    if settings.has_whatsapp:
        guard = Guard(
            public_url=settings.public_url,
            account_sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token.get_secret_value(),
            sender=settings.whatsapp_sender,
            refused=partial(refused, "Twilio"),
        )
        app.include_router(twilio_messages(guard, house.whatsapp_inbox.accept))
        app.include_router(twilio_status(guard, house.whatsapp_progress.heed))
        address = day_address(settings, world.clock)
        app.include_router(day_pictures(address, house.page.painter))
