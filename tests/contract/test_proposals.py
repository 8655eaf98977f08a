"""A proposal is taken by one, however many tap at once, on either database."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from core.database.orders import SqlOrders
from core.database.proposals import SqlProposals
from core.domain.money import Money
from core.domain.proposals import APPROVE_WITHIN, Fault, Proposal, Stage, confirmed
from core.domain.staff import Member, Role
from tests.fakes import NOW, an_order
from tests.unit.core.domain.test_proposals import a_proposal

ONE = Member(identity="tg:1", name="One", role=Role.AGENT)
TWO = Member(identity="tg:2", name="Two", role=Role.AGENT)
CONFIRM = partial(confirmed, by=ONE, now=NOW)


@pytest.fixture
async def proposals(database, clock):
    await SqlOrders(database, clock).add(an_order("T1"))
    return SqlProposals(database, clock)


@pytest.mark.parametrize("amount", [None, Money(1)])
async def test_a_proposal_comes_back_as_it_was_made(proposals, amount):
    proposal = a_proposal(amount=amount, left=amount)
    await proposals.add(proposal)
    assert await proposals.get(proposal.id) == proposal
    assert await proposals.get("NBDY2222") is None


async def test_a_fault_changes_nothing(proposals):
    await proposals.add(a_proposal())
    assert await proposals.change("ABCD2345", lambda _: Fault.TOO_LATE) is (
        Fault.TOO_LATE
    )
    assert await proposals.get("ABCD2345") == a_proposal()
    assert await proposals.change("NBDY2222", lambda known: known) is Fault.UNKNOWN


async def test_of_ten_taps_at_once_one_goes_through(proposals):
    await proposals.add(a_proposal())
    ends = await asyncio.gather(
        *(
            proposals.change("ABCD2345", partial(CONFIRM, message=f"m{number}"))
            for number in range(10)
        )
    )
    assert sum(isinstance(end, Proposal) for end in ends) == 1
    assert ends.count(Fault.DONE) == 9


async def test_of_five_proposals_for_one_order_one_goes_through(proposals):
    for number in range(5):
        await proposals.add(a_proposal(id=f"P{number}"))
    ends = await asyncio.gather(
        *(
            proposals.change(f"P{number}", partial(CONFIRM, message=f"m{number}"))
            for number in range(5)
        )
    )
    assert sum(isinstance(end, Proposal) for end in ends) == 1
    assert ends.count(Fault.OVERTAKEN) == 4


async def test_a_proposal_made_after_another_went_through_is_not_overtaken(
    proposals, clock
):
    await proposals.add(a_proposal())
    await proposals.change("ABCD2345", partial(CONFIRM, message="m1"))
    clock.pass_by(timedelta(seconds=1))
    later = a_proposal(id="LATER234", made_at=clock.now())
    await proposals.add(later)
    end = await proposals.change("LATER234", partial(CONFIRM, message="m2"))
    assert isinstance(end, Proposal)


async def test_one_that_waits_for_a_second_person_is_overtaken_too(proposals):
    await proposals.add(a_proposal(needs_second=True))
    await proposals.change("ABCD2345", partial(CONFIRM, message="m1"))
    await proposals.add(a_proposal(id="QUICKER2"))
    await proposals.change("QUICKER2", partial(CONFIRM, message="m2"))

    def agree(known: Proposal) -> Proposal:
        return replace(known, stage=Stage.GOING, settled_by="m3")

    assert await proposals.change("ABCD2345", agree) is Fault.OVERTAKEN


async def test_those_that_wait_are_listed_as_long_as_they_can_be_agreed_to(proposals):
    await proposals.add(a_proposal(needs_second=True))
    assert await proposals.waiting(NOW) == []
    await proposals.change("ABCD2345", partial(CONFIRM, message="m1"))
    [wait] = await proposals.waiting(NOW)
    assert wait.stage is Stage.WAITING
    assert await proposals.waiting(NOW + APPROVE_WITHIN) == []
