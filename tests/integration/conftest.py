"""The durable parts on the real engine, between stand-ins of PayBy and of a chat.

The engine is one per process, so the parts are put together once per session; each
test takes orders, chats and accounts of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from inspect import iscoroutinefunction
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from dbos import DBOS, Queue, WorkflowHandleAsync
from dbos._event_loop import BackgroundEventLoop
from telegram import Bot

from bot.answering import Answering
from bot.chat_store import ChatStore
from bot.conversation import Conversation, ConversationParts
from bot.courier import Courier
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
from bot.staff.desk import StaffDesk
from bot.support_desk import SupportDesk
from bot.telegram_channel import TelegramChannel
from bot.whatsapp_inbox import WhatsAppInbox
from core import engine
from core.database.accounts import SqlAccounts
from core.database.cases import SqlCases
from core.database.conversations import SqlConversations
from core.database.day_figures import SqlDayFigures
from core.database.engine import Database
from core.database.links import SqlLinks
from core.database.lost_messages import SqlLostMessages
from core.database.messages import SqlMessages
from core.database.migrate import migrate
from core.database.notices import SqlNotices
from core.database.orders import SqlOrders
from core.database.refunds import SqlRefunds
from core.database.staff import SqlStaff
from core.database.store_reports import SqlStoreReports
from core.database.stores import SqlStores
from core.database.talks import SqlTalks
from core.database.whatsapp import SqlContacts
from core.domain.accounts import Account
from core.domain.money import Money
from core.domain.orders import Order
from core.domain.terms import Limits, Pace, Terms
from core.domain.watching import next_look
from core.intake import Intake
from core.parts import Parts
from core.topup import TopUps
from tests.fake_channel import FakeChannel, at_pace
from tests.fake_gateway import FakeGateway
from tests.fakes import (
    NOW,
    PAYEE,
    HandClock,
    MemoryNotifier,
    MemoryRefundNews,
    MemorySupport,
)
from tests.integration.worker import Hand
from webhooks.current_stores import CurrentStores
from webhooks.desk import DeskParts, staff_desk

BOT_ID = 1234567890
SUPPORT_CHAT = "tg:-1001234567890"
SHOP = Shop(name="Oasis Games", product="Game top-up")
LIMITS = Limits(Money(500), Money(200_000))
AT_A_RUN = Pace(
    ask_again=timedelta(milliseconds=5),
    creation_patience=timedelta(milliseconds=200),
    cancel_again=timedelta(milliseconds=5),
)
TERMS = Terms(subject="Game top-up", payee_mid=PAYEE, limits=LIMITS, pace=AT_A_RUN)
_PATIENCE_S = 20


@dataclass
class Town:
    """Everything around one payer's order."""

    database: Database
    clock: HandClock
    gateway: FakeGateway
    orders: SqlOrders
    accounts: SqlAccounts
    notices: SqlNotices
    intake: Intake
    notifier: MemoryNotifier
    refunds: SqlRefunds
    refund_news: MemoryRefundNews
    refund_post: RefundPost
    support: MemorySupport
    parts: Parts
    topups: TopUps
    channel: FakeChannel
    messages: SqlMessages
    chats: ChatStore
    courier: Courier
    cases: SqlCases
    desk: SupportDesk
    outbox: Outbox
    inbox: Inbox
    staff: StaffDesk
    hand_over: HandOver
    talks: SqlTalks
    stores: CurrentStores
    contacts: SqlContacts
    whatsapp_inbox: WhatsAppInbox
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def number(self) -> int:
        """Give a number that no other test has."""
        return next(self._numbers)

    async def account(self, *, is_open: bool = True) -> Account:
        """Open an account of this test's own."""
        account = Account(f"player-{self.number()}", "DesertFalcon", is_open)
        await self.accounts.keep([account])
        return account

    async def confirmed(self, account: Account | None = None) -> Order:
        """Let a payer confirm a top-up of 50 dirhams."""
        account = account or await self.account()
        number = self.number()
        return await self.topups.start(
            draft_id=f"draft-{number}",
            conversation_id=f"tg:{700_000 + number}",
            account_id=account.id,
            amount=Money(5000),
        )

    async def created(self, account: Account | None = None) -> Order:
        """Let a payer confirm, and wait until it is known what came of it."""
        order = await self.confirmed(account)
        return await self.creation_of(order)

    async def creation_of(self, order: Order) -> Order:
        """Wait until it is known what came of an order's creation."""
        await done(f"{order.merchant_order_no}:create")
        return await self.orders.get(order.merchant_order_no)

    async def kinds(self, order: Order) -> list[str]:
        """What stands in the order's timeline."""
        lines = await self.orders.timeline(order.merchant_order_no)
        return [line.kind for line in lines]


