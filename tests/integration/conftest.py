"""The durable parts on the real engine, between stand-ins of PayBy and of a chat.

The engine is one per process, so the parts are put together once per session; each
test takes orders, chats and accounts of its own.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from inspect import iscoroutinefunction
from itertools import count
from pathlib import Path

import pytest
import pytest_asyncio
from dbos import DBOS, Queue, WorkflowHandleAsync
from dbos._event_loop import BackgroundEventLoop
from telegram import Bot

from bot.courier import Courier
from bot.hand_over import HandOver
from bot.inbox import Inbox
from bot.outbox import Outbox
from bot.refund_post import RefundPost
from bot.shop import Shop
from bot.staff.desk import StaffDesk
from bot.support_desk import SupportDesk
from bot.telegram_channel import TelegramChannel
from bot.whatsapp_inbox import WhatsAppInbox
from core import engine
from core.database.engine import Database
from core.database.migrate import migrate
from core.database.orders import NO_LIMITS
from core.database.store_reports import SqlStoreReports
from core.database.stores import SqlStores
from core.domain.accounts import Account
from core.domain.money import Money
from core.domain.orders import Order
from core.domain.terms import Limits, Pace, Terms
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
from webhooks.books import Books, books_on, painter_on
from webhooks.counter import counter_on
from webhooks.current_stores import CurrentStores
from webhooks.ground import Ground
from webhooks.post import post_on

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


@dataclass(frozen=True, kw_only=True)
class Town(Books):
    """Everything around one payer's order."""

    database: Database
    clock: HandClock
    stores: CurrentStores
    gateway: FakeGateway
    channel: FakeChannel
    courier: Courier
    notifier: MemoryNotifier
    refund_news: MemoryRefundNews
    support: MemorySupport
    parts: Parts
    topups: TopUps
    intake: Intake
    outbox: Outbox
    refund_post: RefundPost
    desk: SupportDesk
    staff: StaffDesk
    hand_over: HandOver
    inbox: Inbox
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
    stores = CurrentStores(SqlStores(database), SqlStoreReports(database, clock))
    ground = Ground(
        database=database,
        clock=clock,
        stores=stores,
        terms=TERMS,
        ceilings=NO_LIMITS,
        shop=SHOP,
        support_chat=SUPPORT_CHAT,
        support_group=SUPPORT_CHAT,
        remind_after=timedelta(minutes=15),
        second_above=Money(20_000),
    )
    books = books_on(ground)
    gateway, channel = FakeGateway(clock), FakeChannel()
    notifier, refund_news = MemoryNotifier(), MemoryRefundNews()
    courier = Courier(channel, books.messages, at_pace(1000))
    support = MemorySupport()
    post = post_on(ground, books, courier, support)
    parts = Parts(
        terms=TERMS,
        gateway=gateway,
        orders=books.orders,
        refunds=books.refunds,
        accounts=books.accounts,
        notifier=notifier,
        refund_news=refund_news,
        support=support,
        clock=clock,
    )
    topups = TopUps(parts)
    counter = counter_on(ground, books, post, topups)
    return Town(
        **vars(books),
        database=database,
        clock=clock,
        stores=stores,
        gateway=gateway,
        channel=channel,
        courier=courier,
        notifier=notifier,
        refund_news=refund_news,
        support=support,
        parts=parts,
        topups=topups,
        intake=Intake(books.notices, topups.heed, clock),
        outbox=post.outbox,
        refund_post=post.refund_post,
        desk=SupportDesk(
            cases=books.cases, orders=books.orders, courier=courier, chat=SUPPORT_CHAT
        ),
        staff=counter.staff,
        hand_over=counter.hand_over,
        inbox=Inbox(
            bot_id=BOT_ID,
            answering=counter.answering,
            telegram=TelegramChannel(
                Bot("1234567890:nobody", "http://127.0.0.1:9/bot"),
                painter_on(ground, books),
                "https://pay.test",
            ),
            clock=clock,
            staff_group=SUPPORT_CHAT,
        ),
        whatsapp_inbox=WhatsAppInbox(
            answering=counter.answering,
            say=channel.send,
            contacts=books.contacts,
            clock=clock,
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
    whole.channel.spared = frozenset(whole.channel.shown)
    return whole


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run all of this folder in the loop that the engine was launched in."""
    here = Path(__file__).parent
    for item in items:
        if not isinstance(item, pytest.Function) or not item.path.is_relative_to(here):
            continue
        if iscoroutinefunction(item.function):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)
