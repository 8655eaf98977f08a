"""Tells payers what happened to their orders: one durable push per order and event."""

from dbos import DBOS, DBOSConfiguredInstance

from bot.announcements import Known, announce
from bot.chat_store import ChatStore
from bot.code_messages import Stage, code_message, stage_of
from bot.courier import PUSH_TRIES, Courier, Parcel
from bot.messages import Outgoing
from bot.shop import Shop
from bot.words import words_in
from core import engine
from core.domain.orders import Event, Order, Status
from core.ports import Accounts, Clock, Orders

_AWAITED = {Event.READY, Event.DELAYED, Event.FAILED}
"""The payer has just tapped and looks at the screen: these do not queue."""
_CODE_CHANGES = {Event.CREDITED, Event.HELD, Event.EXPIRED, Event.SCANNED}


@DBOS.dbos_class("Outbox")
class Outbox(DBOSConfiguredInstance):
    """The Notifier: says each event of an order once, in the payer's language."""

    def __init__(
        self,
        *,
        courier: Courier,
        chats: ChatStore,
        orders: Orders,
        accounts: Accounts,
        shop: Shop,
        clock: Clock,
    ) -> None:
        super().__init__("outbox")
        self._courier = courier
        self._chats = chats
        self._orders = orders
        self._accounts = accounts
        self._shop = shop
        self._clock = clock

    async def tell(self, order: Order, event: Event) -> None:
        """See to it that the payer is told, and that no old code looks payable."""
        number = order.merchant_order_no
        job = f"{number}:{event}"
        if event in _AWAITED:
            await engine.start(job, self.push, number, event)
        else:
            await engine.enqueue(engine.Queue.OUTBOX, job, self.push, number, event)
        if event in _CODE_CHANGES:
            await self._amend_soon(number, event, job)

    @engine.job("push")
    async def push(self, merchant_order_no: str, event: Event) -> None:
        """Send what an event calls for, in the language of the chat."""
        order = await self._orders.get(merchant_order_no)
        if event is Event.READY and order.status is not Status.OPEN:
            return
        words = words_in((await self._chats.chat(order.conversation_id)).language)
        balance = (
            await self._accounts.balance(order.account_id)
            if event is Event.CREDITED
            else None
        )
        known = Known(balance=balance)
        messages = announce(
            order, event, words, self._shop, self._clock.now(), known=known
        )
        for index, message in enumerate(messages):
            await self._courier.deliver(
                Parcel(
                    id=f"{merchant_order_no}:{event}:{index}",
                    conversation_id=order.conversation_id,
                    message=message,
                    tries=PUSH_TRIES,
                    merchant_order_no=merchant_order_no,
                )
            )

        if event is Event.READY:
            await self.follow_code(merchant_order_no, f"{merchant_order_no}:{event}")

    async def follow_code(self, merchant_order_no: str, job: str) -> None:
        """Amend a code that was shown by a job while its order moved on."""
        order = await self._orders.get(merchant_order_no)
        if order.status is not Status.OPEN:
            await self._amend_soon(merchant_order_no, Event.READY, job)

    async def _amend_soon(self, merchant_order_no: str, event: Event, job: str) -> None:
        await engine.enqueue(
            engine.Queue.CODES, f"{job}:code", self.amend, merchant_order_no, event
        )

    @engine.job("amend")
    async def amend(self, merchant_order_no: str, event: Event) -> None:
        """Let the messages that show the code say how it stands now.

        The order may move on while they are amended, and the job that tells of that
        may be quicker: so this looks again, until it has shown the newest.
        """
        shown = None
        while (newest := await self._code(merchant_order_no, event)) != shown:
            await self._courier.amend_code(merchant_order_no, newest)
            shown = newest

    async def _code(self, merchant_order_no: str, event: Event) -> Outgoing:
        order = await self._orders.get(merchant_order_no)
        words = words_in((await self._chats.chat(order.conversation_id)).language)
        now = self._clock.now()
        stage = stage_of(order, now)
        if event is Event.SCANNED and stage is Stage.WAITING:
            stage = Stage.SCANNED
        return code_message(order, stage, words, now)
