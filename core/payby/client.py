"""The client of PayBy: every call that Cash Top Up needs, as a typed method.

Each method signs its request, believes only what PayBy signed, and raises
GatewayUnavailable (not done), OutcomeUnknown (maybe done) or GatewayRejected (final).
Where an order can be named by our number or by PayBy's, a method takes either, never
both.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime

import httpx

from core.domain.money import Money
from core.domain.payments import GatewayStatus
from core.payby import calls, wire
from core.payby.calls import Call, Merchant, Question
from core.payby.codec import JsonObject, WireError
from core.payby.exchange import Exchanges, OnExchange, tell_nobody
from core.payby.fields import Fields
from core.ports import Clock, NewOrder, NewRefund

PAID = (GatewayStatus.PAID_SUCCESS, GatewayStatus.SETTLED)
MOST_PAGES = 10  # of a hundred orders each; a hint needs no more


class PayByClient:
    """PayBy over HTTP; the gateway of the story of a top-up, and every other call."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        merchant: Merchant,
        clock: Clock,
        on_exchange: OnExchange = tell_nobody,
    ) -> None:
        self._merchant = merchant
        self._exchanges = Exchanges(http, merchant, clock, on_exchange)

    async def create_order(self, new: NewOrder) -> wire.AcquireOrder:
        """Make the code; the same NewOrder again returns the same order."""
        return await self._ask_order(
            calls.CREATE_ORDER,
            calls.cash_top_up(new, self._merchant),
            new.merchant_order_no,
            parse=wire.parse_created,
        )

    async def get_order(
        self, merchant_order_no: str = "", *, payby_order_no: str = ""
    ) -> wire.AcquireOrder:
        """Tell the order as it is now; rejects a number PayBy does not know (62004)."""
        return await self._ask_named(calls.GET_ORDER, merchant_order_no, payby_order_no)

    async def cancel_order(
        self, merchant_order_no: str = "", *, payby_order_no: str = ""
    ) -> wire.AcquireOrder:
        """Close an unpaid order for good; rejects one that is paid (62001, 62003)."""
        return await self._ask_named(
            calls.CANCEL_ORDER, merchant_order_no, payby_order_no
        )

    async def revoke_order(
        self, merchant_order_no: str = "", *, payby_order_no: str = ""
    ) -> wire.AcquireOrder:
        """Undo an order whatever became of it: unpaid is closed, paid given back."""
        return await self._ask_named(
            calls.REVOKE_ORDER, merchant_order_no, payby_order_no
        )

    async def change_expiry(
        self,
        merchant_order_no: str,
        expires_at: datetime,
        *,
        payby_order_no: str = "",
    ) -> wire.AcquireOrder:
        """Let an unpaid order end at another time, at most 15 days from now (62089).

        Rejects one that is paid (62001, 62003) or ended (62002).
        """
        named = calls.order_named(merchant_order_no, payby_order_no)
        content = {**named, "expiredTime": calls.milliseconds(expires_at)}
        return await self._ask_order(
            calls.CHANGE_EXPIRY, content, merchant_order_no, payby_order_no
        )

    async def refund_order(self, new: NewRefund) -> wire.RefundOrder:
        """Give money back; the same NewRefund again returns the same refund."""
        question = Question(
            call=calls.REFUND_ORDER,
            biz_content=calls.refund(new, self._merchant),
            order_no=new.merchant_order_no or new.payby_order_no,
        )
        return await self._ask_refund(question, new.refund_merchant_order_no)

    async def get_refund(
        self, refund_no: str = "", *, payby_order_no: str = "", about: str = ""
    ) -> wire.RefundOrder:
        """Tell the refund as it is now; both numbers are the refund's own.

        `about` is our number of the order, under which the question is kept.
        """
        named = calls.refund_named(refund_no, payby_order_no)
        question = Question(
            call=calls.GET_REFUND,
            biz_content=named,
            order_no=about or refund_no or payby_order_no,
        )
        return await self._ask_refund(question, refund_no, payby_order_no)

    async def was_scanned(self, token_url: str) -> bool:
        """Tell whether a cashier has the code on the POS."""
        return await self.scanned_by(token_url) is not None

    async def scanned_by(self, token_url: str) -> str | None:
        """Return the masked phone number of who scanned the code; None for nobody."""
        question = Question(call=calls.WAS_SCANNED, biz_content={"tokenUrl": token_url})
        payer = await self._exchanges.ask(question, wire.parse_payer)
        return payer.mobile_number_mask or None

    async def get_order_payer(
        self, merchant_order_no: str = "", *, payby_order_no: str = ""
    ) -> wire.Payer:
        """Tell who paid the order."""
        return await self._exchanges.ask(
            Question(
                call=calls.GET_ORDER_PAYER,
                biz_content=calls.order_named(merchant_order_no, payby_order_no),
                order_no=merchant_order_no or payby_order_no,
            ),
            wire.parse_payer,
        )

    async def orders_between(
        self,
        start: date,
        end: date,
        *,
        statuses: Sequence[str] = (),
        number: int = 0,
        size: int = 100,
    ) -> wire.Page[wire.AcquireOrder]:
        """Return a page (from 0) of the orders of these days, Gulf time."""
        content = calls.day_range(start, end, statuses, number, size)
        return await self._exchanges.ask(
            Question(call=calls.ORDERS_BETWEEN, biz_content=content),
            lambda body: wire.parse_page(body, wire.parse_order),
        )

    async def paid_orders(self, start: date, end: date) -> Sequence[wire.AcquireOrder]:
        """Return the paid orders of these days, Gulf time: the first ten pages of them.

        What was paid and then revoked is left out.
        """
        paid: list[wire.AcquireOrder] = []
        for number in range(MOST_PAGES):
            page = await self.orders_between(start, end, statuses=PAID, number=number)
            paid += [order for order in page.items if order.is_paid]
            if number + 1 >= page.total_pages:
                break
        return paid

    async def refunds_between(
        self,
        start: date,
        end: date,
        *,
        statuses: Sequence[str] = (),
        number: int = 0,
        size: int = 100,
    ) -> wire.Page[wire.RefundOrder]:
        """Return a page (from 0) of the refunds of these days, Gulf time."""
        content = calls.day_range(start, end, statuses, number, size)
        return await self._exchanges.ask(
            Question(call=calls.REFUNDS_BETWEEN, biz_content=content),
            lambda body: wire.parse_page(body, wire.parse_refund),
        )

    async def refunds(self, start: date, end: date) -> Sequence[wire.RefundOrder]:
        """Return the refunds of these days, Gulf time: the first ten pages of them."""
        refunds: list[wire.RefundOrder] = []
        for number in range(MOST_PAGES):
            page = await self.refunds_between(start, end, number=number)
            refunds += page.items
            if number + 1 >= page.total_pages:
                break
        return refunds

    async def statement(self, day: date) -> bytes:
        """Fetch the ZIP of a day's statement, Gulf time; see `statement.py`.

        Rejected with 62013 when there is none and 62014 when there is none yet.
        """
        question = Question(
            call=calls.STATEMENT, biz_content={"statementDate": f"{day:%Y%m%d}"}
        )
        return await self._exchanges.fetch(question)

    async def balance(self) -> Money:
        """Tell what the merchant has at PayBy in AED."""
        question = Question(call=calls.BALANCE, biz_content={"currencyCode": "AED"})
        return await self._exchanges.ask(question, wire.parse_balance)

    async def _ask_named(
        self, call: Call, merchant_order_no: str, payby_order_no: str
    ) -> wire.AcquireOrder:
        named = calls.order_named(merchant_order_no, payby_order_no)
        return await self._ask_order(call, named, merchant_order_no, payby_order_no)

    async def _ask_order(
        self,
        call: Call,
        biz_content: JsonObject,
        merchant_order_no: str,
        payby_order_no: str = "",
        parse: Callable[[Fields], wire.AcquireOrder] = wire.parse_answered,
    ) -> wire.AcquireOrder:
        def parse_same(body: Fields) -> wire.AcquireOrder:
            order = parse(body)
            _demand_same(merchant_order_no, order.merchant_order_no)
            _demand_same(payby_order_no, order.payby_order_no)
            return order

        order_no = merchant_order_no or payby_order_no
        question = Question(call=call, biz_content=biz_content, order_no=order_no)
        return await self._exchanges.ask(question, parse_same)

    async def _ask_refund(
        self,
        question: Question,
        refund_merchant_order_no: str,
        payby_order_no: str = "",
    ) -> wire.RefundOrder:
        def parse_same(body: Fields) -> wire.RefundOrder:
            refund = wire.parse_refunded(body)
            _demand_same(refund_merchant_order_no, refund.refund_merchant_order_no)
            _demand_same(payby_order_no, refund.payby_order_no)
            return refund

        return await self._exchanges.ask(question, parse_same)


def _demand_same(asked: str, told: str) -> None:
    """Catch an old answer played back, which would be signed all the same."""
    if asked and asked != told:
        raise WireError(f"It is about {told}.")
