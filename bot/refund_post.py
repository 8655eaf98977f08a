"""Tells payers how their money goes back: one durable push per refund and step."""

from collections.abc import Callable
from functools import partial

from dbos import DBOS, DBOSConfiguredInstance

from bot.chat_store import ChatStore
from bot.courier import PUSH_TRIES, Courier, Parcel
from bot.elsewhere import Elsewhere
from bot.last_resort import LastResort
from bot.messages import Outgoing
from bot.pushes import queue_of, refund_push, refund_push_id, refund_step
from bot.refund_news import refund_news
from bot.words import words_in
from core import engine
from core.database.messages import SqlMessages
from core.domain.orders import Order
from core.domain.refunds import Refund
from core.domain.stores import Store
from core.engine import Urgency
from core.ports import Orders, RefundBook, Support


@DBOS.dbos_class("RefundPost")
class RefundPost(DBOSConfiguredInstance):
    """The RefundNews: says each step of a refund once, in the payer's language."""

    def __init__(  # noqa: PLR0913  (one argument per thing it talks to)
        self,
        *,
        courier: Courier,
        elsewhere: Elsewhere,
        messages: SqlMessages,
        chats: ChatStore,
        orders: Orders,
        refunds: RefundBook,
        support: Support,
        store_by_id: Callable[[str], Store | None],
    ) -> None:
        super().__init__("refund_post")
        self._courier = courier
        self._last_resort = LastResort(elsewhere, messages, support)
        self._messages = messages
        self._chats = chats
        self._orders = orders
        self._refunds = refunds
        self._store_by_id = store_by_id

    async def tell(self, order: Order, refund: Refund) -> None:
        """See to it that the payer hears how the refund stands.

        Of what we refused ourselves nothing was ever said. A push that was begun, and
        given up or lost, is begun again.
        """
        step = refund_step(refund.status)
        if not step:
            return
        name, queue = refund_push_id(refund), queue_of(order.conversation_id)
        is_new = await engine.enqueue(
            queue,
            name,
            self.push_refund,
            refund.refund_no,
            step,
            urgency=Urgency.ANSWER,
        )
        if not is_new and not await self.has_told(order, refund):
            await engine.revive(queue, name)

    async def has_told(self, order: Order, refund: Refund) -> bool:
        """Tell whether that has come to an end: sent, or held for good reason."""
        if not refund_step(refund.status):
            return True
        name = refund_push_id(refund)
        tried = await self._messages.of_push(order.merchant_order_no, name)
        return bool(tried) and all(record.is_done for record in tried)

    @engine.job("push_refund")
    async def push_refund(self, refund_no: str, step: str) -> None:
        """Send what the step calls for, unless the refund has moved on."""
        refund = await self._refunds.get(refund_no)
        if refund_step(refund.status) != step:
            return
        order = await self._orders.get(refund.merchant_order_no)
        parcel = Parcel(
            id=f"{refund_push_id(refund)}:0",
            conversation_id=order.conversation_id,
            message=await self._message(order, refund),
            tries=PUSH_TRIES,
            merchant_order_no=order.merchant_order_no,
            keeps_distance=True,
            is_true=partial(self._is_at, refund_no, step),
        )
        state = await self._courier.deliver(parcel)
        if await self._last_resort.bring(parcel, state) or refund.is_under_way:
            return
        await self._last_resort.raise_hand(parcel, state, {"event": step})

    async def held(self, message_id: str, order: Order) -> Outgoing | None:
        """Return what a held message was to say; None when it is not true any more."""
        refund_no, step = refund_push(message_id)
        refund = await self._refunds.get(refund_no)
        if refund_step(refund.status) != step:
            return None
        return await self._message(order, refund)

    async def _is_at(self, refund_no: str, step: str) -> bool:
        return refund_step((await self._refunds.get(refund_no)).status) == step

    async def _message(self, order: Order, refund: Refund) -> Outgoing:
        chat = await self._chats.chat(order.conversation_id)
        store = self._store_by_id(order.store_id)
        return refund_news(order, refund, words_in(chat.language), store)
