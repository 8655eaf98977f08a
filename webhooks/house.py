"""The composition root: the one place where the real parts are put together."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import httpx
import structlog
from telegram import Bot
from twilio.rest import Client

from bot import telegram_updates
from bot.answering import Answering
from bot.apologies import Say
from bot.books_desk import BooksDesk
from bot.channel import Channel
from bot.channels import Channels
from bot.chat_store import ChatStore
from bot.conversation import Conversation, ConversationParts
from bot.courier import Courier
from bot.day_address import DayAddress
from bot.elsewhere import Elsewhere
from bot.hand_over import HandOver
from bot.inbox import Inbox
from bot.link_news import LinkNews
from bot.missed import Missed
from bot.outbox import Outbox
from bot.painter import Painter
from bot.refund_post import RefundPost
from bot.shop import Shop
from bot.staff.case_screens import CaseScreens
from bot.support_desk import SupportDesk
from bot.telegram_channel import TelegramChannel
from bot.twilio_media import TwilioMedia
from bot.whatsapp_channel import WhatsAppChannel
from bot.whatsapp_inbox import WhatsAppInbox
from bot.whatsapp_letters import Letters
from bot.whatsapp_line import WhatsAppLine
from bot.whatsapp_progress import WhatsAppProgress
from core.backlog import Backlog
from core.bookkeeping import Booking, Bookkeeping
from core.database import whatsapp
from core.database.accounts import SqlAccounts
from core.database.books import SqlBooks
from core.database.cases import SqlCases
from core.database.conversations import SqlConversations
from core.database.day_figures import SqlDayFigures
from core.database.differences import SqlDifferences
from core.database.engine import Database
from core.database.leases import SqlLeases
from core.database.links import SqlLinks
from core.database.lost_messages import SqlLostMessages
from core.database.menus import SqlMenus
from core.database.messages import SqlMessages
from core.database.notices import SqlNotices
from core.database.orders import SqlOrders
from core.database.refunds import SqlRefunds
from core.database.staff import SqlStaff
from core.database.talks import SqlTalks
from core.database.whatsapp import SqlContacts, SqlTemplates
from core.domain.ceilings import Ceilings
from core.domain.terms import Limits, Terms
from core.domain.watching import next_look
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
from webhooks.current_stores import CurrentStores
from webhooks.desk import DeskParts, staff_desk
from webhooks.limits import ceilings_of
from webhooks.looks_here import Answers, LooksHere
from webhooks.order_page import PageParts
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


@dataclass(frozen=True, kw_only=True)
class _Books:
    """What is kept in the database."""

    orders: SqlOrders
    accounts: SqlAccounts
    messages: SqlMessages
    chats: ChatStore
    links: SqlLinks
    contacts: SqlContacts
    refunds: SqlRefunds
    talks: SqlTalks


def put_together(settings: Settings, world: World) -> House:
    """Make every part, and give each what it works with."""
    database, clock = world.database, world.clock
    terms, shop = _terms(settings), _shop(settings)
    books = _books(world, terms, ceilings_of(settings))
    orders, accounts, chats = books.orders, books.accounts, books.chats
    leases = SqlLeases(database, clock)
    painter = Painter(
        orders=orders,
        chats=chats,
        store_by_id=world.stores.by_id,
        shop=shop,
        days=SqlDayFigures(database),
        clock=clock,
    )
    fetch = TwilioMedia(world.twilio).fetch if world.twilio else None
    telegram = TelegramChannel(world.bot, painter, settings.public_url, fetch)
    network = _network(settings, world, books, telegram)
    courier = Courier(network, books.messages, paces_of(settings))
    support = SupportDesk(
        cases=SqlCases(database, clock),
        orders=orders,
        courier=courier,
        chat=settings.support_conversation,
    )
    elsewhere = Elsewhere(courier, books.links)
    refund_post = RefundPost(
        courier=courier,
        elsewhere=elsewhere,
        messages=books.messages,
        chats=chats,
        orders=orders,
        refunds=books.refunds,
        support=support,
        store_by_id=world.stores.by_id,
    )
    outbox = Outbox(
        courier=courier,
        elsewhere=elsewhere,
        refund_post=refund_post,
        messages=books.messages,
        chats=chats,
        orders=orders,
        accounts=accounts,
        support=support,
        shop=shop,
        lifetime=terms.lifetime,
        clock=clock,
    )
    client = PayByClient(world.http, world.merchant, clock, _noting(orders, world))
    gateway = GuardedGateway(client, clock, terms.pace)
    parts = Parts(
        terms=terms,
        gateway=gateway,
        orders=orders,
        refunds=books.refunds,
        accounts=accounts,
        notifier=outbox,
        refund_news=refund_post,
        support=support,
        clock=clock,
    )
    topups = TopUps(parts)
    screens = CaseScreens(talks=books.talks, orders=orders, clock=clock)
    hand_over = _hand_over(settings, world, books, courier, screens)
    conversation = Conversation(
        ConversationParts(
            topups=topups,
            orders=orders,
            accounts=accounts,
            stores=world.stores,
            links=books.links,
            link_news=LinkNews(courier=courier, chats=chats),
            support=support,
            people=hand_over,
            clock=clock,
            shop=shop,
        )
    )
    staff = staff_desk(
        DeskParts(
            database=database,
            clock=clock,
            orders=orders,
            topups=topups,
            stores=world.stores,
            outbox=outbox,
            courier=courier,
            hand_over=hand_over,
            screens=screens,
            chats=chats,
            group=settings.support_group,
            second_above=settings.second_above,
        )
    )
    missed = Missed(SqlLostMessages(database), courier, settings.support_group)
    answering = Answering(
        conversation=conversation,
        staff=staff,
        chats=chats,
        courier=courier,
        outbox=outbox,
        hand_over=hand_over,
        missed=missed,
    )
    whatsapp_inbox = WhatsAppInbox(
        answering=answering,
        say=_line(settings, world, network),
        contacts=books.contacts,
        clock=clock,
    )
    progress = WhatsAppProgress(
        books.messages,
        books.contacts,
        SqlMenus(database),
        whatsapp_inbox.bring_again,
        busy_s=settings.twilio_busy_s,
    )
    return House(
        inbox=Inbox(
            bot_id=settings.bot_id,
            answering=answering,
            telegram=telegram,
            clock=clock,
            staff_group=settings.support_group,
        ),
        whatsapp_inbox=whatsapp_inbox,
        whatsapp_progress=progress,
        intake=Intake(SqlNotices(database, clock), topups.heed, clock),
        watch=_watch(settings, parts, topups, leases),
        upkeep=Upkeep(leases, clock, settings.worker),
        duties=(
            _alarms(settings, world, gateway, courier),
            *twilio_duties(
                settings,
                world.twilio,
                database=database,
                clock=clock,
                inbox=whatsapp_inbox,
                progress=progress,
                support=support,
            ),
            Duty(
                "talks",
                hand_over.look,
                every=settings.support_looks_every,
                leases=leases,
                worker=settings.worker,
            ),
        ),
        bookkeeping=_bookkeeping(settings, world, parts, client, courier),
        gateway=gateway,
        page=PageParts(
            orders=orders,
            chats=chats,
            stores=world.stores,
            painter=painter,
            shop=shop,
            clock=clock,
        ),
    )


def _watch(
    settings: Settings, parts: Parts, topups: TopUps, leases: SqlLeases
) -> Watch:
    return Watch(
        parts,
        topups.attend,
        follow_refunds=topups.refunds.care.follow,
        leases=leases,
        worker=settings.worker,
        per_second=settings.payby_looks_per_second,
    )


def _bookkeeping(
    settings: Settings,
    world: World,
    parts: Parts,
    client: PayByClient,
    courier: Courier,
) -> Bookkeeping:
    database, clock = world.database, world.clock
    differences = SqlDifferences(database, clock)
    comparing = ReconciliationParts(
        fetch=client.statement,
        get_order=parts.gateway.get_order,
        book=Booking(parts).book,
        books=SqlBooks(database),
        differences=differences,
        cases=SqlCases(database, clock),
        clock=clock,
        mid=settings.payby_partner_id,
    )
    return Bookkeeping(
        parts,
        Reconciliation(comparing),
        differences,
        BooksDesk(courier, settings.support_conversation).tell,
        leases=SqlLeases(database, clock),
        worker=settings.worker,
    )


def _hand_over(
    settings: Settings,
    world: World,
    books: _Books,
    courier: Courier,
    screens: CaseScreens,
) -> HandOver:
    return HandOver(
        talks=books.talks,
        screens=screens,
        staff=SqlStaff(world.database, world.clock),
        chats=books.chats,
        courier=courier,
        messages=books.messages,
        support_chat=settings.support_conversation,
        remind_after=settings.support_reminder,
        clock=world.clock,
    )


def _alarms(
    settings: Settings, world: World, gateway: GuardedGateway, courier: Courier
) -> Duty:
    return alarm_duty(
        settings,
        database=world.database,
        backlog=world.backlog,
        looks_here=LooksHere(
            gateway=gateway,
            answers=world.answers,
            refusals=world.refusals,
            clock=world.clock,
            worker=settings.worker,
        ),
        courier=courier,
        clock=world.clock,
    )


def _books(world: World, terms: Terms, ceilings: Ceilings) -> _Books:
    database, clock = world.database, world.clock
    plan = partial(next_look, pace=terms.pace, lifetime=terms.lifetime)
    return _Books(
        orders=SqlOrders(database, clock, plan, ceilings),
        accounts=SqlAccounts(database, clock),
        messages=SqlMessages(database, clock),
        chats=ChatStore(SqlConversations(database)),
        links=SqlLinks(database, clock),
        contacts=SqlContacts(database),
        refunds=SqlRefunds(database, clock, terms.pace),
        talks=SqlTalks(database, clock),
    )


def _network(
    settings: Settings, world: World, books: _Books, telegram: TelegramChannel
) -> Channels:
    """Make one of all the chat networks that the shop is on."""
    channels: dict[str, Channel] = {telegram_updates.PREFIX: telegram}
    if world.twilio:
        channels[whatsapp.PREFIX] = WhatsAppChannel(
            world.twilio,
            sender=settings.whatsapp_sender,
            public_url=settings.public_url,
            letters=Letters(
                settings.public_url,
                templates=SqlTemplates(world.database, world.clock),
                orders=books.orders,
                chats=books.chats,
                day_address=day_address(settings, world.clock),
            ),
            contacts=books.contacts,
            menus=SqlMenus(world.database),
            messages=books.messages,
            clock=world.clock,
            in_doubt_s=settings.twilio_in_doubt_s,
        )
    return Channels(channels)


def day_address(settings: Settings, clock: Clock) -> DayAddress:
    """Make the addresses under which Twilio finds pictures for staff."""
    return DayAddress(settings.twilio_auth_token.get_secret_value(), clock)


def _line(settings: Settings, world: World, network: Channels) -> Say:
    """Find the way to a sender on WhatsApp of whom nothing can be looked up."""
    if world.twilio is None:
        return network.send
    return WhatsAppLine(world.twilio, settings.whatsapp_sender).say


def paces_of(settings: Settings) -> Paces:
    """Say how many pushes a second each network takes."""
    return {
        Queue.OUTBOX: settings.telegram_pushes_per_second,
        Queue.WHATSAPP_OUTBOX: settings.whatsapp_pushes_per_second,
    }


def _terms(settings: Settings) -> Terms:
    return Terms(
        subject=settings.product,
        payee_mid=settings.payee_mid,
        limits=Limits(settings.least, settings.most),
        lifetime=settings.lifetime,
        pace=settings.pace,
        refunds_below_zero=settings.refunds_below_zero,
    )


def _shop(settings: Settings) -> Shop:
    return Shop(
        name=settings.shop_name,
        product=settings.product,
        name_ar=settings.shop_name_ar,
        product_ar=settings.product_ar,
    )


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
