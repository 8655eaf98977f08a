"""Tells payers what happened to their orders: one durable push per order and event."""

from dataclasses import replace
from functools import partial

import structlog
from dbos import DBOS, DBOSConfiguredInstance

from bot.announcements import Known, announce
from bot.chat_store import ChatStore
from bot.code_messages import Stage, code_message, stage_of
from bot.courier import MOST_UNCONFIRMED, PUSH_TRIES, REPLY_TRIES, Courier, Parcel
from bot.elsewhere import Elsewhere
from bot.last_resort import LastResort
from bot.messages import Outgoing
from bot.pushes import (
    RESULTS,
    URGENCY,
    event_of,
    index_of,
    is_mere_news,
    is_true,
    is_true_later,
    original_of,
    push_id,
    queue_of,
    refund_push,
)
from bot.refund_post import RefundPost
from bot.shop import Shop
from bot.words import Words, words_in
from core import engine
from core.database.messages import Delivery, Record, SqlMessages
from core.domain.errors import Frozen
from core.domain.orders import Event, Order
from core.domain.terms import Lifetime
from core.domain.watching import longer_end
from core.engine import Queue, Urgency
from core.ports import Accounts, Clock, Orders, Support

log = structlog.get_logger()

_CODE_CHANGES = {Event.CREDITED, Event.HELD, Event.EXPIRED, Event.CANCELLED}
_SHOW_CODES = {Event.READY, Event.REMINDER}
_TRIES_WATCHED = 3  # somebody waits for the end, and can ask again


