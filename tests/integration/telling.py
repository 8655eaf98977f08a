"""Orders in every state, and what their payers were told."""

from datetime import timedelta

from bot.pushes import push_id
from core.domain.orders import Event, Order, Status
from tests.fakes import a_payment, an_order
from tests.integration.conftest import Town, done, until

HOUR = timedelta(hours=1)
TRUE_IN = {
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


async def an_order_in(town: Town, status: Status, chat: str = "") -> Order:
    """Bring an order as far as that, in a chat of its own unless told otherwise."""
    account = await town.account()
    unique = town.number()
    number = f"T261124-{unique:08}"
    await town.orders.add(
        an_order(
            number,
            conversation_id=chat or f"tg:{600_000 + unique}",
            account_id=account.id,
            created_at=town.clock.now(),
            expires_at=town.clock.now() + 24 * HOUR,
        )
    )
    order = await town.orders.get(number)
    if status in {Status.CREATING, Status.FAILED}:
        return await moved(town, order, status)
    order = await town.orders.opened(number, "131", "https://qr/1", order.expires_at)
    return await moved(town, order, status)


async def moved(town: Town, order: Order, status: Status) -> Order:
    """Let an order move on."""
    number = order.merchant_order_no
    if status in {Status.FAILED, Status.EXPIRED, Status.CANCELLED}:
        return await town.orders.ended(number, status, is_closed=True)
    if status in {Status.PAID, Status.CREDITED}:
        payment = a_payment(order)
        order = (await town.orders.settle(number, payment, "notice")).order
    if status is Status.CREDITED:
        await town.accounts.credit(order)
        order = await town.orders.credited(number)
    return order


async def told(town: Town, order: Order, *events: Event) -> list[str]:
    """Tell events in turn; return what the payer's chat shows at the end."""
    for event in events:
        await town.outbox.tell(order, event)
        await done(push_id(order, event))
    return shown(town, order)


def shown(town: Town, order: Order) -> list[str]:
    chat = town.channel.shown.get(order.conversation_id, [])
    return [message.text for message in chat]


def code_shown(town: Town, order: Order) -> tuple[str, bool]:
    """The stamp on the card, and whether it still has buttons."""
    chat = town.channel.shown[order.conversation_id]
    [message] = [message for message in chat if message.card]
    assert message.card
    return message.card.stamp, bool(message.choices)


async def code_becomes(town: Town, order: Order, stamp: str) -> None:
    async def it_has() -> bool:
        return code_shown(town, order) == (stamp, False)

    await until(it_has)
