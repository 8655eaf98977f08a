"""A crowd of payers whose codes wait to be paid: more than phones could ask for."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from core.database.engine import Database
from core.database.messages import Delivery
from core.database.tables.messages import MessageRow
from core.database.tables.orders import OrderRow
from core.database.whatsapp import SqlContacts
from core.domain.money import Money
from core.domain.orders import Event, Order, Status, new_order_no
from tests.contract.sandbox.payby.merchant import Merchant, now_ms
from tests.phones import Phone
from tests.whatsapp_phones import WhatsAppPhone
from tests.world import World

LIFE = timedelta(minutes=30)
LOOKED_AT = 8
"""So often each was looked at, so that it is looked at every four hours from now on."""
DUE = timedelta(seconds=2)
"""So long after it was put there it is looked at for the first time."""


@dataclass(frozen=True)
class Waiting:
    """An order of the crowd."""

    number: str
    qr: str
    phone: Phone


def let_wait(world: World, phones: Sequence[Phone]) -> list[Waiting]:
    """Put an open order for each payer in PayBy's book and in the product's.

    PayBy's is filled by its own calls, the product's by its own tables, as if each
    payer had just got the code.
    """
    world.keep_accounts(*(phone.account for phone in phones))
    chats = asyncio.run(_chats(world, phones))
    merchant = Merchant(world.desk.url, world.desk.data / "keys")
    orders = [
        _placed(world, merchant, phone, chat)
        for phone, chat in zip(phones, chats, strict=True)
    ]
    merchant.http.close()
    asyncio.run(_keep(world, orders))
    return [
        Waiting(order.merchant_order_no, order.token_url, phone)
        for order, phone in zip(orders, phones, strict=True)
    ]


async def _chats(world: World, phones: Sequence[Phone]) -> list[str]:
    """Return each payer's chat; on WhatsApp they have just written to us."""
    database = Database(f"sqlite:///{world.desk.database}")
    contacts, now = SqlContacts(database), datetime.now(UTC)
    chats = [
        await contacts.heard(phone.name, "", now)
        if isinstance(phone, WhatsAppPhone)
        else f"tg:{phone.name}"
        for phone in phones
    ]
    await database.close()
    return chats


def _placed(world: World, merchant: Merchant, phone: Phone, chat: str) -> Order:
    now = datetime.now(UTC)
    number = new_order_no(now)
    placed = merchant.place(
        number,
        expiredTime=now_ms() + LIFE // timedelta(milliseconds=1),
        notifyUrl=f"{world.desk.app_url}/payby/notices",
    )
    return Order(
        merchant_order_no=number,
        draft_id=f"draft-{number}",
        conversation_id=chat,
        account_id=phone.account,
        account_name=phone.account,
        amount=Money(50_00),
        status=Status.OPEN,
        created_at=now,
        expires_at=now + LIFE,
        payby_order_no=placed.order["orderNo"],
        token_url=placed.token_url,
    )


async def _keep(world: World, orders: Sequence[Order]) -> None:
    database = Database(f"sqlite:///{world.desk.database}")
    now = datetime.now(UTC)
    rows: list[OrderRow | MessageRow] = []
    for order in orders:
        row = OrderRow.of(order)
        row.looks, row.look_at = LOOKED_AT, now + DUE
        rows += [row, _shown(order, now)]
    await database.write(lambda session: session.add_all(rows))
    await database.close()


def _shown(order: Order, at: datetime) -> MessageRow:
    """Say that the payer has the code."""
    return MessageRow(
        id=f"{order.merchant_order_no}:{Event.READY}:0",
        conversation_id=order.conversation_id,
        merchant_order_no=order.merchant_order_no,
        shows_code=False,
        state=Delivery.SENT,
        unconfirmed=1,
        provider_ref="1",
        at=at,
    )