async def done(job_id: str) -> None:
    """Wait until a job has ended. Raises what it raised."""

    async def begun() -> bool:
        return await DBOS.get_workflow_status_async(job_id) is not None

    await until(begun)
    job: WorkflowHandleAsync[object] = await DBOS.retrieve_workflow_async(job_id)
    async with asyncio.timeout(_PATIENCE_S):
        await job.get_result(polling_interval_sec=0.01)


async def held_back(name: engine.Queue) -> Queue:
    """Let no job of a queue begin any more, and return the queue.

    Whoever fetches the jobs reads so at the next turn, a second on at the latest.
    """
    queue = await DBOS.retrieve_queue_async(name)
    assert queue
    await queue.set_worker_concurrency_async(0)
    await asyncio.sleep(1.5)
    return queue


async def until(look: Callable[[], Awaitable[bool]]) -> None:
    """Look until it is so."""
    async with asyncio.timeout(_PATIENCE_S):
        while not await look():  # noqa: ASYNC110  (databases ring no bell)
            await asyncio.sleep(0.01)


class _OneLoop(BackgroundEventLoop):
    """Lets the engine's jobs run in the tests' loop only.

    Between two tests that loop stands still. The engine would meanwhile run a job in
    another one, where the database's locks cannot be held; here such a job waits.
    """

    def target_loop(self) -> asyncio.AbstractEventLoop | None:
        return self._main_loop or super().target_loop()


def _loop_of_the_tests(own: BackgroundEventLoop) -> asyncio.AbstractEventLoop | None:
    return own._main_loop  # noqa: SLF001  (the library has no public way)


@pytest.fixture(scope="session")
def one_loop() -> Iterator[None]:
    """Let the engine's jobs run in the tests' loop only.

    Between two tests that loop stands still. The engine would meanwhile run a job in
    a loop of its own, where the database's locks cannot be held; now such a job waits.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BackgroundEventLoop, "target_loop", _loop_of_the_tests)
        yield


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def whole(
    tmp_path_factory: pytest.TempPathFactory,
    one_loop: None,
) -> AsyncIterator[Town]:
    """All parts put together, on a running engine."""
    folder: Path = tmp_path_factory.mktemp("engine")
    url = f"sqlite:///{folder}/topup.sqlite"
    await asyncio.to_thread(migrate, url)
    engine.configure(f"sqlite:///{folder}/engine.sqlite", "test-worker")
    town = put_together(Database(url))
    await engine.launch(at_pace(1000))
    async with town.intake.working():
        yield town
    await engine.stop()
    await town.database.close()


@pytest.fixture(scope="session")
def folder(whole: Town, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the hand reads how things are, and writes down what it did."""
    return tmp_path_factory.mktemp("hand")


@pytest.fixture(scope="session")
def hand(folder: Path) -> Hand:
    """Somebody to do a job: the engine knows one of that name."""
    return Hand("tester", folder)


