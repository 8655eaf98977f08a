"""Finding an order, and one screen that tells all about it."""

from collections.abc import Sequence

from bot.messages import Outgoing, Rows
from bot.ports import Stores
from bot.pushes import event_of
from bot.staff import masks
from bot.staff.standings import Seen, Standings
from bot.staff.table import Asked, StaffCommand, staff_button
from bot.staff.texts import bold, clean, moment
from bot.staff.timeline import lines_of
from bot.staff.waiting import what_waits
from bot.staff.wishes import read_day
from core.database.order_files import OrderFile, SqlOrderFiles
from core.database.order_search import SqlOrderSearch
from core.domain.acts import Act, possible
from core.domain.gulf import GULF
from core.domain.money import BadAmount, Money
from core.domain.orders import Order
from core.domain.refunds import Refund
from core.domain.staff import Role
from core.ports import Clock

_LISTED = 8
_ON_FIRST_PAGE, _ON_A_PAGE = 8, 14
_TITLES: dict[Act, str] = {
    Act.CHECK: "Ask PayBy",
    Act.RETRY: "Try again",
    Act.RESEND: "Show payer again",
    Act.CANCEL: "Cancel",
    Act.EXTEND: "Extend",
    Act.REFUND: "Refund",
    Act.REVOKE: "Revoke",
    Act.FREEZE: "Freeze …",
    Act.UNFREEZE: "Unfreeze …",
}
"""The acts that a button can ask for; the others need words."""


