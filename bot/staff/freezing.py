"""Freezing a payer or an account, and letting them go on: previewed, with a reason."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog

from bot.messages import Outgoing, Rows
from bot.staff.acting import Acting, own_order
from bot.staff.freeze_words import consequences, name_of, outcome
from bot.staff.ports import TopUps
from bot.staff.proposing import FAULTS
from bot.staff.standings import Standings
from bot.staff.table import Asked, StaffCommand, staff_button
from bot.staff.texts import bold, clean
from core.database.audit import SqlAudit
from core.database.freezes import SqlFreezes
from core.database.proposals import SqlProposals
from core.domain.acts import Act
from core.domain.audit import AuditEntry
from core.domain.errors import GatewayError
from core.domain.freezing import of_account, of_payer
from core.domain.proposals import (
    CONFIRM_WITHIN,
    Fault,
    Proposal,
    Stage,
    confirmed,
    dropped,
    new_proposal_id,
    reasoned_by_tap,
)
from core.domain.staff import Role
from core.ports import Accounts, Clock

log = structlog.get_logger()

_REASONS = {
    Act.FREEZE: ("Suspicious", "Somebody told them to pay", "Owner asked"),
    Act.UNFREEZE: ("Cleared up", "Owner asked"),
}
_LONGEST_REASON = 160


class Freezing:
    """Stops top-ups and lets them go on."""

    def __init__(  # noqa: PLR0913  (one argument per thing it talks to)
        self,
        *,
        acting: Acting,
        standings: Standings,
        freezes: SqlFreezes,
        proposals: SqlProposals,
        accounts: Accounts,
        audit: SqlAudit,
        topups: TopUps,
        clock: Clock,
    ) -> None:
        self._acting = acting
        self._standings = standings
        self._freezes = freezes
        self._proposals = proposals
        self._accounts = accounts
        self._audit = audit
        self._topups = topups
        self._clock = clock

    def commands(self) -> Sequence[StaffCommand]:
        """Return the commands that stop, and those that decide them."""
        usages = {
            Act.FREEZE: " payer N [reason], or account ID [reason]: no new orders, no "
            "codes shown; what is paid all the same is held",
            Act.UNFREEZE: " payer N [reason], or account ID [reason]: let them go on, "
            "and credit what was held",
        }
        deciding: dict[str, Callable[[Asked], Awaitable[Sequence[Outgoing]]]] = {
            "freeze-why": self._give_reason,
            "freeze-now": self._confirm,
            "freeze-not": self._drop,
        }
        return (
            *(
                StaffCommand(
                    name=act,
                    least=Role.AGENT,
                    usage=usage,
                    run=partial(self._propose, act),
                )
                for act, usage in usages.items()
            ),
            *(
                StaffCommand(name=name, least=Role.AGENT, usage="", run=run)
                for name, run in deciding.items()
            ),
        )

    async def _propose(self, act: Act, asked: Asked) -> Sequence[Outgoing]:
        """Preview it."""
        kind, _, rest = asked.argument.partition(" ")
        key, _, reason = rest.strip().partition(" ")
        if kind not in {"payer", "account"} or not key:
            return (_whom(act, kind),)
        subject = await self._subject(asked, kind, key)
        if isinstance(subject, Outgoing):
            return (subject,)
        frozen = await self._freezes.get(subject)
        if (frozen is None) is (act is Act.UNFREEZE):
            state = f"frozen, by {clean(frozen.frozen_by)}" if frozen else "not frozen"
            return (Outgoing(f"{name_of(subject).capitalize()} is {state}."),)
        now = self._clock.now()
        proposal = Proposal(
            id=new_proposal_id(),
            act=act,
            merchant_order_no=subject,
            amount=None,
            left=None,
            reason=clean(reason.removeprefix("because "), _LONGEST_REASON),
            proposed_by=asked.member.name,
            needs_second=False,
            stage=Stage.ASKED,
            made_at=now,
            answer_until=now + CONFIRM_WITHIN,
        )
        await self._proposals.add(proposal)
        return (await self._preview(proposal),)

    async def _subject(self, asked: Asked, kind: str, key: str) -> str | Outgoing:
        """Name who or what is meant: by an order's number, or an account's name."""
        if kind == "account" and await self._accounts.find(key):
            return of_account(key)
        seen = await self._standings.named(key)
        if isinstance(seen, Outgoing):
            return seen
        if await self._acting.is_own(asked.member, seen.order):
            return own_order()
        if kind == "account":
            return of_account(seen.order.account_id)
        return of_payer(seen.order.conversation_id)

    async def _preview(self, proposal: Proposal) -> Outgoing:
        """Say what will happen, and ask for the reason or for the last word."""
        subject = proposal.merchant_order_no
        held = await self._freezes.held(subject)
        lines = [
            bold(f"{proposal.act.capitalize()} {name_of(subject)}?"),
            "",
            *consequences(proposal.act, len(held)),
            "",
        ]
        drop = staff_button("freeze-not", "Do nothing", proposal.id)
        if not proposal.reason:
            lines.append("Why? Tap a reason, or type it at the end of the command.")
            reasons = tuple(
                (staff_button("freeze-why", reason, f"{proposal.id} {index}"),)
                for index, reason in enumerate(_REASONS[proposal.act])
            )
            return Outgoing("\n".join(lines), (*reasons, (drop,)))
        lines.append(f"Reason: {clean(proposal.reason)}")
        lines.append("Nothing is done yet. The button works for two minutes, once.")
        title = f"{proposal.act.capitalize()} now"
        rows: Rows = ((staff_button("freeze-now", title, proposal.id),), (drop,))
        return Outgoing("\n".join(lines), rows)

    async def _give_reason(self, asked: Asked) -> Sequence[Outgoing]:
        """Take the reason that was tapped."""
        proposal_id, _, index = asked.argument.partition(" ")
        now = self._clock.now()

        def rule(proposal: Proposal) -> Proposal | Fault:
            reasons = _REASONS[proposal.act]
            return reasoned_by_tap(proposal, asked.member, reasons, index, now)

        proposal = await self._proposals.change(proposal_id, rule)
        if isinstance(proposal, Fault):
            return (Outgoing(FAULTS[proposal]),)
        return (await self._preview(proposal),)

    async def _confirm(self, asked: Asked) -> Sequence[Outgoing]:
        """Do it; taken up again after a crash, it is done once all the same."""
        rule = partial(
            confirmed, by=asked.member, message=asked.update_id, now=self._clock.now()
        )
        proposal = await self._proposals.change(asked.argument, rule)
        if isinstance(proposal, Fault):
            return (Outgoing(FAULTS[proposal]),)
        subject = proposal.merchant_order_no
        held: Sequence[str] = ()
        if proposal.act is Act.FREEZE:
            await self._freezes.put(subject, proposal.reason, asked.member.name)
        else:
            held = await self._freezes.held(subject)
            await self._freezes.lift(subject)
            await self._credit(held)
        await self._write_down(proposal)
        return (Outgoing(outcome(proposal.act, subject, held)),)

    async def _credit(self, held: Sequence[str]) -> None:
        """Credit what was held; what cannot be now is tried again by the watch."""
        for number in held:
            try:
                await self._topups.attend(number)
            except GatewayError as trouble:
                log.warning("held_on", order=number, why=str(trouble))

    async def _drop(self, asked: Asked) -> Sequence[Outgoing]:
        """Let it be."""
        rule = partial(dropped, by=asked.member, message=asked.update_id)
        proposal = await self._proposals.change(asked.argument, rule)
        if isinstance(proposal, Fault):
            return (Outgoing(FAULTS[proposal]),)
        return (Outgoing("Nothing was done."),)

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
