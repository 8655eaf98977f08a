"""What staff have proposed, in the database."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from core.database.engine import Database
from core.database.tables.orders import OrderRow
from core.database.tables.staff import ProposalRow
from core.domain.acts import Act
from core.domain.money import Money
from core.domain.proposals import Fault, Proposal, Stage
from core.ports import Clock

Rule = Callable[[Proposal], Proposal | Fault]


class SqlProposals:
    """Proposals on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def add(self, proposal: Proposal) -> None:
        """Keep a new one."""
        row = ProposalRow(id=proposal.id, settled_at=None, **_columns(proposal))
        await self._database.write(lambda session: session.add(row))

    async def get(self, proposal_id: str) -> Proposal | None:
        """Return a proposal; None when there is none of that id."""

        def look(session: Session) -> Proposal | None:
            row = session.get(ProposalRow, proposal_id)
            return _proposal(row) if row else None

        return await self._database.read(look)

    async def change(self, proposal_id: str, rule: Rule) -> Proposal | Fault:
        """Apply a rule to a proposal as it is now; a fault changes nothing.

        Of two proposals for one order the one that goes first overtakes the other:
        whoever confirms that one saw the order as it is no more.
        """

        def work(session: Session) -> Proposal | Fault:
            row = session.get(ProposalRow, proposal_id)
            if row is None:
                return Fault.UNKNOWN
            _take_turn(session, row.merchant_order_no)
            session.refresh(row)
            after = rule(_proposal(row))
            if isinstance(after, Fault):
                return after
            is_new = after.settled_by != row.settled_by
            if is_new and after.stage is not Stage.DROPPED and _overtaken(session, row):
                return Fault.OVERTAKEN
            if is_new:
                row.settled_at = self._clock.now()
            row.sqlmodel_update(_columns(after))
            return after

        return await self._database.write(work)

    async def waiting(self, now: datetime) -> list[Proposal]:
        """Return those that wait for a second person, the oldest first."""
        wait = (
            select(ProposalRow)
            .where(ProposalRow.stage == Stage.WAITING, ProposalRow.answer_until > now)
            .order_by(col(ProposalRow.made_at))
        )
        return await self._database.read(
            lambda session: [_proposal(row) for row in session.exec(wait)]
        )


def _take_turn(session: Session, merchant_order_no: str) -> None:
    """Let whatever is done to one order be decided one after the other."""
    session.get(OrderRow, merchant_order_no, with_for_update=True)


def _overtaken(session: Session, row: ProposalRow) -> bool:
    """Tell whether another act went through since this one was previewed."""
    other = select(ProposalRow.id).where(
        ProposalRow.merchant_order_no == row.merchant_order_no,
        ProposalRow.id != row.id,
        ProposalRow.stage == Stage.GOING,
        col(ProposalRow.settled_at) >= row.made_at,
    )
    return session.exec(other).first() is not None


def _columns(proposal: Proposal) -> dict[str, Any]:
    known = dict(vars(proposal))
    sums = {name: known.pop(name) for name in ("amount", "left")}
    fils = {f"{name}_fils": each and each.fils for name, each in sums.items()}
    del known["id"]
    return known | fils


def _proposal(row: ProposalRow) -> Proposal:
    known = row.model_dump(
        exclude={"settled_at", "amount_fils", "left_fils", "act", "stage"}
    )
    return Proposal(
        act=Act(row.act),
        stage=Stage(row.stage),
        amount=_money(row.amount_fils),
        left=_money(row.left_fils),
        **known,
    )


def _money(fils: int | None) -> Money | None:
    return None if fils is None else Money(fils)
