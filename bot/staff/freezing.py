"""Freezing a payer or an account, and letting them go on."""

from collections.abc import Sequence

import structlog

from bot.messages import Outgoing
from bot.staff.acting import own_order
from bot.staff.freeze_words import consequences, name_of, outcome
from bot.staff.ports import TopUps
from bot.staff.proposing import Wish
from bot.staff.standings import Standings
from bot.staff.table import Asked, staff_button
from bot.staff.texts import bold, clean
from core.database.audit import SqlAudit
from core.database.freezes import SqlFreezes
from core.database.staff import SqlStaff
from core.domain.acts import Act
from core.domain.audit import AuditEntry
from core.domain.errors import GatewayError
from core.domain.freezing import account_of, of_account, of_payer, payer_of
from core.domain.proposals import Proposal
from core.domain.staff import Member
from core.ports import Accounts

log = structlog.get_logger()

_LONGEST_REASON = 160


class Freezing:
    """Payers and accounts, as what such acts are about."""

    def __init__(
        self,
        *,
        staff: SqlStaff,
        standings: Standings,
        freezes: SqlFreezes,
        accounts: Accounts,
        audit: SqlAudit,
        topups: TopUps,
    ) -> None:
        self._staff = staff
        self._standings = standings
        self._freezes = freezes
        self._accounts = accounts
        self._audit = audit
        self._topups = topups

    async def wish(self, act: Act, asked: Asked) -> Wish | Outgoing:
        """Read who or what is meant, and why."""
        kind, _, rest = asked.argument.partition(" ")
        key, _, reason = rest.strip().partition(" ")
        if kind not in {"payer", "account"} or not key:
            return _whom(act, kind)
        subject = await self._subject(kind, key)
        if isinstance(subject, Outgoing):
            return subject
        if await self.is_own(asked.member, subject):
            return own_order()
        frozen = await self._freezes.get(subject)
        if (frozen is None) is (act is Act.UNFREEZE):
            state = f"frozen, by {clean(frozen.frozen_by)}" if frozen else "not frozen"
            return Outgoing(f"{name_of(subject).capitalize()} is {state}.")
        reason = clean(reason.removeprefix("because "), _LONGEST_REASON)
        return Wish(subject=subject, reason=reason)

    async def _subject(self, kind: str, key: str) -> str | Outgoing:
        """Name who or what is meant: by an order's number, or an account's name."""
        if kind == "account" and await self._accounts.find(key):
            return of_account(key)
        seen = await self._standings.named(key)
        if isinstance(seen, Outgoing):
            return seen
        if kind == "account":
            return of_account(seen.order.account_id)
        return of_payer(seen.order.conversation_id)

    async def is_own(self, member: Member, subject: str) -> bool:
        """Tell whether it is they themselves, or an account that they top up."""
        if chat := payer_of(subject):
            return chat in await self._staff.chats_of(member.name)
        return await self._staff.tops_up(member.name, account_of(subject))

    async def what(self, proposal: Proposal) -> Sequence[str]:
        """Say what will happen, to whom, and to how many orders that wait."""
        subject = proposal.merchant_order_no
        held = await self._freezes.held(subject)
        title = bold(f"{proposal.act.capitalize()} {name_of(subject)}?")
        return (title, "", *consequences(proposal.act, len(held)))

    async def carry_out(self, proposal: Proposal) -> Outgoing:
        """Freeze, or let go on; write it down."""
        subject = proposal.merchant_order_no
        held: Sequence[str] = ()
        if proposal.act is Act.FREEZE:
            await self._freezes.put(subject, proposal.reason, proposal.proposed_by)
        else:
            held = await self._freezes.held(subject)
            await self._freezes.lift(subject)
            await self._credit(held)
        await self._write_down(proposal)
        return Outgoing(outcome(proposal.act, subject, held))

    async def _credit(self, held: Sequence[str]) -> None:
        """Credit what was held; what cannot be now is tried again by the watch."""
        for number in held:
            try:
                await self._topups.attend(number)
            except GatewayError as trouble:
                log.warning("held_on", order=number, why=str(trouble))

    async def _write_down(self, proposal: Proposal) -> None:
        is_frozen = proposal.act is Act.FREEZE
        states = {True: "yes", False: "no"}
        await self._audit.add(
            AuditEntry(
                act_id=f"proposal:{proposal.id}",
                who=proposal.proposed_by,
                act=proposal.act,
                subject=proposal.merchant_order_no,
                reason=proposal.reason,
                before={"frozen": states[not is_frozen]},
                after={"frozen": states[is_frozen]},
            )
        )


def _whom(act: Act, number: str) -> Outgoing:
    """Ask whether the payer of an order is meant, or its account."""
    how = f"Type /{act} payer N with an order's number, or /{act} account ID."
    if not number or number in {"payer", "account"}:
        return Outgoing(how)
    try:
        row = tuple(
            staff_button(act, f"The {kind}", f"{kind} {number}")
            for kind in ("payer", "account")
        )
    except ValueError:
        return Outgoing(how)
    question = f"{act.capitalize()} the payer of {clean(number)}, or its account?"
    return Outgoing(question, (row,))
