"""Gets a code from PayBy, and never two for one wish."""

import asyncio
from enum import StrEnum

import structlog

from core.domain.cases import CaseKind
from core.domain.errors import (
    GatewayError,
    GatewayRefusesUs,
    GatewayRejected,
)
from core.domain.orders import Event, Order, Status
from core.domain.payments import GatewayOrder, GatewayStatus, contradiction
from core.parts import Parts
from core.ports import NewOrder
from core.settlement import NUMBER_UNKNOWN, Settlement

log = structlog.get_logger()

_NUMBER_TAKEN = "62016"


class Outcome(StrEnum):
    """What came of asking PayBy for a code."""

    DONE = "done"  # our order says how it stands
    REFUSED = "refused"  # nothing was made
    CONFLICT = "conflict"  # the number belongs to something that we did not ask for
    UNCLEAR = "unclear"  # it may have been made
    UNTOLD = "untold"  # the same, and PayBy answers no question about it


_IN_DOUBT = {Outcome.UNCLEAR, Outcome.UNTOLD}


class Creation:
    """Asks for a code: what is unknown is asked, not guessed."""

    def __init__(self, parts: Parts, settlement: Settlement) -> None:
        self._terms = parts.terms
        self._pace = parts.terms.pace
        self._gateway = parts.gateway
        self._orders = parts.orders
        self._notifier = parts.notifier
        self._support = parts.support
        self._settlement = settlement

    async def get_code(self, merchant_order_no: str) -> None:
        """Bring a new order to its code, or to an honest end.

        PayBy: review cases 2 to 8. An unclear creation is asked after every few
        seconds and repeated under the same number; what stays unclear is called off,
        and so is what is refused then: an earlier request may be on its way still.
        Support hears of it where PayBy answered no question.
        """
        outcome = await self._ask(merchant_order_no)
        is_closed = outcome is Outcome.REFUSED
        if outcome is Outcome.UNCLEAR:
            order = await self._orders.get(merchant_order_no)
            await self._notifier.tell(order, Event.DELAYED)
            outcome = await self._ask_again(merchant_order_no)
        if outcome is not Outcome.DONE and not is_closed:
            is_closed = await self._call_off(merchant_order_no)
            if outcome is Outcome.UNTOLD and is_closed:
                kind = CaseKind.QUERY_FAILING
                await self._support.open_case(kind, merchant_order_no, {})
        await self._tell_how_it_went(merchant_order_no, is_closed=is_closed)

    async def _ask(self, merchant_order_no: str) -> Outcome:
        """Send Create Order; the same number again brings the same code.

        Not for an order that has its code or has ended: a crash before the end of
        this job must not bring back to life at PayBy what was told as failed.
        """
        order = await self._orders.get(merchant_order_no)
        if order.status is not Status.CREATING:
            return Outcome.DONE
        new = NewOrder(
            merchant_order_no=merchant_order_no,
            amount=order.amount,
            subject=self._terms.subject,
            expires_at=order.expires_at,
        )
        try:
            await self._clear_the_way(order)
            made = await self._gateway.create_order(new)
        except GatewayRejected as refusal:
            log.warning("creation_refused", order=merchant_order_no, code=refusal.code)
            taken = refusal.code == _NUMBER_TAKEN
            return Outcome.CONFLICT if taken else Outcome.REFUSED
        except GatewayError as trouble:
            await self._note_trouble(merchant_order_no, trouble)
            return Outcome.UNCLEAR
        return await self._take(order, made)

    async def _clear_the_way(self, order: Order) -> None:
        """Close what this payer had for the account and PayBy may still take.

        Raises GatewayError when PayBy does not say that it is closed.
        """
        for old in await self._orders.unclosed(order.conversation_id, order.account_id):
            await self._settlement.make_sure_it_is_closed(old)

    async def _ask_again(self, merchant_order_no: str) -> Outcome:
        """Ask what became of it, and repeat it, until that is clear or for too long."""
        time = asyncio.get_running_loop().time
        too_long = time() + self._pace.creation_patience.total_seconds()
        outcome = Outcome.UNCLEAR
        while outcome in _IN_DOUBT and time() < too_long:
            await asyncio.sleep(self._pace.ask_again.total_seconds())
            outcome = await self._look_and_repeat(merchant_order_no)
        return outcome

    async def _look_and_repeat(self, merchant_order_no: str) -> Outcome:
        order = await self._orders.get(merchant_order_no)
        try:
            seen = await self._gateway.get_order(merchant_order_no)
        except GatewayRejected as refusal:
            if refusal.code != NUMBER_UNKNOWN:
                return Outcome.UNTOLD
        except GatewayError:
            return Outcome.UNTOLD
        else:
            if seen.status is not GatewayStatus.CREATED:
                return await self._take(order, seen)
        return await self._ask(merchant_order_no)

    async def _take(self, order: Order, made: GatewayOrder) -> Outcome:
        if fault := contradiction(order, made, self._terms.payee_mid):
            await self._settlement.contradicted(order, fault)
            return Outcome.CONFLICT
        if made.status is GatewayStatus.UNKNOWN:
            return Outcome.UNCLEAR
        if made.status is not GatewayStatus.CREATED:
            await self._settlement.apply(order, made, found_by="creating")
            return Outcome.DONE
        opened = await self._orders.opened(
            order.merchant_order_no,
            made.payby_order_no,
            made.token_url,
            made.expires_at or order.expires_at,
        )
        return Outcome.DONE if opened.is_waiting or opened.is_paid else Outcome.UNCLEAR

    async def _call_off(self, merchant_order_no: str) -> bool:
        """See to it that no code that nobody was shown lives on at PayBy.

        Return whether that is certain; the watch goes on trying when it is not.
        """
        order = await self._orders.get(merchant_order_no)
        for again in range(self._pace.most_cancels):
            if again:
                await asyncio.sleep(self._pace.cancel_again.total_seconds())
            try:
                return await self._settlement.close_there(order)
            except GatewayError as trouble:
                why = str(trouble)
        await self._support.open_case(
            CaseKind.CANCEL_FAILING, merchant_order_no, {"payby_says": why}
        )
        return False

    async def _tell_how_it_went(
        self, merchant_order_no: str, *, is_closed: bool
    ) -> None:
        order = await self._orders.get(merchant_order_no)
        if order.status in {Status.CREATING, Status.FAILED}:
            order = await self._settlement.end(
                order, Status.FAILED, Event.FAILED, is_closed=is_closed
            )
        if order.status is Status.OPEN:
            await self._notifier.tell(order, Event.READY)

    async def _note_trouble(
        self, merchant_order_no: str, trouble: GatewayError
    ) -> None:
        log.warning("creation_unclear", order=merchant_order_no, why=str(trouble))
        if isinstance(trouble, GatewayRefusesUs):
            await self._support.open_case(
                CaseKind.REFUSED_BY_PAYBY, merchant_order_no, {"why": str(trouble)}
            )