class OrderDesk:
    """Looks at orders; changes nothing."""

    def __init__(
        self,
        *,
        standings: Standings,
        search: SqlOrderSearch,
        files: SqlOrderFiles,
        stores: Stores,
        clock: Clock,
    ) -> None:
        self._standings = standings
        self._search = search
        self._files = files
        self._stores = stores
        self._clock = clock

    def commands(self) -> Sequence[StaffCommand]:
        """Return the commands that look at orders."""
        return (
            StaffCommand(
                name="find",
                least=Role.VIEWER,
                usage=" …: orders by our number or its end, PayBy's number, account, a "
                "phone's last digits, or amount and day (50 today, 50 24.11)",
                run=self.find,
            ),
            StaffCommand(
                name="order",
                least=Role.VIEWER,
                usage=" N: all about one order",
                run=self.show,
            ),
        )

    async def find(self, asked: Asked) -> Sequence[Outgoing]:
        """List the orders that fit, each with a button."""
        if not asked.argument:
            return (Outgoing("Type what you know of it: /find 1234, /find 50 today"),)
        found = await self._search_for(asked.argument)
        if not found:
            return (Outgoing("No order fits that."),)
        if len(found) == 1:
            seen = await self._standings.of(found[0].merchant_order_no)
            return (await self.screen(seen),)
        shown = found[:_LISTED]
        lines = [_in_a_line(order) for order in shown]
        if len(found) > len(shown):
            lines.append("There are more: say it more exactly.")
        rows: Rows = tuple(
            (staff_button("order", each.merchant_order_no, each.merchant_order_no),)
            for each in shown
        )
        return (Outgoing("\n".join(lines), rows),)

    async def show(self, asked: Asked) -> Sequence[Outgoing]:
        """Show one order, or an older page of its timeline."""
        number, _, page = asked.argument.partition(" ")
        seen = await self._standings.named(number)
        if isinstance(seen, Outgoing):
            return (seen,)
        if page.isdecimal() and int(page) > 1:
            return (await self._older(seen.order, int(page)),)
        return (await self.screen(seen),)

    async def screen(self, seen: Seen, note: str = "") -> Outgoing:
        """Write all about an order, with what can be done now as buttons.

        A note before it says what has just been done.
        """
        number = seen.order.merchant_order_no
        count, lines = await self._files.lines(number, 0, _ON_FIRST_PAGE)
        text = "\n".join(
            (
                *([note, ""] if note else []),
                *self._facts(seen),
                "",
                *lines_of(lines),
            )
        )
        return Outgoing(text, _buttons(seen, is_longer=count > len(lines)))

    async def _search_for(self, typed: str) -> Sequence[Order]:
        now = self._clock.now()
        amount, _, day = typed.partition(" ")
        if wanted := read_day(day, now.astimezone(GULF).date()):
            try:
                money = Money.parse(amount)
            except BadAmount:
                return ()
            return await self._search.of_day(money, wanted, _LISTED + 1)
        by_number = await self._search.numbered(typed.upper(), _LISTED + 1)
        by_else = await self._search.known_by(typed, _LISTED + 1)
        once = {order.merchant_order_no: order for order in (*by_number, *by_else)}
        return tuple(once.values())[: _LISTED + 1]

    async def _older(self, order: Order, page: int) -> Outgoing:
        number = order.merchant_order_no
        skip = _ON_FIRST_PAGE + (page - 2) * _ON_A_PAGE
        count, lines = await self._files.lines(number, skip, _ON_A_PAGE)
        title = bold(f"{number}, page {page}")
        rows: Rows = ((staff_button("order", "Back to the order", number),),)
        if count > skip + len(lines):
            rows = ((staff_button("order", "Older", f"{number} {page + 1}"),), *rows)
        return Outgoing("\n".join((title, *lines_of(lines))), rows)

    def _facts(self, seen: Seen) -> Sequence[str]:
        order, file = seen.order, seen.file
        account = f"{clean(order.account_id)} ({clean(order.account_name)})"
        frozen = seen.standing.is_frozen
        return (
            f"{bold(order.merchant_order_no)}: {bold(order.status)}",
            f"{order.amount} for account {account}",
            f"Made {moment(order.created_at)}, code until {moment(order.expires_at)}",
            *self._payment(order),
            f"Payer: {masks.payer(order.conversation_id, file.phone)}",
            *(["Frozen: no new orders, no code shown"] if frozen else []),
            *([f"Took the place of {file.retry_of}"] if file.retry_of else []),
            *([f"Tried again as {file.retried_as}"] if file.retried_as else []),
            *(_given_back(refund) for refund in seen.standing.money.refunds),
            *_deliveries(file),
            *(
                f"Case {number}: {kind.replace('_', ' ')}"
                for number, kind in file.cases
            ),
            what_waits(file, seen.standing),
        )

    def _payment(self, order: Order) -> Sequence[str]:
        lines = []
        if order.paid_at:
            store = self._stores.by_id(order.store_id)
            name = f"{clean(store.name)}, " if store else ""
            where = f" at {name}{clean(order.store_id)}" if order.store_id else ""
            lines.append(f"Paid {moment(order.paid_at)}{where}")
        if order.payby_order_no:
            lines.append(f"PayBy's number: {clean(order.payby_order_no)}")
        return lines


def _in_a_line(order: Order) -> str:
    about = f"{order.amount}, {order.status}, {clean(order.account_id)}"
    return f"{order.merchant_order_no}: {about}, {moment(order.created_at)}"


def _given_back(refund: Refund) -> str:
    trouble = f" ({clean(refund.trouble)})" if refund.trouble else ""
    about = f"{refund.way.capitalize()} {refund.refund_no}: {refund.amount}"
    return f"{about}, {refund.status}{trouble}"


def _deliveries(file: OrderFile) -> Sequence[str]:
    """Say of each push what became of its newest message."""
    newest = {event: sent for sent in file.messages if (event := event_of(sent.id))}
    told = [
        f"{event} {sent.progress or sent.state}"
        + (f" ({clean(sent.trouble)})" if sent.trouble else "")
        for event, sent in newest.items()
    ]
    return [f"Told: {', '.join(told)}"] if told else []


def _buttons(seen: Seen, *, is_longer: bool) -> Rows:
    number = seen.order.merchant_order_no
    acts = [
        staff_button(act, _TITLES[act], number)
        for act in possible(seen.standing)
        if act in _TITLES
    ]
    pairs = tuple(tuple(acts[i : i + 2]) for i in range(0, len(acts), 2))
    if not is_longer:
        return pairs
    return (*pairs, (staff_button("order", "Older", f"{number} 2"),))
