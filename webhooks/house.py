"""The composition root: the one place where the real parts are put together.

On the ground stand the books; on both the post, which tells people what happens, and
the counter, where they are answered. Tests put the same together on other ground.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import httpx
import structlog
from telegram import Bot
from twilio.rest import Client

from bot.books_desk import BooksDesk
from bot.channels import Channels
from bot.courier import Courier
from bot.inbox import Inbox
from bot.support_desk import SupportDesk
from bot.telegram_channel import TelegramChannel
from bot.twilio_media import TwilioMedia
from bot.whatsapp_inbox import WhatsAppInbox
from bot.whatsapp_progress import WhatsAppProgress
from core.backlog import Backlog
from core.bookkeeping import Booking, Bookkeeping
from core.database.books import SqlBooks
from core.database.differences import SqlDifferences
from core.database.engine import Database
from core.database.menus import SqlMenus
from core.duties import Duty
from core.engine import Paces, Queue
from core.intake import Intake
from core.parts import Parts
from core.payby.calls import Merchant
from core.payby.client import PayByClient
from core.payby.exchange import Exchange
from core.payby.guarded import GuardedGateway
from core.ports import Clock, Orders
from core.reconciliation import Reconciliation, ReconciliationParts
from core.topup import TopUps
from core.upkeep import Upkeep
from core.watch import Watch
from webhooks.alarm_duty import alarm_duty
from webhooks.books import Books, books_on, painter_on
from webhooks.counter import Counter, counter_on
from webhooks.current_stores import CurrentStores
from webhooks.ground import Ground, ground_of
from webhooks.looks_here import Answers, LooksHere
from webhooks.networks import line_of, network_of
from webhooks.order_page import PageParts
from webhooks.post import Post, post_on
from webhooks.refusals import Refusals
from webhooks.settings import Settings
from webhooks.tally import Tally
from webhooks.twilio_duties import twilio_duties

log = structlog.get_logger()


@dataclass(frozen=True, kw_only=True)
class World:
    """What lies outside of the process: opened at start, closed at the end."""

    database: Database
    http: httpx.AsyncClient
    bot: Bot
    twilio: Client | None
    """None where the shop does without WhatsApp."""
    merchant: Merchant
    stores: CurrentStores
    backlog: Backlog
    tally: Tally
    refusals: Refusals
    answers: Answers
    clock: Clock


@dataclass(frozen=True, kw_only=True)
class House:
    """The parts that doors and loops work with."""

    inbox: Inbox
    whatsapp_inbox: WhatsAppInbox
    whatsapp_progress: WhatsAppProgress
    intake: Intake
    watch: Watch
    upkeep: Upkeep
    duties: Sequence[Duty]
    bookkeeping: Bookkeeping
    gateway: GuardedGateway
    page: PageParts


def put_together(settings: Settings, world: World) -> House:
    """Make every part, and give each what it works with."""
    ground = ground_of(settings, world.database, world.clock, world.stores)
    books = books_on(ground)
    painter = painter_on(ground, books)
    fetch = TwilioMedia(world.twilio).fetch if world.twilio else None
    telegram = TelegramChannel(world.bot, painter, settings.public_url, fetch)
    network = network_of(settings, ground, books, telegram, world.twilio)
    post = _post(settings, ground, books, network)
    client = PayByClient(
        world.http, world.merchant, world.clock, _noting(books.orders, world)
    )
    gateway = GuardedGateway(client, world.clock, ground.terms.pace)
    parts = _parts(ground, books, post, gateway)
    topups = TopUps(parts)
    counter = counter_on(ground, books, post, topups)
    inbox = WhatsAppInbox(
        answering=counter.answering,
        say=line_of(settings, world.twilio, network),
        contacts=books.contacts,
        clock=world.clock,
    )
    progress = WhatsAppProgress(
        books.messages,
        books.contacts,
        SqlMenus(world.database),
        inbox.bring_again,
        busy_s=settings.twilio_busy_s,
    )
    return House(
        inbox=Inbox(
            bot_id=settings.bot_id,
            answering=counter.answering,
            telegram=telegram,
            clock=world.clock,
            staff_group=settings.support_group,
        ),
        whatsapp_inbox=inbox,
        whatsapp_progress=progress,
        intake=Intake(books.notices, topups.heed, world.clock),
        watch=_watch(settings, parts, topups, books),
        upkeep=Upkeep(books.leases, world.clock, settings.worker),
        duties=(
            alarm_duty(
                settings,
                ground,
                books,
                post.courier,
                world.backlog,
                _looks_here(settings, world, gateway),
            ),
            *twilio_duties(
                settings,
                world.twilio,
                ground,
                books,
                inbox=inbox,
                progress=progress,
                support=post.support,
            ),
            _talks(settings, books, counter),
        ),
        bookkeeping=_bookkeeping(settings, ground, books, parts, client, post.courier),
        gateway=gateway,
        page=PageParts(
            orders=books.orders,
            chats=books.chats,
            stores=world.stores,
            painter=painter,
            shop=ground.shop,
            clock=world.clock,
        ),
    )


def _post(settings: Settings, ground: Ground, books: Books, network: Channels) -> Post:
    courier = Courier(network, books.messages, paces_of(settings))
    support = SupportDesk(
        cases=books.cases,
        orders=books.orders,
        courier=courier,
        chat=ground.support_chat,
    )
    return post_on(ground, books, courier, support)


def _parts(ground: Ground, books: Books, post: Post, gateway: GuardedGateway) -> Parts:
    return Parts(
        terms=ground.terms,
        gateway=gateway,
        orders=books.orders,
        refunds=books.refunds,
        accounts=books.accounts,
        notifier=post.outbox,
        refund_news=post.refund_post,
        support=post.support,
        clock=ground.clock,
    )


def _watch(settings: Settings, parts: Parts, topups: TopUps, books: Books) -> Watch:
    return Watch(
        parts,
        topups.attend,
        follow_refunds=topups.refunds.care.follow,
        leases=books.leases,
        worker=settings.worker,
        per_second=settings.payby_looks_per_second,
    )


def _talks(settings: Settings, books: Books, counter: Counter) -> Duty:
    return Duty(
        "talks",
        counter.hand_over.look,
        every=settings.support_looks_every,
        leases=books.leases,
        worker=settings.worker,
    )


def _looks_here(settings: Settings, world: World, gateway: GuardedGateway) -> LooksHere:
    return LooksHere(
        gateway=gateway,
        answers=world.answers,
        refusals=world.refusals,
        clock=world.clock,
        worker=settings.worker,
    )


def _bookkeeping(
    settings: Settings,
    ground: Ground,
    books: Books,
    parts: Parts,
    client: PayByClient,
    courier: Courier,
) -> Bookkeeping:
    differences = SqlDifferences(ground.database, ground.clock)
    comparing = ReconciliationParts(
        fetch=client.statement,
        get_order=parts.gateway.get_order,
        book=Booking(parts).book,
        books=SqlBooks(ground.database),
        differences=differences,
        cases=books.cases,
        clock=ground.clock,
        mid=settings.payby_partner_id,
    )
    return Bookkeeping(
        parts,
        Reconciliation(comparing),
        differences,
        BooksDesk(courier, ground.support_chat).tell,
        leases=books.leases,
        worker=settings.worker,
    )


def paces_of(settings: Settings) -> Paces:
    """Say how many pushes a second each network takes."""
    return {
        Queue.OUTBOX: settings.telegram_pushes_per_second,
        Queue.WHATSAPP_OUTBOX: settings.whatsapp_pushes_per_second,
    }


def _noting(orders: Orders, world: World) -> Callable[[Exchange], Awaitable[None]]:
    async def note(exchange: Exchange) -> None:
        world.tally.exchange(exchange)
        world.answers.heed(exchange)
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
