"""What an announcement comes down to, for a channel that takes prepared words only."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from bot.messages import InShort, Prepared
from bot.words import Words
from core.domain.orders import Event, Order

_PREPARED: Final[Mapping[Event, Prepared]] = {
    Event.CREDITED: Prepared.PAID,
    Event.HELD: Prepared.HELD,
    Event.EXPIRED: Prepared.ENDED,
    Event.CANCELLED: Prepared.ENDED,
    Event.REMINDER: Prepared.REMINDER,
}


def in_short(order: Order, event: Event, words: Words, now: datetime) -> InShort:
    """Say an event in prepared words.

    Money that was given back is only news: its code has ended too, but it was paid.
    """
    prepared = _PREPARED.get(event, Prepared.NEWS)
    if order.is_given_back:
        prepared = Prepared.NEWS
    values = [order.merchant_order_no, str(order.amount), order.account_name]
    if prepared is Prepared.REMINDER:
        values.append(words.moment(order.expires_at, now))
    return InShort(prepared, words.language, tuple(values))
