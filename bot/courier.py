"""Brings messages to people: durably, and with at most one copy too many.

No network can promise exactly once. An attempt is written down before it is made and
after it ended; a message with an attempt of unknown end is sent once more, and never
a third time. This is the one place that tries anything again.

Pushes keep their distance in a chat, across workers, and a chat that the network
wants to be left alone is left alone; whether it meant the whole bot it does not say,
so other chats find out for themselves. What answers the payer does neither: networks
take a few messages in a burst, and a payer who taps should not wait.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from math import inf
from typing import Any
from weakref import WeakValueDictionary

import structlog

from bot.channel import (
    Channel,
    NotSent,
    Refused,
    SendError,
    Unconfirmed,
    Unreachable,
    Unworded,
)
from bot.messages import Outgoing
from bot.pushes import queue_of
from core import engine
from core.database.messages import AT_ONCE, UNWORDED, Delivery, Record, SqlMessages

log = structlog.get_logger()

MOST_UNCONFIRMED = 2
_LONGEST_WAIT_S = 300.0
_A_MOMENT_S = 0.5
_STATES: dict[type[SendError], Delivery] = {
    NotSent: Delivery.WAITING,
    Unconfirmed: Delivery.WAITING,
    Refused: Delivery.REFUSED,
    Unreachable: Delivery.UNREACHABLE,
    Unworded: Delivery.UNREACHABLE,
}
REPLY_TRIES = 8  # about two minutes; the chat's next message waits that long
PUSH_TRIES = 300  # about a day


async def always() -> bool:
    """Hold a message back for nothing."""
    return True


@dataclass(frozen=True)
class Parcel:
    """A message on its way, under an id that is its own for ever."""

    id: str
    conversation_id: str
    message: Outgoing
    tries: int
    """How often it is tried while it certainly was not sent."""
    merchant_order_no: str = ""
    """The order it is about, if any."""
    keeps_distance: bool = False
    """Whether it waits for its turn, after the last message to the chat."""
    most_unconfirmed: int = MOST_UNCONFIRMED
    """How many attempts may end without our knowing how."""
    is_true: Callable[[], Coroutine[Any, Any, bool]] = always
    """Whether it still is worth saying, asked before each attempt."""
    is_known: bool = False
    """Whether that is known to be so just now, and need not be asked at once again."""


@dataclass(frozen=True)
class Attempt:
    """How an attempt ended, and how long to wait before another."""

    state: Delivery
    wait_s: float = 0.0


class Courier:
    """Sends and amends messages from within durable jobs."""

    def __init__(
        self, channel: Channel, messages: SqlMessages, paces: engine.Paces
    ) -> None:
        """`paces` bound what this process sends of what keeps its distance, too."""
        self._channel = channel
        self._messages = messages
        self._turnstiles = {queue: _Turnstile(paces[queue]) for queue in paces}
        self._under_way: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def deliver(self, parcel: Parcel) -> Delivery:
        """Send the message, unless it is sent, until it is or never will be.

        Two jobs may bring the same, as a push and what shows the person who is back
        what they missed: one attempt waits for the end of the other.
        """
        state, known_at_s = Delivery.WAITING, _now_s() if parcel.is_known else -inf
        for number in range(parcel.tries):
            async with self._under_way.setdefault(parcel.id, asyncio.Lock()):
                attempt = await self._attempt(parcel, known_at_s)
            known_at_s = -inf
            state = attempt.state
            if state is not Delivery.WAITING:
                break
            await asyncio.sleep(max(attempt.wait_s, _back_off_s(number)))
        log.info("delivery", message=parcel.id, state=str(state))
        return state

    async def _attempt(self, parcel: Parcel, known_at_s: float) -> Attempt:
        """Try once, if there is anything left to try.

        What was known to be worth saying a moment ago still is.
        """
        record = await self._messages.get(parcel.id) or self._fresh(parcel)
        if record.is_done:
            return Attempt(record.state)
        try:
            if ref := await self._found(record, parcel):
                return await self._note(_sent(record, ref), Delivery.SENT)
        except SendError as error:
            return Attempt(Delivery.WAITING, error.wait_s)
        if record.unconfirmed >= parcel.most_unconfirmed:
            return await self._note(record, Delivery.UNKNOWN)
        await self._begin(record, parcel)
        is_known = _now_s() - known_at_s < _A_MOMENT_S
        if not is_known and not await engine.outlast(parcel.is_true):
            return await self._note(record, Delivery.PASSED)
        return await self._make(record, parcel)

    def _fresh(self, parcel: Parcel) -> Record:
        can_amend = self._channel.can_amend(parcel.conversation_id)
        return Record(
            id=parcel.id,
            conversation_id=parcel.conversation_id,
            merchant_order_no=parcel.merchant_order_no,
            shows_code=can_amend and _may_change(parcel.message),
        )

    async def _make(self, record: Record, parcel: Parcel) -> Attempt:
        """Make the attempt that was begun."""
        try:
            ref = await self._channel.send(
                parcel.conversation_id, parcel.message, parcel.id
            )
        except SendError as error:
            log.warning("send_failed", message=parcel.id, why=error.why)
            unconfirmed = record.unconfirmed + isinstance(error, Unconfirmed)
            trouble = UNWORDED if isinstance(error, Unworded) else record.trouble
            after = replace(record, unconfirmed=unconfirmed, trouble=trouble)
            return await self._note(after, _STATES[type(error)], error.wait_s)
        return await self._note(_sent(record, ref), Delivery.SENT)

    async def _found(self, record: Record, parcel: Parcel) -> str | None:
        """Look for a message whose attempt ended we do not know how."""
        if not record.unconfirmed or not record.began_at:
            return None
        return await self._channel.find(
            parcel.conversation_id, parcel.message, record.began_at
        )

    async def _begin(self, record: Record, parcel: Parcel) -> None:
        """Write down that an attempt begins, when its turn has come."""
        spacing = AT_ONCE
        if parcel.keeps_distance:
            spacing = self._channel.spacing(parcel.conversation_id)
            await self._take_turn(parcel)
        if wait := await self._messages.begin(record, spacing):
            await asyncio.sleep(wait.total_seconds())
            await self._take_turn(parcel)
            await self._messages.begin(record, None)

    async def _take_turn(self, parcel: Parcel) -> None:
        await self._turnstiles[queue_of(parcel.conversation_id)].pass_through()

    async def amend_code(
        self, merchant_order_no: str, message: Outgoing, repeated: Outgoing
    ) -> None:
        """Turn every message that shows the order's code into this one.

        A copy that was sent knowingly goes on saying so: it becomes `repeated`.
        """
        for number in range(PUSH_TRIES):
            wait_s = await self._amend_all(merchant_order_no, message, repeated)
            if wait_s is None:
                return
            await asyncio.sleep(max(wait_s, _back_off_s(number)))
        log.error("code_not_amended", order=merchant_order_no)

    async def _amend_all(
        self, merchant_order_no: str, message: Outgoing, repeated: Outgoing
    ) -> float | None:
        """Amend what still shows the code.

        Return how many seconds the network wants to be left alone before the rest is
        tried; None when nothing is left to try.
        """
        wait_s: float | None = None
        for record in await self._messages.showing_code(merchant_order_no):
            is_repeated = record.unconfirmed >= MOST_UNCONFIRMED
            try:
                await self._channel.amend(
                    record.conversation_id,
                    record.provider_ref,
                    repeated if is_repeated else message,
                )
            except (NotSent, Unconfirmed) as error:
                wait_s = max(wait_s or 0.0, error.wait_s)
                continue
            except Unreachable:  # it is amended when the person is back
                out_of_reach = replace(record, state=Delivery.UNREACHABLE)
                await self._messages.save(out_of_reach, "amended")
                continue
            except SendError as error:
                log.warning("amend_refused", message=record.id, why=error.why)
            may_change = _may_change(message)
            amended = replace(record, state=Delivery.SENT, shows_code=may_change)
            await self._messages.save(amended, "amended")
        return wait_s

    async def _note(
        self, record: Record, state: Delivery, wait_s: float = 0.0
    ) -> Attempt:
        """Write down how an attempt ended, however long the database is away.

        Begun anew instead, the job would no longer know that the message was sent.
        """
        known = replace(record, state=state)
        wait = timedelta(seconds=wait_s)
        kept = await engine.outlast(partial(self._messages.save, known, wait=wait))
        return Attempt(kept.state, wait_s)


class _Turnstile:
    """Lets one through after the other, so many in a second."""

    def __init__(self, per_second: int) -> None:
        self._span_s = 1 / per_second
        self._free_at_s = 0.0

    async def pass_through(self) -> None:
        now_s = _now_s()
        turn_s = max(now_s, self._free_at_s)
        self._free_at_s = turn_s + self._span_s
        await asyncio.sleep(turn_s - now_s)


def _sent(record: Record, ref: str) -> Record:
    return replace(record, provider_ref=ref, progress="")


def _may_change(message: Outgoing) -> bool:
    """Tell whether the message has a card; one that says paid stays as it is."""
    return message.card is not None and message.card.stamp != "paid"


def _now_s() -> float:
    return asyncio.get_running_loop().time()


def _back_off_s(number: int) -> float:
    return min(0.5 * 2.0**number, _LONGEST_WAIT_S)
