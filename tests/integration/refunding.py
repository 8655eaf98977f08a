"""Paid orders whose money goes back, and the books that show where it is."""

import json
from collections import Counter
from itertools import count

from sqlmodel import select

from core.database.tables.orders import PostingRow
from core.domain.accounts import Account
from core.domain.ledger import PAYBY, SET_ASIDE, UNALLOCATED, online_account
from core.domain.money import Money
from core.domain.orders import Order
from core.domain.payments import GatewayRefund
from core.domain.refunds import Refund
from core.refunds import Undone
from tests.integration.conftest import Town

_wishes = count(1)


async def paid(town: Town) -> Order:
    """Let a payer top up 50 dirhams, and the account have them."""
    order = await town.created()
    town.gateway.pay(order.merchant_order_no)
    return await town.topups.check(order.merchant_order_no)


async def held(town: Town) -> Order:
    """Let a payer pay for an account that was closed meanwhile."""
    order = await town.created()
    await open_again(town, order, is_open=False)
    town.gateway.pay(order.merchant_order_no)
    return await town.topups.check(order.merchant_order_no)


async def open_again(town: Town, order: Order, *, is_open: bool = True) -> None:
    await town.accounts.keep([Account(order.account_id, "DesertFalcon", is_open)])


async def spend(town: Town, order: Order, fils: int) -> None:
    """Let the account's owner spend some of it."""
    sides = ((online_account(order.account_id), fils), ("shop", -fils))
    rows = [
        PostingRow(
            merchant_order_no=f"spent-{order.merchant_order_no}",
            kind="spent",
            ledger_account=account,
            amount_fils=amount,
            at=town.clock.now(),
        )
        for account, amount in sides
    ]
    await town.database.write(lambda session: session.add_all(rows))


async def refund(
    town: Town, order: Order, fils: int, *, left: int = 5000, wish: str = ""
) -> Refund:
    """Let support give back a sum, having seen how much is left."""
    return await town.topups.refunds.refund(
        order.merchant_order_no,
        Money(fils),
        reason="Wrong account",
        by="agent-1",
        request_id=wish or f"wish-{next(_wishes)}",
        left=Money(left),
    )


async def revoke(town: Town, order: Order, *, wish: str = "") -> Undone:
    """Let support undo an order."""
    return await town.topups.refunds.revoke(
        order.merchant_order_no,
        reason="Wrong account",
        by="agent-1",
        request_id=wish or f"wish-{next(_wishes)}",
    )


async def looked_after(town: Town, refund: Refund) -> Refund:
    """Let a refund's turn come; return how it stands then."""
    await town.topups.refunds.care.attend(refund.refund_no)
    return await town.refunds.get(refund.refund_no)


async def books(town: Town, order: Order) -> dict[str, int]:
    """Tell in fils where the order's money is, by the ledger; never nothing."""
    own = select(PostingRow).where(
        PostingRow.merchant_order_no == order.merchant_order_no
    )
    rows = await town.database.read(lambda session: session.exec(own).all())
    sums: Counter[str] = Counter()
    for row in rows:
        sums[row.ledger_account] += row.amount_fils
    names = {
        PAYBY: "payby",
        UNALLOCATED: "unallocated",
        SET_ASIDE: "aside",
        online_account(order.account_id): "account",
    }
    return {names[account]: fils for account, fils in sums.items() if fils}


def notice(seen: GatewayRefund, **changed: object) -> str:
    """Write PayBy's notice of a refund, with some of its facts changed."""
    told = {
        "refundMerchantOrderNo": seen.refund_merchant_order_no,
        "orderNo": seen.payby_order_no,
        "originMerchantOrderNo": seen.origin_merchant_order_no,
        "status": str(seen.status),
        "amount": {"amount": float(seen.amount), "currency": seen.currency},
    }
    return json.dumps({"notify_id": "202611240009", "refundOrder": told | changed})
