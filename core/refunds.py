"""Money back to a payer: asked for once, followed to its end, told at each step.

add (its number is fixed) → set aside → PayBy → done, or failed and returned.

The money is set aside before PayBy hears of it: asked afterwards, an account might be
empty, and its owner would have had the credit and the cash. What PayBy has done is all
that leaves the books. PayBy returns it to the wallet that paid, the store's, and the
store gives out the cash.
"""

from dataclasses import dataclass

import structlog

from core.domain.errors import (
    GatewayError,
    GatewayRejected,
    NotRefundable,
)
from core.domain.money import NOTHING, Money
from core.domain.orders import Order, Status
from core.domain.refunds import (
    LONGEST_REASON,
    Obstacle,
    Possible,
    Refund,
    RefundStatus,
    Way,
    left_of,
    new_refund_no,
    obstacle_to_refund,
    obstacle_to_revoke,
)
from core.parts import Parts
from core.refund_care import RefundCare
from core.refunding import Refunding
from core.settlement import Settlement

log = structlog.get_logger()

_AT_ONCE = 5


@dataclass(frozen=True)
class Undone:
    """What revoking an order came to."""

    order: Order
    refund: Refund | None
    """The money that goes back; None for an order that nobody had paid."""


class Refunds:
    """Everything that money goes through on its way back."""

    def __init__(self, parts: Parts, settlement: Settlement) -> None:
        self._terms = parts.terms
        self._gateway = parts.gateway
        self._orders = parts.orders
        self._refunds = parts.refunds
        self._accounts = parts.accounts
        self._clock = parts.clock
        self._settlement = settlement
        self._refunding = Refunding(parts)
        self.care = RefundCare(parts)

    async def preview(self, merchant_order_no: str) -> Possible:
        """Tell what can be given back of an order now. Raises OrderNotFound."""
        order = await self._orders.get(merchant_order_no)
        refunds = tuple(await self._refunds.of_order(merchant_order_no))
        now = self._clock.now()
        left = left_of(order, refunds)
        holds = left
        balance = None
        if order.status is Status.CREDITED:
            balance = await self._accounts.balance(order.account_id)
            if not self._terms.refunds_below_zero:
                holds = max(balance, NOTHING)
        no_refund = obstacle_to_refund(order, refunds, now)
        no_revoke = obstacle_to_revoke(order, refunds, now)
        if order.is_paid and holds < left:
            no_revoke = no_revoke or Obstacle.ACCOUNT_SPENT
            if holds == NOTHING:
                no_refund = no_refund or Obstacle.ACCOUNT_SPENT
        return Possible(
            order=order,
            refunds=refunds,
            left=left,
            most=NOTHING if no_refund else min(left, holds),
            balance=balance,
            no_refund=no_refund,
            no_revoke=no_revoke,
        )

    async def of_order(self, merchant_order_no: str) -> tuple[Refund, ...]:
        """Return the refunds of an order, oldest first."""
        return tuple(await self._refunds.of_order(merchant_order_no))

    async def attend(self, refund_no: str) -> None:
        """Look after a refund now, and not when it is due."""
        await self.care.attend(refund_no)

    async def refund(
        self,
        merchant_order_no: str,
        amount: Money,
        *,
        reason: str,
        by: str,
        request_id: str,
        left: Money,
    ) -> Refund:
        """Give back a sum, and return how that stands; the same request again is one.

        `left` is what `preview` showed to be left: another sum now means that somebody
        was quicker. Raises OrderNotFound or NotRefundable, and then nothing was done.
        """
        return await self._begin(
            merchant_order_no,
            Way.REFUND,
            amount,
            reason=reason,
            by=by,
            request_id=request_id,
            left=left,
        )

    async def revoke(
        self, merchant_order_no: str, *, reason: str, by: str, request_id: str
    ) -> Undone:
        """Undo an order: unpaid it is closed at PayBy, paid all of it goes back.

        The same request again is one. Raises OrderNotFound or NotRefundable, and then
        nothing was done; CHANGED when an order that seemed unpaid was paid meanwhile.
        Raises GatewayError when PayBy does not say what became of an unpaid order.
        """
        order = await self._orders.get(merchant_order_no)
        if order.is_over and order.is_closed:
            return Undone(order, None)
        if not order.is_paid:
            return Undone(await self._revoke_unpaid(order), None)
        refund = await self._begin(
            merchant_order_no,
            Way.REVOKE,
            order.amount,
            reason=reason,
            by=by,
            request_id=request_id,
            left=order.amount,
        )
        return Undone(await self._orders.get(merchant_order_no), refund)

    async def _revoke_unpaid(self, order: Order) -> Order:
        number = order.merchant_order_no
        if obstacle := obstacle_to_revoke(order, (), self._clock.now()):
            raise NotRefundable(number, obstacle)
        order = await self._settlement.ask(order, found_by="revoking")
        if order.is_paid:
            raise NotRefundable(number, Obstacle.CHANGED)
        if order.is_closed:
            return order
        try:
            seen = await self._gateway.revoke_order(number)
        except GatewayRejected:
            seen = await self._gateway.get_order(number)
        except GatewayError:
            await self._orders.look_now([number])
            raise
        return await self._settlement.apply(order, seen, found_by="revoking")

    async def _begin(  # noqa: PLR0913  (one argument per thing that staff decide)
        self,
        merchant_order_no: str,
        way: Way,
        amount: Money,
        *,
        reason: str,
        by: str,
        request_id: str,
        left: Money,
    ) -> Refund:
        """Fix a refund and begin it, unless the request has made one already."""
        refund = await self._refunds.of_request(request_id)
        if refund is None:
            possible = await self.preview(merchant_order_no)
            may_be_spent = possible.no_refund in {None, Obstacle.ACCOUNT_SPENT}
            if may_be_spent and possible.most < amount <= possible.left:
                raise NotRefundable(merchant_order_no, Obstacle.ACCOUNT_SPENT)
            now = self._clock.now()
            new = Refund(
                refund_no=new_refund_no(now),
                request_id=request_id,
                merchant_order_no=merchant_order_no,
                amount=amount,
                way=way,
                status=RefundStatus.ASKED,
                reason=reason[:LONGEST_REASON],
                asked_by=by,
                asked_at=now,
            )
            refund = await self._refunds.add(new, left)
        if refund.is_under_way:
            refund = await self._refunding.go_on(refund)
            await self._refunds.looked(refund.refund_no, is_done=False)
        return refund