def put_together(database: Database) -> Town:
    clock = HandClock()
    gateway, channel = FakeGateway(clock), FakeChannel()
    stores = CurrentStores(SqlStores(database), SqlStoreReports(database, clock))
    plan = partial(next_look, pace=TERMS.pace, lifetime=TERMS.lifetime)
    orders, accounts = SqlOrders(database, clock, plan), SqlAccounts(database, clock)
    support = MemorySupport()
    notices, notifier = SqlNotices(database, clock), MemoryNotifier()
    refunds, refund_news = SqlRefunds(database, clock, TERMS.pace), MemoryRefundNews()
    messages = SqlMessages(database, clock)
    chats = ChatStore(SqlConversations(database))
    courier = Courier(channel, messages, at_pace(1000))
    telegram = TelegramChannel(
        Bot("1234567890:nobody", "http://127.0.0.1:9/bot"),
        Painter(
            orders=orders,
            chats=chats,
            store_by_id=stores.by_id,
            shop=SHOP,
            days=SqlDayFigures(database),
            clock=clock,
        ),
        "https://pay.test",
    )
    parts = Parts(
        terms=TERMS,
        gateway=gateway,
        orders=orders,
        refunds=refunds,
        accounts=accounts,
        notifier=notifier,
        refund_news=refund_news,
        support=support,
        clock=clock,
    )
    topups = TopUps(parts)
    cases = SqlCases(database, clock)
    desk = SupportDesk(cases=cases, orders=orders, courier=courier, chat=SUPPORT_CHAT)
    links = SqlLinks(database, clock)
    refund_post = RefundPost(
        courier=courier,
        elsewhere=Elsewhere(courier, links),
        messages=messages,
        chats=chats,
        orders=orders,
        refunds=refunds,
        support=support,
        store_by_id=stores.by_id,
    )
    outbox = Outbox(
        courier=courier,
        elsewhere=Elsewhere(courier, links),
        refund_post=refund_post,
        messages=messages,
        chats=chats,
        orders=orders,
        accounts=accounts,
        support=support,
        shop=SHOP,
        lifetime=TERMS.lifetime,
        clock=clock,
    )
    talks = SqlTalks(database, clock)
    screens = CaseScreens(talks=talks, orders=orders, clock=clock)
    hand_over = HandOver(
        talks=talks,
        screens=screens,
        staff=SqlStaff(database, clock),
        chats=chats,
        courier=courier,
        messages=messages,
        support_chat=SUPPORT_CHAT,
        remind_after=timedelta(minutes=15),
        clock=clock,
    )
    conversation = Conversation(
        ConversationParts(
            topups=topups,
            orders=orders,
            accounts=accounts,
            stores=stores,
            links=links,
            link_news=LinkNews(courier=courier, chats=chats),
            support=support,
            people=hand_over,
            clock=clock,
            shop=SHOP,
        )
    )
    staff = staff_desk(
        DeskParts(
            database=database,
            clock=clock,
            orders=orders,
            topups=topups,
            stores=stores,
            outbox=outbox,
            courier=courier,
            hand_over=hand_over,
            screens=screens,
            chats=chats,
            group=SUPPORT_CHAT,
            second_above=Money(20_000),
        )
    )
    missed = Missed(SqlLostMessages(database), courier, SUPPORT_CHAT)
    answering = Answering(
        conversation=conversation,
        staff=staff,
        chats=chats,
        courier=courier,
        outbox=outbox,
        hand_over=hand_over,
        missed=missed,
    )
    contacts = SqlContacts(database)
    return Town(
        database=database,
        clock=clock,
        gateway=gateway,
        orders=orders,
        accounts=accounts,
        notices=notices,
        notifier=notifier,
        refunds=refunds,
        refund_news=refund_news,
        refund_post=refund_post,
        support=support,
        parts=parts,
        topups=topups,
        intake=Intake(notices, topups.heed, clock),
        channel=channel,
        messages=messages,
        chats=chats,
        courier=courier,
        cases=cases,
        desk=desk,
        outbox=outbox,
        staff=staff,
        hand_over=hand_over,
        talks=talks,
        stores=stores,
        inbox=Inbox(
            bot_id=BOT_ID,
            answering=answering,
            telegram=telegram,
            clock=clock,
            staff_group=SUPPORT_CHAT,
        ),
        contacts=contacts,
        whatsapp_inbox=WhatsAppInbox(
            answering=answering, say=channel.send, contacts=contacts, clock=clock
        ),
    )


@pytest.fixture
def town(whole: Town) -> Town:
    """All parts, where nothing goes wrong that this test did not ask for."""
    whole.clock.time = NOW
    whole.gateway.forget()
    whole.gateway.calls.clear()
    whole.channel.mishaps.clear()
    whole.channel.only = ""
    return whole


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run all of this folder in the loop that the engine was launched in."""
    here = Path(__file__).parent
    for item in items:
        if not isinstance(item, pytest.Function) or not item.path.is_relative_to(here):
            continue
        if iscoroutinefunction(item.function):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
