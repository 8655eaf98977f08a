"""The life of one top-up, from the payer's confirmation to the credited account.

start → create (PayBy makes the code) → notice, or a question → settle → credit → tell;
or: extended, called off, ended. Each of these may run again from its beginning after a
crash: every effect has a fixed number or id, so that the second time changes nothing.
"""

from datetime import datetime, timedelta

import structlog
from dbos import DBOS, DBOSConfiguredInstance

from core import engine
from core.aftercare import Aftercare
from core.creation import Creation
from core.domain.accounts import Account
from core.domain.cases import CaseKind
from core.domain.errors import (
    AccountNotCreditable,
    AmountOutOfLimits,
    AtTheTill,
    CannotExtend,
    GatewayError,
    GatewayRejected,
    GatewayResting,
    OrderNotFound,
    OutcomeUnknown,
    OverLimit,
)
from core.domain.money import Money
from core.domain.orders import Event, Order, Status, new_order_no, new_page_token
from core.domain.payments import GatewayOrder, GatewayStatus, contradiction
from core.domain.watching import longer_end
from core.parts import Parts
from core.payby.codec import WireError
from core.payby.wire import parse_notice
from core.ports import Verdict
from core.refunds import Refunds
from core.settlement import Settlement

log = structlog.get_logger()

_MANY_TRIES = 10
"""A creation that takes ten times as long as one may is for a person to look at."""


