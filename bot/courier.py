"""Brings messages to people: durably, and with at most one copy too many.

No network can promise exactly once. An attempt is written down before it is made and
after it ended; a message with an attempt of unknown end is sent once more, and never
a third time.
"""

import asyncio
from dataclasses import dataclass, replace

import structlog

from bot.channel import Channel, NotSent, Refused, SendError, Unconfirmed, Unreachable
from bot.messages import Outgoing
from core.database.messages import Delivery, Record, SqlMessages

log = structlog.get_logger()

_MOST_UNCONFIRMED = 2
_LONGEST_WAIT_S = 300.0
_STATES: dict[type[SendError], Delivery] = {
    NotSent: Delivery.WAITING,
    Unconfirmed: Delivery.WAITING,
    Refused: Delivery.REFUSED,
    Unreachable: Delivery.UNREACHABLE,
}
REPLY_TRIES = 8  # about two minutes; the chat's next message waits that long
PUSH_TRIES = 300  # about a day


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


@dataclass(frozen=True)
class Attempt:
    """How an attempt ended, and how long to wait before another."""

    state: Delivery
    wait_s: float = 0.0


class Courier:
    """Sends and amends messages from within durable jobs."""

    def __init__(self, channel: Channel, messages: SqlMessages) -> None:
        self._channel = channel
        self._messages = messages

    async def deliver(self, parcel: Parcel) -> None:
        """Send the message, unless it is sent, until it is or never will be."""
        for number in range(parcel.tries):
            attempt = await self._attempt(parcel)
            if attempt.state is not Delivery.WAITING:
                break
            await asyncio.sleep(max(attempt.wait_s, _back_off_s(number)))
        log.info("delivery", message=parcel.id, state=str(attempt.state))

    async def _attempt(self, parcel: Parcel) -> Attempt:
        """Try once, if there is anything left to try."""
        record = await self._messages.get(parcel.id) or _fresh(parcel)
        if record.is_done:
            return Attempt(record.state)
        if record.unconfirmed >= _MOST_UNCONFIRMED:
            return await self._note(record, Delivery.UNKNOWN)
        trying = replace(record, unconfirmed=record.unconfirmed + 1)
        await self._messages.save(replace(trying, state=Delivery.SENDING))
        try:
            ref = await self._channel.send(parcel.conversation_id, parcel.message)
        except SendError as error:
            log.warning("send_failed", message=parcel.id, why=error.why)
            after = trying if isinstance(error, Unconfirmed) else record
            return await self._note(after, _STATES[type(error)], error.wait_s)
        return await self._note(replace(record, provider_ref=ref), Delivery.SENT)

    async def amend_code(self, merchant_order_no: str, message: Outgoing) -> None:
        """Turn every message that shows the order's code into this one."""
        for number in range(PUSH_TRIES):
            wait_s = await self._amend_all(merchant_order_no, message)
            if wait_s is None:
                return
            await asyncio.sleep(max(wait_s, _back_off_s(number)))
        log.error("code_not_amended", order=merchant_order_no)

    async def _amend_all(
        self, merchant_order_no: str, message: Outgoing
    ) -> float | None:
        """Amend what still shows the code.

        Return how many seconds the network wants to be left alone before the rest is
        tried; None when nothing is left to try.
        """
        wait_s: float | None = None
        for record in await self._messages.showing_code(merchant_order_no):
            try:
                await self._channel.amend(
                    record.conversation_id, record.provider_ref, message
                )
            except (NotSent, Unconfirmed) as error:
                wait_s = max(wait_s or 0.0, error.wait_s)
                continue
            except SendError as error:
                log.warning("amend_refused", message=record.id, why=error.why)
            amended = replace(record, shows_code=_shows_code(message))
            await self._messages.save(amended, "amended")
        return wait_s

    async def _note(
        self, record: Record, state: Delivery, wait_s: float = 0.0
    ) -> Attempt:
        await self._messages.save(replace(record, state=state))
        return Attempt(state, wait_s)


def _fresh(parcel: Parcel) -> Record:
    return Record(
        id=parcel.id,
        conversation_id=parcel.conversation_id,
        merchant_order_no=parcel.merchant_order_no,
        shows_code=_shows_code(parcel.message),
    )


def _shows_code(message: Outgoing) -> bool:
    return message.card is not None and not message.card.stamp


def _back_off_s(number: int) -> float:
    return min(0.5 * 2.0**number, _LONGEST_WAIT_S)
