"""The life of one top-up, from the payer's confirmation to the credited account.

start → create (PayBy makes the code) → notice or look → settle → credit → tell.
Each of these may run again from its beginning after a crash: every effect has a fixed
number or id, so that the second time changes nothing.
"""

import asyncio
from datetime import datetime
from enum import StrEnum

import structlog
from dbos import DBOS, DBOSConfiguredInstance

from core import engine
from core.domain.accounts import Account
from core.domain.errors import (
    AccountNotCreditable,
    AmountOutOfLimits,
    GatewayError,
    GatewayRejected,
    IllegalMove,
    OrderNotFound,
)
from core.domain.money import Money
from core.domain.orders import Event, Order, Status, new_order_no
from core.domain.payments import GatewayOrder, GatewayStatus, contradiction
from core.domain.terms import Terms
from core.payby.codec import WireError
from core.payby.wire import parse_notice
from core.ports import (
    Accounts,
    Clock,
    NewOrder,
    Notifier,
    Orders,
    PaymentGateway,
    Verdict,
)

log = structlog.get_logger()

_NUMBER_UNKNOWN = "62004"
_NUMBER_TAKEN = "62016"
_ENDED_AT_PAYBY = {"62002", _NUMBER_UNKNOWN}


class Creation(StrEnum):
    """What came of asking PayBy for a code."""

    DONE = "done"  # our order says how it stands
    REFUSED = "refused"  # nothing was made
    CONFLICT = "conflict"  # the number belongs to something that we did not ask for
    UNCLEAR = "unclear"  # it may have been made


