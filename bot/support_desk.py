"""Tells support what only a person can set right, in the chat that it has chosen."""

import structlog
from dbos import DBOS, DBOSConfiguredInstance

from bot.courier import PUSH_TRIES, Courier, Parcel
from bot.messages import Outgoing, Rows
from bot.staff.table import staff_button
from core import engine
from core.database.cases import SqlCases
from core.domain.cases import Case, CaseKind
from core.domain.errors import OrderNotFound
from core.domain.orders import Order
from core.engine import Queue, Urgency
from core.ports import Orders

log = structlog.get_logger()

_WHAT_AND_WHAT_TO_DO: dict[CaseKind, tuple[str, str]] = {
    CaseKind.CREATION_UNCLEAR: (
        "A code may exist that nobody was shown",
        "Try /retry; if it stays so, cancel the order in PayBy's portal.",
    ),
    CaseKind.QUERY_FAILING: (
        "PayBy answered no question about a new code",
        "Nothing is left open; if it goes on, ask PayBy why (trace codes: /order).",
    ),
    CaseKind.CANCEL_FAILING: (
        "PayBy does not call a code off",
        "Try /retry, or cancel it in PayBy's portal; if it was paid, we credit it.",
    ),
    CaseKind.REFUSED_BY_PAYBY: (
        "PayBy refuses our requests",
        "Check keys, clock and rights with `topup payby ping`.",
    ),
    CaseKind.HELD: (
        "Paid, but the account cannot be credited",
        "Open the account again and it is credited; or give the money back.",
    ),
    CaseKind.CONTRADICTION: (
        "PayBy's word does not fit our order",
        "Compare `topup order` with `topup payby order`; credit nothing before.",
    ),
    CaseKind.REVOKED: (
        "PayBy gave back what a payer had paid",
        "Ask PayBy why; if it was credited, settle it with the account's owner.",
    ),
    CaseKind.STRANGER: (
        "A notice about an order that is not ours",
        "Ask PayBy whose it is; nothing was credited.",
    ),
    CaseKind.NOT_TOLD: (
        "A payer may not have heard of a payment",
        "Nothing is lost; /resend shows them the result again.",
    ),
    CaseKind.NO_TEMPLATE: (
        "A payer on WhatsApp could not be told of a payment, a day after writing",
        "It is shown when they write; bring the sentence to Meta: `topup whatsapp`.",
    ),
    CaseKind.TEMPLATE_LOST: (
        "Meta does not approve a sentence of ours any more",
        "See why in Twilio's console; payers who wrote a day ago hear nothing now.",
    ),
    CaseKind.REFUND_ASKED: (
        "A payer wants the money back",
        "Decide, and answer the payer: /refund gives it back, wholly or in part.",
    ),
    CaseKind.REFUND_FAILING: (
        "A refund does not go through",
        "Nothing went back that is not in our books; see why, then decide anew.",
    ),
    CaseKind.REFUNDED_ELSEWHERE: (
        "Money was given back at PayBy that nobody asked for here",
        "It is in our books now; find out who did it, in PayBy's portal.",
    ),
    CaseKind.ACCOUNT_SPENT: (
        "PayBy gave money back that the account did not hold any more",
        "Settle it with the account's owner; the books show it as set aside.",
    ),
    CaseKind.PAID_THERE_ONLY: (
        "In PayBy's statement, and not paid in our books",
        "PayBy was asked and does not call it paid: ask PayBy's support why.",
    ),
    CaseKind.PAID_HERE_ONLY: (
        "Paid in our books, and in no statement of PayBy's",
        "Compare with `topup payby order`; ask PayBy's support for the money.",
    ),
    CaseKind.AMOUNT_DIFFERS: (
        "PayBy's statement and our books have other sums",
        "Compare both with the receipt of the store; change nothing before.",
    ),
    CaseKind.CREDIT_MISSING: (
        "Paid by all books, and no account was credited",
        "Open the account again and it is credited; or give the money back.",
    ),
    CaseKind.REFUND_MISSING_HERE: (
        "PayBy gave money back, and our books do not know",
        "Ask who did it at PayBy; take it from the account, or write it off.",
    ),
    CaseKind.REFUND_MISSING_THERE: (
        "Given back in our books, and in no statement of PayBy's",
        "Compare with PayBy's portal; the payer may still wait for the cash.",
    ),
    CaseKind.UNKNOWN_NUMBER: (
        "PayBy's statement has what is none of our orders",
        "Ask PayBy whose it is; nothing was credited.",
    ),
    CaseKind.STATEMENT_MISSING: (
        "PayBy has no statement of a day, or no whole one",
        "Ask PayBy for it; `topup reconcile` tries again at once.",
    ),
    CaseKind.TALK: (
        "A payer wants to talk to a person",
        "Take it, and answer; close it when nothing is left to say.",
    ),
}