@DBOS.dbos_class("Outbox")
class Outbox(DBOSConfiguredInstance):
    """The Notifier: says each event of an order once, in the payer's language."""

    def __init__(  # noqa: PLR0913  (one argument per thing it talks to)
        self,
        *,
        courier: Courier,
        elsewhere: Elsewhere,
        refund_post: RefundPost,
        messages: SqlMessages,
        chats: ChatStore,
        orders: Orders,
        accounts: Accounts,
        support: Support,
        shop: Shop,
        lifetime: Lifetime,
        clock: Clock,
    ) -> None:
        super().__init__("outbox")
        self._courier = courier
        self._last_resort = LastResort(elsewhere, messages, support)
        self._refund_post = refund_post
        self._messages = messages
        self._chats = chats
        self._orders = orders
        self._accounts = accounts
        self._shop = shop
        self._lifetime = lifetime
        self._clock = clock

    async def tell(self, order: Order, event: Event) -> None:
        """See to it that the payer is told, and that no old code looks payable.

        A push that was begun, and given up or lost, is begun again.
        """
        number, name = order.merchant_order_no, push_id(order, event)
        queue = queue_of(order.conversation_id)
        is_new = await engine.enqueue(
            queue,
            name,
            self.push,
            number,
            event,
            name,
            urgency=URGENCY[event],
        )
        if not is_new and not await self.has_told(order, event):
            await engine.revive(queue, name)
        if event is Event.SCANNED:
            await self._amend_soon(f"{name}:code", number, event)
        elif event in _CODE_CHANGES:
            await self.refresh(order)

    async def has_told(self, order: Order, event: Event) -> bool:
        """Tell whether the push has come to its end, or is not true any more.

        Its end may be that the chat is closed to us: the payer hears of it on coming
        back. What a payer does not want to hear needs no telling.
        """
        if not is_true(order, event, self._clock.now()):
            return True
        if await self._is_unwanted(order, event):
            return True
        name = push_id(order, event)
        tried = await self._messages.of_push(order.merchant_order_no, name)
        return bool(tried) and all(record.is_done for record in tried)

    @engine.job("push")
    async def push(self, merchant_order_no: str, event: Event, name: str = "") -> None:
        """Send what an event calls for, unless the order has moved on.

        Jobs of the first version do not say their name; they never were reminders.
        """
        name = name or f"{merchant_order_no}:{event}"
        order = await self._orders.get(merchant_order_no)
        if not await self._is_true_of(order, event, name):
            return
        for index, message in enumerate(await self._messages_of(order, event)):
            await self._bring(order, event, name, index, message)

    async def _is_true(self, merchant_order_no: str, event: Event, name: str) -> bool:
        order = await self._orders.get(merchant_order_no)
        return await self._is_true_of(order, event, name)

    async def _is_true_of(self, order: Order, event: Event, name: str) -> bool:
        """Tell whether that is so now; a reminder is of one end of the code only."""
        is_so = is_true(order, event, self._clock.now())
        if not is_so or push_id(order, event) != name:
            return False
        return not await self._is_unwanted(order, event)

    async def _is_unwanted(self, order: Order, event: Event) -> bool:
        if event in _SHOW_CODES and await self._is_stopped(order):
            return True
        if not is_mere_news(order, event):
            return False
        return (await self._chats.chat(order.conversation_id)).quiet

    async def _is_stopped(self, order: Order) -> bool:
        try:
            await self._orders.demand_not_frozen(
                order.conversation_id, order.account_id
            )
        except Frozen:
            return True
        return False

    async def _bring(
        self, order: Order, event: Event, name: str, index: int, message: Outgoing
    ) -> None:
        parcel = Parcel(
            id=f"{name}:{index}",
            conversation_id=order.conversation_id,
            message=message,
            tries=PUSH_TRIES,
            merchant_order_no=order.merchant_order_no,
            keeps_distance=URGENCY[event] is not Urgency.ANSWER,
            is_true=partial(self._is_true, order.merchant_order_no, event, name),
            is_known=index == 0,
        )
        state = await self._courier.deliver(parcel)
        if message.card:
            await self.follow_code(parcel)
        if event in RESULTS and not await self._last_resort.bring(parcel, state):
            await self._last_resort.raise_hand(parcel, state, {"event": event})

    async def _messages_of(self, order: Order, event: Event) -> tuple[Outgoing, ...]:
        """Say it in the language of the chat."""
        words = await self._words(order)
        now = self._clock.now()
        known = Known()
        if event is Event.CREDITED:
            known = Known(balance=await self._accounts.balance(order.account_id))
        elif event is Event.REMINDER:
            known = Known(longer_end=longer_end(order, self._lifetime, now))
        return announce(order, event, words, self._shop, now, known)

    async def show_again(self, order: Order, event: Event, name: str) -> Delivery:
        """Show once more how the order stands; tell what became of that.

        The name is one of a push of this order and event, so that what the payer does
        not get now is shown when they are back.
        """
        state = Delivery.PASSED
        for index, message in enumerate(await self._messages_of(order, event)):
            parcel = Parcel(
                id=f"{name}:{index}",
                conversation_id=order.conversation_id,
                message=message,
                tries=_TRIES_WATCHED,
                merchant_order_no=order.merchant_order_no,
            )
            state = await self._courier.deliver(parcel)
            if message.card:
                await self.follow_code(parcel)
            if await self._last_resort.bring(parcel, state):
                state = Delivery.SENT
            if state is not Delivery.SENT:
                break
        return state

    async def show_held(self, conversation_id: str) -> None:
        """Show a payer who is back what may not have reached them, if it is true yet.

        It goes under the same id as before. What was sent twice and never confirmed
        is shown once more, as the one copy that we add knowingly, and says so; after
        that, never again by itself.
        """
        for record in await self._messages.held(conversation_id, MOST_UNCONFIRMED):
            try:
                await self._show_held(record)
            except Exception:
                log.exception("held_message_not_shown", message=record.id)

    async def _show_held(self, record: Record) -> None:
        """Show one message, or pass it over; what shows the code is mended either way.

        It may have been out of reach together with this message, or by itself: then
        nothing is left to be said.
        """
        order = await self._orders.get(record.merchant_order_no)
        if record.stands:
            await self.refresh(order)
            return
        message = await self._worth_saying(record, order)
        if message and not await self._is_heard_elsewhere(record):
            await self._show(record, order, message)
        else:
            passed = partial(_unless_moved_on, record, Delivery.PASSED)
            await self._messages.change(record.id, passed)
        await self.refresh(order)

    async def _worth_saying(self, record: Record, order: Order) -> Outgoing | None:
        """Return what a held message was to say, if it is still worth saying."""
        if any(refund_push(record.id)):
            return await self._refund_post.held(record.id, order)
        event = event_of(record.id)
        if not event or not is_true_later(order, event, self._clock.now()):
            return None
        if await self._is_unwanted(order, event):
            return None
        return (await self._messages_of(order, event))[index_of(record.id)]

    async def _show(self, record: Record, order: Order, message: Outgoing) -> None:
        shown, limit = message, MOST_UNCONFIRMED
        if record.state is Delivery.UNKNOWN:
            shown = _in_case(message, await self._words(order))
            limit += 1
        parcel = Parcel(
            id=record.id,
            conversation_id=record.conversation_id,
            message=shown,
            tries=REPLY_TRIES,
            merchant_order_no=record.merchant_order_no,
            most_unconfirmed=limit,
        )
        once_more = partial(_unless_moved_on, record, Delivery.WAITING)
        if not await self._messages.change(record.id, once_more):
            return
        await self._courier.deliver(parcel)
        if message.card:
            await self.follow_code(replace(parcel, message=message))

    async def _is_heard_elsewhere(self, record: Record) -> bool:
        """Tell whether the same was brought to another chat of the payer."""
        first = original_of(record.id)
        copies = await self._messages.of_push(record.merchant_order_no, first)
        same = (await self._messages.get(first), *copies)
        return any(each and each.state is Delivery.SENT for each in same)

    async def follow_code(self, parcel: Parcel) -> None:
        """Amend a code that was shown if its order moved on meanwhile."""
        if not await self.shows_newest(parcel):
            number = parcel.merchant_order_no
            await self._amend_soon(f"{parcel.id}:code", number, Event.READY)

    async def shows_newest(self, parcel: Parcel) -> bool:
        """Tell whether a code in a message still looks as its order stands."""
        newest, _ = await self._code(parcel.merchant_order_no, Event.READY)
        return newest == parcel.message

    async def refresh(self, order: Order) -> None:
        """Let every message that shows the order's code show how it stands now."""
        number, status = order.merchant_order_no, order.status
        job = f"{number}:code:{status}:{order.expires_at:%Y%m%dT%H%M%SZ}"
        if not await self._amend_soon(job, number, Event.READY):
            await engine.revive(Queue.CODES, job)

    async def _amend_soon(self, job: str, merchant_order_no: str, event: Event) -> bool:
        """Amend what shows the code, if anything does; false if that has begun before.

        What still is on its way to a chat follows the code once it is there.
        """
        if not await self._messages.showing_code(merchant_order_no):
            return True
        return await engine.enqueue(
            Queue.CODES, job, self.amend, merchant_order_no, event
        )

    @engine.job("amend")
    async def amend(self, merchant_order_no: str, event: Event) -> None:
        """Let the messages that show the code say how it stands now.

        The order may move on while they are amended, and the job that tells of that
        may be quicker: so this looks again, until it has shown the newest.
        """
        shown = None
        while (newest := await self._code(merchant_order_no, event)) != shown:
            await self._courier.amend_code(merchant_order_no, *newest)
            shown = newest

    async def _code(
        self, merchant_order_no: str, event: Event
    ) -> tuple[Outgoing, Outgoing]:
        """Return how the code looks now: as a rule, and in a copy sent knowingly."""
        order = await self._orders.get(merchant_order_no)
        now = self._clock.now()
        stage = stage_of(order, now)
        if event is Event.SCANNED and stage is Stage.WAITING:
            stage = Stage.SCANNED
        words = await self._words(order)
        message = code_message(order, stage, words, now)
        return message, _in_case(message, words)

    async def _words(self, order: Order) -> Words:
        return words_in((await self._chats.chat(order.conversation_id)).language)


def _unless_moved_on(held: Record, state: Delivery, record: Record) -> Record | None:
    """Let a held message be in that state, unless its push has been quicker."""
    return replace(record, state=state) if record.state is held.state else None


def _in_case(message: Outgoing, words: Words) -> Outgoing:
    note = words.say("You may have seen this already:")
    return replace(message, text=f"{note}\n\n{message.text}")