@DBOS.dbos_class("TopUps")
class TopUps(DBOSConfiguredInstance):
    """Everything a payer's order goes through."""

    def __init__(self, parts: Parts) -> None:
        super().__init__("topups")
        self.limits = parts.terms.limits
        self._terms = parts.terms
        self._lifetime = parts.terms.lifetime
        self._gateway = parts.gateway
        self._orders = parts.orders
        self._accounts = parts.accounts
        self._notifier = parts.notifier
        self._support = parts.support
        self._clock = parts.clock
        self._settlement = Settlement(parts)
        self.refunds = Refunds(parts, self._settlement)
        self._creation = Creation(parts, self._settlement)
        self._aftercare = Aftercare(parts, self._settlement, self._create_again)

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

    async def check_limits(
        self,
        conversation_id: str,
        account_id: str,
        amount: Money,
        *,
        instead_of: str = "",
    ) -> None:
        """Raise OverLimit if payer, chat or account may not have that much now.

        A code that is to be given up for it does not count. Raises Frozen when payer
        or account is stopped.
        """
        await self._orders.demand_not_frozen(conversation_id, account_id)
        breach = await self._orders.breach(
            conversation_id, account_id, amount, instead_of=instead_of
        )
        if breach:
            raise OverLimit(breach)

    async def demand_not_frozen(self, order: Order) -> None:
        """Raise Frozen if the order's payer or account is stopped."""
        await self._orders.demand_not_frozen(order.conversation_id, order.account_id)

    async def start(
        self, *, draft_id: str, conversation_id: str, account_id: str, amount: Money
    ) -> Order:
        """Take a confirmed top-up on; the same draft again is the same order.

        Raises AccountNotCreditable, AmountOutOfLimits, OverLimit, Frozen, CodeIsLive or
        GatewayResting, and then nothing exists.
        """
        if known := await self._orders.of_draft(draft_id):
            await self._create_soon(known)
            return known
        self.check_amount(amount)
        account = await self.find_account(account_id)
        if self._gateway.is_resting:
            raise GatewayResting("PayBy does not answer, so no code can be made now.")
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
                expires_at=now + self._lifetime.first,
                page_token=new_page_token(),
            )
        )
        await self._create_soon(order)
        return order

    async def _create_soon(self, order: Order) -> None:
        number = order.merchant_order_no
        await engine.start(f"{number}:create", self.create, number)

    @engine.job("create")
    async def create(self, merchant_order_no: str) -> None:
        """Get the code from PayBy, and never two."""
        await self._creation.get_code(merchant_order_no)

    async def check(self, merchant_order_no: str) -> Order:
        """Ask PayBy how the order stands and act on it. Raises GatewayError."""
        order = await self._orders.get(merchant_order_no)
        order = await self._settlement.ask(order, found_by="asking")
        if order.status is Status.OPEN and await self._is_at_a_till(order):
            await self._notifier.tell(order, Event.SCANNED)
        return order

    async def _is_at_a_till(self, order: Order) -> bool:
        try:
            return await self._gateway.was_scanned(order.token_url)
        except GatewayError:
            return False  # nice to know, never worth a failed check

    async def cancel(
        self,
        merchant_order_no: str,
        *,
        even_at_the_till: bool = False,
        by_payer: bool = True,
    ) -> Order:
        """Call an unpaid order off: at PayBy first, then here; return how it stands.

        A payer who has not called it off is told. It comes back paid when PayBy says
        so, settled as usual. Raises AtTheTill when a cashier has the code on the POS,
        and GatewayError when PayBy gives no answer: the code may still be paid then.
        """
        order = await self._orders.get(merchant_order_no)
        if order.status is not Status.OPEN:
            return order
        order = await self._settlement.ask(order, found_by="cancelling")
        if order.status is not Status.OPEN:
            return order
        if not even_at_the_till and await self._is_at_a_till(order):
            raise AtTheTill(merchant_order_no)
        event = None if by_payer else Event.CANCELLED
        return await self._settlement.close(order, Status.CANCELLED, event)

    def longer_end(self, order: Order) -> datetime | None:
        """Tell until when one tap would extend the code; None when it cannot."""
        return longer_end(order, self._lifetime, self._clock.now())

    async def extend(self, merchant_order_no: str) -> Order:
        """Let the same code live on; return how the order stands, which may be paid.

        Raises CannotExtend or GatewayError.
        """
        order = await self._orders.get(merchant_order_no)
        longer = self.longer_end(order)
        if longer is None:
            raise CannotExtend(merchant_order_no)
        try:
            seen = await self._gateway.change_expiry(merchant_order_no, longer)
        except (GatewayRejected, OutcomeUnknown) as trouble:
            seen = await self._gateway.get_order(merchant_order_no)
            unchanged = seen.expires_at in {None, order.expires_at}
            if seen.status is GatewayStatus.CREATED and unchanged:
                if isinstance(trouble, OutcomeUnknown):
                    raise
                raise CannotExtend(merchant_order_no) from trouble
        return await self._settlement.apply(order, seen, found_by="extending")

    async def heed(self, body: str) -> Verdict:
        """Take an authentic notice as evidence; settle what agrees with our order.

        What does not is asked at PayBy. The same notice again changes nothing.
        """
        try:
            notice = parse_notice(body.encode())
        except WireError as fault:
            return Verdict("unreadable", "", f"kept: {fault}")
        if notice.refund:
            number = notice.refund.origin_merchant_order_no
            says = await self.refunds.care.heed(notice.refund)
            return Verdict(notice.kind, number, says)
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

    async def _weigh(self, order: Order, seen: GatewayOrder) -> str:
        fault = contradiction(order, seen, self._terms.payee_mid)
        if seen.is_paid and not fault:
            await self._settlement.settle(order, seen, found_by="notice")
            return "paid"
        if fault:
            await self._settlement.contradicted(order, fault)
        says = fault or ("revoked" if seen.revoked else seen.status)
        await self._doubt(order, says)
        return f"PayBy is asked: {says}"

    async def _doubt(self, order: Order, says: str) -> None:
        """See to it that PayBy is asked soon: by the watch, for it keeps a pace."""
        number = order.merchant_order_no
        if order.is_paid:
            await engine.start(f"{number}:doubt:{says[:40]}", self.ask_in_doubt, number)
        else:
            await self._orders.look_now([number])

    @engine.job("ask_in_doubt")
    async def ask_in_doubt(self, merchant_order_no: str) -> None:
        """Ask PayBy about a paid order that a notice speaks against; credit stays."""
        order = await self._orders.get(merchant_order_no)
        try:
            await self._settlement.ask(order, found_by="asking")
        except GatewayError as trouble:
            await self._settlement.contradicted(order, f"cannot be asked: {trouble}")

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
        facts = {"payby_says": says}
        await self._orders.note(merchant_order_no, "stranger", facts)
        await self._support.open_case(CaseKind.STRANGER, merchant_order_no, facts)

    async def attend(self, merchant_order_no: str) -> None:
        """Look after an order to which nothing happens: whatever is missing is done.

        Raises GatewayResting when PayBy would have to be asked, and then the order
        waits for its turn.
        """
        await self._aftercare.attend(merchant_order_no)

    async def _create_again(self, order: Order) -> None:
        """Take up a creation whose job was lost or has failed."""
        await self._create_soon(order)
        job_id = f"{order.merchant_order_no}:create"
        await engine.revive(engine.Queue.CODES, job_id)
        age = self._clock.now() - order.created_at
        if age > _MANY_TRIES * self._terms.pace.creation_patience:
            facts = {"for_minutes": str(age // timedelta(minutes=1))}
            await self._support.open_case(
                CaseKind.CREATION_UNCLEAR, order.merchant_order_no, facts
            )