_CAN_BE_RETRIED = {
    CaseKind.CREATION_UNCLEAR,
    CaseKind.CANCEL_FAILING,
    CaseKind.HELD,
    CaseKind.NOT_TOLD,
    CaseKind.REFUND_FAILING,
}


@DBOS.dbos_class("SupportDesk")
class SupportDesk(DBOSConfiguredInstance):
    """The Support of bot and core: every case is kept, and told in a chat if any."""

    def __init__(
        self, *, cases: SqlCases, orders: Orders, courier: Courier, chat: str
    ) -> None:
        """`chat` is a conversation like "tg:-100123", or empty for none."""
        super().__init__("support_desk")
        self._cases = cases
        self._orders = orders
        self._courier = courier
        self._chat = chat

    async def open_case(
        self,
        kind: CaseKind,
        merchant_order_no: str,
        facts: dict[str, str],
        *,
        refund_no: str = "",
    ) -> int:
        """Open a case and let support know, each kind once per order or refund."""
        order = await self._order(merchant_order_no)
        payer = order.conversation_id if order else ""
        case = await self._cases.open(
            kind, merchant_order_no, payer, facts, refund_no=refund_no
        )
        log.error("case", number=case.number, kind=kind, order=merchant_order_no)
        if self._chat:
            await engine.enqueue(
                Queue.OUTBOX,
                f"case:{case.number}",
                self.alert,
                case.number,
                urgency=Urgency.NEWS,
            )
        return case.number

    @engine.job("alert")
    async def alert(self, number: int) -> None:
        """Tell support of a case; about this message nobody is told in turn."""
        case = await self._cases.get(number)
        order = await self._order(case.merchant_order_no)
        await self._courier.deliver(
            Parcel(
                id=f"case:{number}:0",
                conversation_id=self._chat,
                message=Outgoing(case_text(case, order), _buttons(case, order)),
                tries=PUSH_TRIES,
                keeps_distance=True,
            )
        )

    async def _order(self, merchant_order_no: str) -> Order | None:
        try:
            return await self._orders.get(merchant_order_no)
        except OrderNotFound:
            return None


def what_to_do(kind: CaseKind) -> tuple[str, str]:
    """Say what a case of this kind is about, and what to do next."""
    return _WHAT_AND_WHAT_TO_DO[kind]


def case_text(case: Case, order: Order | None) -> str:
    """Say what happened, to which order, and what to do next."""
    what, advice = what_to_do(case.kind)
    lines = [
        f"Case {case.number}: {what}",
        f"Order {case.merchant_order_no}",
        *([f"{order.amount}, now {order.status}"] if order else []),
        *(f"{name.replace('_', ' ')}: {value}" for name, value in case.facts.items()),
        "",
        advice,
    ]
    return "\n".join(lines)


def _buttons(case: Case, order: Order | None) -> Rows:
    """Let staff open the order, or try again; for others a tap does nothing."""
    if order is None:
        return ()
    number = order.merchant_order_no
    rows: Rows = ((staff_button("order", "Open the order", number),),)
    if case.kind in _CAN_BE_RETRIED:
        rows += ((staff_button("retry", "Try again", number),),)
    return rows