@DBOS.dbos_class("TopUps")
class TopUps(DBOSConfiguredInstance):
    """Everything a payer's order goes through."""

    def __init__(
        self,
        *,
        terms: Terms,
        gateway: PaymentGateway,
        orders: Orders,
        accounts: Accounts,
        notifier: Notifier,
        clock: Clock,
    ) -> None:
        super().__init__("topups")
        self.limits = terms.limits
        self._terms = terms
        self._pace = terms.pace
        self._gateway = gateway
        self._orders = orders
        self._accounts = accounts
        self._notifier = notifier
        self._clock = clock

    async def find_account(self, account_id: str) -> Account:
        """Return an account that can be credited. Raises AccountNotCreditable."""
        account = await self._accounts.find(account_id)
        if account is None or not account.is_open:
            raise AccountNotCreditable(account_id, account is not None)
        return account

    def check_amount(self, amount: Money) -> None:
        """Raise AmountOutOfLimits unless one order may be that much."""
        if not self.limits.minimum <= amount <= self.limits.maximum:
            raise AmountOutOfLimits(self.limits.minimum, self.limits.maximum)

    async def start(
        self, *, draft_id: str, conversation_id: str, account_id: str, amount: Money
    ) -> Order:
        """Take a confirmed top-up on; the same draft again is the same order.

        Raises AccountNotCreditable or AmountOutOfLimits, and then nothing exists.
        """
        self.check_amount(amount)
        account = await self.find_account(account_id)
        now = self._clock.now()
        order = await self._orders.add(
            Order(
                merchant_order_no=new_order_no(now),
                draft_id=draft_id,
                conversation_id=conversation_id,
                account_id=account.id,
                account_name=account.masked_name,
                amount=amount,
                status=Status.CREATING,
                created_at=now,
                expires_at=now + self._terms.lifetime,
            )
        )
        number = order.merchant_order_no
        await engine.start(f"{number}:create", self.create, number)
        return order

    @engine.job("create")
    async def create(self, merchant_order_no: str) -> None:
        """Get the code from PayBy, and never two: unknown is asked, not guessed."""
        outcome = await self._ask_for_code(merchant_order_no)
        if outcome is Creation.UNCLEAR:
            order = await self._orders.get(merchant_order_no)
            await self._notifier.tell(order, Event.DELAYED)
        for _ in range(self._pace.most_asks):
            if outcome is not Creation.UNCLEAR:
                break
            await asyncio.sleep(self._pace.ask_again.total_seconds())
            outcome = await self._ask_for_code_again(merchant_order_no)
        if outcome in {Creation.UNCLEAR, Creation.CONFLICT}:
            await self._call_off(merchant_order_no)
        await self._finish_creation(merchant_order_no)

    async def _ask_for_code(self, merchant_order_no: str) -> Creation:
        """Send Create Order; the same number again brings the same code.

        Not for an order that has its code or has ended: a crash before the end of
        this job must not bring back to life at PayBy what was told as failed.
        """
        order = await self._orders.get(merchant_order_no)
        if order.status is not Status.CREATING:
            return Creation.DONE
        new = NewOrder(
            merchant_order_no=merchant_order_no,
            amount=order.amount,
            subject=self._terms.subject,
            expires_at=order.expires_at,
        )
        try:
            made = await self._gateway.create_order(new)
        except GatewayRejected as refusal:
            log.warning("creation_refused", order=merchant_order_no, code=refusal.code)
            taken = refusal.code == _NUMBER_TAKEN
            return Creation.CONFLICT if taken else Creation.REFUSED
        except GatewayError as trouble:
            log.warning("creation_unclear", order=merchant_order_no, why=str(trouble))
            return Creation.UNCLEAR
        return await self._take_code(order, made)

    async def _ask_for_code_again(self, merchant_order_no: str) -> Creation:
        """Ask what became of a creation; repeat it unless it ended otherwise."""
        order = await self._orders.get(merchant_order_no)
        try:
            seen = await self._gateway.get_order(merchant_order_no)
        except GatewayRejected as refusal:
            if refusal.code != _NUMBER_UNKNOWN:
                return Creation.UNCLEAR
        except GatewayError:
            return Creation.UNCLEAR
        else:
            if seen.status is not GatewayStatus.CREATED:
                return await self._take_code(order, seen)
        return await self._ask_for_code(merchant_order_no)

    async def _finish_creation(self, merchant_order_no: str) -> None:
        """Tell how it went, and see to it that PayBy is asked at the end."""
        order = await self._orders.get(merchant_order_no)
        if order.status is Status.OPEN:
            await self._notifier.tell(order, Event.READY)
        elif order.status is Status.CREATING:
            await self._end(order)
        look_at = order.expires_at + self._pace.after_the_end
        await self._look_later(order, look=0, at=look_at)

    async def _take_code(self, order: Order, made: GatewayOrder) -> Creation:
        if fault := contradiction(order, made, self._terms.payee_mid):
            await self._conflict(order, fault)
            return Creation.CONFLICT
        if made.status is GatewayStatus.UNKNOWN:
            return Creation.UNCLEAR
        if made.status is GatewayStatus.CREATED:
            await self._orders.opened(
                order.merchant_order_no,
                made.payby_order_no,
                made.token_url,
                made.expires_at or order.expires_at,
            )
        else:
            await self._apply(order, made)
        return Creation.DONE

    async def _call_off(self, merchant_order_no: str) -> None:
        """See to it that no code that nobody was shown lives on at PayBy."""
        for again in range(self._pace.most_cancels):
            if again:
                await asyncio.sleep(self._pace.cancel_again.total_seconds())
            if await self._cancel_at_payby(merchant_order_no):
                return
        log.error("cancel_keeps_failing", order=merchant_order_no)

    async def _cancel_at_payby(self, merchant_order_no: str) -> bool:
        """Cancel there; true when PayBy has said how the order stands."""
        try:
            await self._gateway.cancel_order(merchant_order_no)
        except GatewayRejected as refusal:
            return refusal.code in _ENDED_AT_PAYBY or await self._was_paid(
                merchant_order_no
            )
        except GatewayError:
            return False
        return True

    async def _was_paid(self, merchant_order_no: str) -> bool:
        try:
            return (await self.check(merchant_order_no)).is_paid
        except GatewayError:
            return False

    async def check(self, merchant_order_no: str) -> Order:
        """Ask PayBy how the order stands and act on it. Raises GatewayError."""
        order = await self._orders.get(merchant_order_no)
        seen = await self._gateway.get_order(merchant_order_no)
        order = await self._apply(order, seen)
        if order.status is Status.OPEN and await self._is_at_a_till(order):
            await self._notifier.tell(order, Event.SCANNED)
        return order

    async def _is_at_a_till(self, order: Order) -> bool:
        try:
            return await self._gateway.was_scanned(order.token_url)
        except GatewayError:
            return False  # nice to know, never worth a failed check

    async def heed(self, body: str) -> Verdict:
        """Take an authentic notice as evidence; settle what agrees with our order.

        What does not is asked at PayBy. The same notice again changes nothing.
        """
        try:
            notice = parse_notice(body.encode())
        except WireError as fault:
            return Verdict("unreadable", "", f"kept: {fault}")
        if notice.order is None:
            return Verdict(notice.kind, "", "kept: nothing to do for its kind")
        number = notice.order.merchant_order_no
        return Verdict(notice.kind, number, await self._judge(notice.order))

    async def _judge(self, seen: GatewayOrder) -> str:
        number = seen.merchant_order_no
        try:
            order = await self._orders.get(number)
        except OrderNotFound:
            job_id = f"{number}:stranger"
            await engine.start(job_id, self.ask_about_stranger, number)
            return "PayBy is asked: no order of ours has that number"
        return await self._weigh(order, seen)

    @engine.job("ask_about_stranger")
    async def ask_about_stranger(self, merchant_order_no: str) -> None:
        """Find out what PayBy knows of a number that is none of ours; credit nothing.

        Apart from the notice, so that no slow answer holds up the notices behind it.
        """
        try:
            says: str = (await self._gateway.get_order(merchant_order_no)).status
        except GatewayError as trouble:
            says = str(trouble)
        log.error("notice_for_unknown_order", order=merchant_order_no, payby_says=says)
        await self._orders.note(merchant_order_no, "stranger", {"payby_says": says})

    async def _weigh(self, order: Order, seen: GatewayOrder) -> str:
        fault = contradiction(order, seen, self._terms.payee_mid)
        if seen.is_paid and not fault:
            await self._settle(order, seen)
            return "paid"
        if fault:
            await self._conflict(order, fault)
        await self._look_later(order, look=0, at=self._clock.now())
        return f"PayBy is asked: {fault or seen.status}"

    @engine.job("look")
    async def look(self, merchant_order_no: str, look: int) -> None:
        """Ask PayBy about an order that has ended or told two stories; act on it.

        When PayBy cannot be asked, look again later.
        """
        order = await self._orders.get(merchant_order_no)
        try:
            seen = await self._gateway.get_order(merchant_order_no)
            order = await self._apply(order, seen)
            if order.is_waiting and self._clock.now() >= order.expires_at:
                await self._gateway.cancel_order(merchant_order_no)
                await self._end(order)
        except GatewayError as trouble:
            log.warning("look_failed", order=merchant_order_no, why=str(trouble))
            if look < len(self._pace.looks):
                again_at = self._clock.now() + self._pace.looks[look]
                await self._look_later(order, look=look + 1, at=again_at)

    async def _apply(self, order: Order, seen: GatewayOrder) -> Order:
        """Move our order to where PayBy says it is, if it is the same order."""
        if fault := contradiction(order, seen, self._terms.payee_mid):
            await self._conflict(order, fault)
            return order
        if seen.is_paid:
            return await self._settle(order, seen)
        if seen.status is GatewayStatus.FAILURE and order.is_waiting:
            return await self._end(order)
        return order

    async def _settle(self, order: Order, payment: GatewayOrder) -> Order:
        """Book, credit and tell: each once, however often and at once this runs."""
        settled = await self._orders.settle(order.merchant_order_no, payment)
        try:
            await self._accounts.credit(settled.order)
        except AccountNotCreditable:
            log.error("held", order=order.merchant_order_no)  # noqa: TRY400
            await self._notifier.tell(settled.order, Event.HELD)
            return settled.order
        credited = await self._orders.credited(order.merchant_order_no)
        await self._notifier.tell(credited, Event.CREDITED)
        return credited

    async def _end(self, order: Order) -> Order:
        made = order.status is Status.OPEN
        status = Status.EXPIRED if made else Status.FAILED
        try:
            ended = await self._orders.ended(order.merchant_order_no, status)
        except IllegalMove:  # it got its code in this very moment
            return await self._end(await self._orders.get(order.merchant_order_no))
        if ended.status is status:
            await self._notifier.tell(ended, Event.EXPIRED if made else Event.FAILED)
        return ended

    async def _look_later(self, order: Order, *, look: int, at: datetime) -> None:
        number = order.merchant_order_no
        await engine.enqueue(
            engine.Queue.LATER,
            f"{number}:look:{look}:{at:%Y%m%dT%H%M%S}",
            self.look,
            number,
            look,
            delay=at - self._clock.now(),
        )

    async def _conflict(self, order: Order, fault: str) -> None:
        log.error("order_contradicted", order=order.merchant_order_no, fault=fault)
        await self._orders.note(order.merchant_order_no, "conflict", {"fault": fault})
