"""What is to be pushed: under which name, where, how urgently, and while it is true."""

from datetime import datetime, timedelta

from core.database import whatsapp
from core.domain.orders import Event, Order, Status
from core.domain.refunds import Refund, RefundStatus
from core.engine import Queue, Urgency

URGENCY: dict[Event, Urgency] = {
    Event.CREDITED: Urgency.MONEY,
    Event.HELD: Urgency.MONEY,
    Event.SCANNED: Urgency.MONEY,
    Event.READY: Urgency.ANSWER,
    Event.DELAYED: Urgency.ANSWER,
    Event.FAILED: Urgency.ANSWER,
    Event.EXPIRED: Urgency.NEWS,
    Event.CANCELLED: Urgency.NEWS,
    Event.REMINDER: Urgency.NEWS,
}
RESULTS = frozenset({Event.CREDITED, Event.HELD})
"""Cash was paid, and its payer must hear what became of it."""
_TRUE_IN: dict[Event, Status] = {
    Event.DELAYED: Status.CREATING,
    Event.READY: Status.OPEN,
    Event.SCANNED: Status.OPEN,
    Event.REMINDER: Status.OPEN,
    Event.HELD: Status.PAID,
    Event.CREDITED: Status.CREDITED,
    Event.FAILED: Status.FAILED,
    Event.EXPIRED: Status.EXPIRED,
    Event.CANCELLED: Status.CANCELLED,
}
_BEFORE_THE_END = frozenset({Event.READY, Event.REMINDER})
_ONLY_AT_ONCE = frozenset({Event.DELAYED, Event.SCANNED, Event.REMINDER})
_REFUND_STEPS: dict[RefundStatus, str] = {
    RefundStatus.ASKED: "refund_asked",
    RefundStatus.PROCESSING: "refund_asked",
    RefundStatus.DONE: "refund_done",
    RefundStatus.FAILED: "refund_failed",
    RefundStatus.REFUSED: "",
}
_VIA = ":via:"
_REMEMBERED_FOR = timedelta(days=3)


def queue_of(conversation_id: str) -> Queue:
    """Return where pushes to a conversation wait: each network has its own pace."""
    if conversation_id.startswith(whatsapp.PREFIX):
        return Queue.WHATSAPP_OUTBOX
    return Queue.OUTBOX


def push_id(order: Order, event: Event) -> str:
    """Name the push: one for each event, but a reminder for each end of the code."""
    name = f"{order.merchant_order_no}:{event}"
    if event is Event.REMINDER:
        return f"{name}:{order.expires_at:%Y%m%dT%H%M%SZ}"
    return name


def refund_step(status: RefundStatus) -> str:
    """Name what a payer hears of a refund that stands so; empty for nothing."""
    return _REFUND_STEPS[status]


def refund_push_id(refund: Refund) -> str:
    """Name the push: one for each step of a refund."""
    step = refund_step(refund.status)
    return f"{refund.merchant_order_no}:{step}:{refund.refund_no}"


def refund_push(message_id: str) -> tuple[str, str]:
    """Return the refund that the message tells of, and the step; else twice empty."""
    _, step, *rest = message_id.split(":")
    return (rest[0], step) if step in _REFUND_STEPS.values() and step else ("", "")


def event_of(message_id: str) -> Event | None:
    """Return the event that the message was to tell of; None for an answer."""
    _, event, *_ = message_id.split(":")
    return Event(event) if event in set(Event) else None


def index_of(message_id: str) -> int:
    """Return which of its push's messages it is, whichever chat it was sent to."""
    return int(original_of(message_id).rpartition(":")[2])


def original_of(message_id: str) -> str:
    """Return the message that this one is a copy of, or is itself."""
    return message_id.partition(_VIA)[0]


def push_of(message_id: str) -> str:
    """Return the name of the push that the message is a part of."""
    return original_of(message_id).rpartition(":")[0]


def via(message_id: str, sign: str) -> str:
    """Name the copy of a message that goes to another chat of the payer."""
    return f"{message_id}{_VIA}{sign}"


def is_true(order: Order, event: Event, now: datetime) -> bool:
    """Tell whether that is still how the order stands."""
    if event in _BEFORE_THE_END and now >= order.expires_at:
        return False
    return order.status is _TRUE_IN[event]


def is_mere_news(order: Order, event: Event) -> bool:
    """Tell whether a payer can do without it: it is about no cash that was paid."""
    return URGENCY[event] is Urgency.NEWS and order.paid_at is None


def is_true_later(order: Order, event: Event, now: datetime) -> bool:
    """Tell whether it is still worth saying to a payer who was away.

    What became of cash always is; that nothing was paid, until three days after the
    code's end; what only mattered in the moment, never.
    """
    if event in _ONLY_AT_ONCE or not is_true(order, event, now):
        return False
    return event in RESULTS or now < order.expires_at + _REMEMBERED_FOR
