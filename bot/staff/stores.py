"""A store as staff see it: what payers say of it, what was paid there, shown or not."""

from collections.abc import Sequence

from bot.messages import Outgoing
from bot.ports import Store
from bot.staff.ports import Stores
from bot.staff.table import Asked, StaffCommand, staff_button
from bot.staff.texts import bold, clean, moment
from core.database.audit import SqlAudit
from core.database.store_files import SqlStoreFiles
from core.domain.audit import AuditEntry
from core.domain.staff import Role

_LISTED = 5
_MOST_NAMED = 10
_LONGEST_LINE = 120  # ten of them are one message on every network


class StoreDesk:
    """Looks at stores, hides them and shows them again."""

    def __init__(
        self, *, stores: Stores, files: SqlStoreFiles, audit: SqlAudit
    ) -> None:
        self._stores = stores
        self._files = files
        self._audit = audit

    def commands(self) -> Sequence[StaffCommand]:
        """Return the commands about stores."""
        return (
            StaffCommand(
                name="store",
                least=Role.VIEWER,
                usage=" ID or name: a store's reports and last payments",
                run=self._look,
            ),
            StaffCommand(
                name="hide",
                least=Role.AGENT,
                usage=" ID [reason]: show a store to no payer",
                run=self._hide,
            ),
            StaffCommand(
                name="show",
                least=Role.AGENT,
                usage=" ID: show it to payers again",
                run=self._show,
            ),
        )

    async def _look(self, asked: Asked) -> Sequence[Outgoing]:
        if self._stores.by_id(asked.argument):
            return (await self._screen(asked.argument),)
        found = await self._stores.named(asked.argument, _MOST_NAMED + 1)
        if len(found) == 1:
            return (await self._screen(found[0].id),)
        return (_which(found) if found else _unknown(),)

    async def _hide(self, asked: Asked) -> Sequence[Outgoing]:
        store_id, _, reason = asked.argument.partition(" ")
        if self._stores.by_id(store_id) is None:
            return (_unknown(),)
        await self._files.hide(store_id, asked.member.name)
        await self._write_down(asked, "hide", store_id, clean(reason))
        note = "It is shown to no payer any more, from within half a minute."
        return (await self._screen(store_id, note),)

    async def _show(self, asked: Asked) -> Sequence[Outgoing]:
        store_id, _, reason = asked.argument.partition(" ")
        if self._stores.by_id(store_id) is None:
            return (_unknown(),)
        await self._files.show(store_id)
        await self._write_down(asked, "show", store_id, clean(reason))
        note = "It is shown to payers again, from within half a minute."
        return (await self._screen(store_id, note),)

    async def _write_down(
        self, asked: Asked, act: str, store_id: str, reason: str
    ) -> None:
        is_hidden = "yes" if act == "hide" else "no"
        await self._audit.add(
            AuditEntry(
                act_id=asked.update_id,
                who=asked.member.name,
                act=act,
                subject=store_id,
                reason=reason,
                after={"hidden": is_hidden},
            )
        )

    async def _screen(self, store_id: str, note: str = "") -> Outgoing:
        store = self._stores.by_id(store_id)
        if store is None:
            return _unknown()
        file = await self._files.get(store_id, _LISTED)
        lines = [
            *([note, ""] if note else []),
            f"{bold(store.name)} ({clean(store.id)})",
            clean(store.address),
            f"Hidden by {clean(file.hidden_by)}" if file.hidden_by else "Shown",
            "",
            "Reports:" if file.reports else "No reports.",
            *(
                f"{moment(each.at)}: {each.reason.replace('_', ' ')}, "
                f"{each.merchant_order_no}"
                for each in file.reports
            ),
            "",
            "Last payments:" if file.payments else "No payments in a month.",
            *(
                f"{moment(each.paid_at)}: {each.amount}, {each.merchant_order_no}"
                for each in file.payments
                if each.paid_at
            ),
        ]
        act, title = ("show", "Show") if file.hidden_by else ("hide", "Hide")
        rows = ((staff_button(act, f"{title} it", store_id),),)
        return Outgoing("\n".join(lines), rows)


def _which(found: Sequence[Store]) -> Outgoing:
    """Let one of several stores be chosen."""
    shown = found[:_MOST_NAMED]
    lines = [
        clean(f"{each.id}: {each.name}, {each.address}", _LONGEST_LINE)
        for each in shown
    ]
    if len(found) > len(shown):
        lines.append("There are more: say more of the name.")
    rows = tuple((staff_button("store", each.id, each.id),) for each in shown)
    return Outgoing("\n".join(lines), rows)


def _unknown() -> Outgoing:
    return Outgoing(
        "There is no such store: type its ID, which an order paid there shows, or a "
        "part of its name."
    )
