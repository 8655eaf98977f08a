"""What everything done to an order has in common: by whom, whether, and the audit."""

from collections.abc import Mapping

from bot.messages import Outgoing
from bot.staff.orders import OrderDesk
from bot.staff.standings import Seen, Standings
from bot.staff.table import Asked
from bot.staff.texts import moment
from core.database.audit import SqlAudit
from core.database.staff import SqlStaff
from core.domain.acts import Act, possible
from core.domain.audit import AuditEntry
from core.domain.orders import Order, Status
from core.domain.staff import Member


class Acting:
    """Lets in what may be done, and writes down what was."""

    def __init__(
        self,
        *,
        staff: SqlStaff,
        standings: Standings,
        screens: OrderDesk,
        audit: SqlAudit,
    ) -> None:
        self._staff = staff
        self._standings = standings
        self._screens = screens
        self._audit = audit

    async def ready(self, asked: Asked, act: Act) -> Seen | Outgoing:
        """Return the order that is named first, or why this cannot be done to it."""
        number = asked.argument.split(maxsplit=1)[:1]
        seen = await self._standings.named(number[0] if number else "")
        if isinstance(seen, Outgoing):
            return seen
        if await self.is_own(asked.member, seen.order):
            return own_order()
        if act not in possible(seen.standing):
            note = f"/{act} is not possible now."
            return await self._screens.screen(seen, note)
        return seen

    async def is_own(self, member: Member, order: Order) -> bool:
        """Tell whether it is that person's own order, in any of their chats."""
        return order.conversation_id in await self._staff.chats_of(member.name)

    async def now(self, order: Order, note: str) -> Outgoing:
        """Say what was done, and show how the order stands after it."""
        seen = await self._standings.of(order.merchant_order_no)
        return await self._screens.screen(seen, note)

    async def write_down(
        self,
        asked: Asked,
        act: Act,
        before: Order,
        after: Mapping[str, str],
        *,
        step: str = "",
    ) -> None:
        """Keep what was done to an order, once for the message that asked for it.

        What cannot be asked for twice is written down in two steps, the first before
        it is done: after a crash between them, what was done is known all the same.
        """
        await self._audit.add(
            AuditEntry(
                act_id=f"{asked.update_id}:{step}" if step else asked.update_id,
                who=asked.member.name,
                act=act,
                merchant_order_no=before.merchant_order_no,
                before=facts_of(before),
                after=after,
            )
        )


def own_order() -> Outgoing:
    """Say that nobody acts on an order of their own."""
    return Outgoing(
        "That is your own order, so somebody else at the desk has to do it. Nothing "
        "was done."
    )


def facts_of(order: Order) -> dict[str, str]:
    """Say for the audit how an order stands."""
    facts = {"status": str(order.status)}
    if order.status is Status.OPEN:
        facts["code until"] = moment(order.expires_at)
    return facts
