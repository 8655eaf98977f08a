"""Staff give money back: previewed, by two people above a sum, once, to its end."""

import asyncio
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.messages import Kind, plain
from core.database.audit import SqlAudit
from core.domain.errors import GatewayRejected, GatewayUnavailable, OutcomeUnknown
from core.domain.money import Money
from core.domain.orders import Order, Status
from core.domain.refunds import RefundStatus
from core.domain.staff import Role
from tests.integration.clerks import hired
from tests.integration.conftest import SUPPORT_CHAT, Town
from tests.integration.refunding import notice, paid, spend
from tests.integration.test_notices import take

REASON = "payer asked"


@pytest_asyncio.fixture(loop_scope="session")
async def agent(town):
    return await hired(town)


@pytest_asyncio.fixture(loop_scope="session")
async def supervisor(town):
    return await hired(town, Role.SUPERVISOR)


async def refunds(town: Town, order: Order) -> list[tuple[Money, RefundStatus]]:
    known = await town.topups.refunds.of_order(order.merchant_order_no)
    return [(refund.amount, refund.status) for refund in known]


async def audited(town: Town, order: Order) -> list[dict[str, str]]:
    lines = await SqlAudit(town.database, town.clock).newest(9, order.merchant_order_no)
    return [dict(line.entry.after) for line in reversed(lines)]


async def test_a_refund_says_before_where_the_money_lands_and_is_followed_to_its_end(
    town, agent
):
    order = await paid(town)
    said = await agent.types(f"/refund {order.merchant_order_no} 20 {REASON}")
    assert "AED 20.00 (of AED 50.00) is taken off the account." in said
    assert "That wallet is the store's" in said
    assert "The payer gets the cash there, not from us." in said
    assert await refunds(town, order) == []
    said = await agent.taps("Refund now")
    assert said.startswith("AED 20.00: PayBy has it and is not done")
    [given] = await town.topups.refunds.of_order(order.merchant_order_no)
    assert given.asked_by == agent.name
    assert given.reason == REASON
    assert f"Refund {given.refund_no}: AED 20.00, processing" in said
    assert "We wait for PayBy to give back AED 20.00." in said
    assert await take(town, notice(town.gateway.give(given.refund_no))) == "given back"
    said = await agent.types(f"/order {order.merchant_order_no}")
    assert f"Refund {given.refund_no}: AED 20.00, done" in said
    assert "We wait" not in said


async def test_without_an_amount_all_that_is_left_goes_back(town, agent):
    order = await paid(town)
    await agent.types(f"/refund {order.merchant_order_no} 20 {REASON}")
    await agent.taps("Refund now")
    [first] = await town.topups.refunds.of_order(order.merchant_order_no)
    await take(town, notice(town.gateway.give(first.refund_no)))
    town.clock.pass_by(timedelta(minutes=1))
    said = await agent.types(f"/refund {order.merchant_order_no}")
    assert "AED 30.00 (of AED 50.00)" in said
    await agent.taps("Wrong amount")
    await agent.taps("Refund now")
    assert [amount for amount, _ in await refunds(town, order)] == [
        Money(2000),
        Money(3000),
    ]


@pytest.mark.parametrize("amount", ["50.01", "2000"])
async def test_more_than_is_left_is_not_even_previewed(town, agent, amount):
    order = await paid(town)
    said = await agent.types(f"/refund {order.merchant_order_no} {amount} {REASON}")
    assert said == "At most AED 50.00 of this order can be given back."


async def test_what_was_spent_is_not_given_back(town, agent):
    order = await paid(town)
    await agent.types(f"/refund {order.merchant_order_no} 50 {REASON}")
    await spend(town, order, 4000)
    said = await agent.taps("Refund now")
    assert said.startswith("Nothing was done: the account holds less than that")
    assert await refunds(town, order) == []
    assert await audited(town, order) == [{"not done": "account_spent"}]


async def test_of_two_people_who_refund_the_same_one_does(town, agent):
    order, other = await paid(town), await hired(town)
    for clerk in (agent, other):
        await clerk.types(f"/refund {order.merchant_order_no} 20 {REASON}")
    said = await asyncio.gather(agent.taps("Refund now"), other.taps("Refund now"))
    assert len(await refunds(town, order)) == 1
    assert sum("Somebody else has just done something" in each for each in said) == 1


async def test_a_refund_taken_up_again_after_a_crash_is_one(town, agent):
    order = await paid(town)
    await agent.types(f"/refund {order.merchant_order_no} 20 {REASON}")
    button = agent.button("Refund now")
    for _ in range(2):
        said = await agent.sends(Kind.CHOICE, choice_id=button.id, update_id="crash:r")
        assert said.startswith("AED 20.00: PayBy has it")
    assert len(await refunds(town, order)) == 1
    assert len(await audited(town, order)) == 1


async def test_a_refund_that_payby_rejects_is_said_and_begun_anew(town, agent):
    order = await paid(town)
    town.gateway.fails("refund", GatewayRejected("REFUND_REJECTED", "62045"))
    await agent.types(f"/refund {order.merchant_order_no} 20 {REASON}")
    said = await agent.taps("Refund now")
    assert "so it is on the account again" in said
    assert await town.accounts.balance(order.account_id) == Money(5000)
    said = await agent.types(f"/retry {order.merchant_order_no}")
    assert said.startswith("The refund has failed; tap Refund to begin another.")
    await agent.taps("Refund")
    assert agent.buttons[-1] == "Do nothing"


@pytest.mark.parametrize(
    "trouble",
    [OutcomeUnknown("No answer.", "TIMEOUT"), GatewayUnavailable("Away.", "CONNECT")],
)
async def test_a_refund_that_payby_does_not_answer_goes_on_under_the_same_number(
    town, agent, trouble
):
    order = await paid(town)
    town.gateway.fails("refund", trouble)
    await agent.types(f"/refund {order.merchant_order_no} 20 {REASON}")
    said = await agent.taps("Refund now")
    assert "PayBy has not confirmed it yet" in said
    assert "Refund" not in agent.buttons
    said = await agent.types(f"/retry {order.merchant_order_no}")
    assert said.startswith("PayBy was asked again after the refund of AED 20.00.")
    [(amount, _)] = await refunds(town, order)
    assert amount == Money(2000)


async def test_a_revoke_gives_all_of_it_back(town, agent):
    order = await paid(town)
    said = await agent.types(f"/revoke {order.merchant_order_no} paid twice")
    assert "AED 50.00 (all of it) is taken off the account." in said
    await agent.taps("Revoke now")
    [(amount, _)] = await refunds(town, order)
    assert amount == Money(5000)


async def test_a_revoke_of_a_code_that_nobody_paid_closes_it(town, agent):
    order = await town.created()
    said = await agent.types(f"/revoke {order.merchant_order_no} suspicious")
    assert "PayBy closes the code for good." in said
    said = await agent.taps("Revoke now")
    assert said.startswith("Nobody had paid it, so nothing goes back: cancelled.")
    assert not town.gateway.live(order.merchant_order_no)


async def dear(town: Town) -> Order:
    """An order of 500 dirhams, paid and credited."""
    account = await town.account()
    number = town.number()
    order = await town.topups.start(
        draft_id=f"dear-{number}",
        conversation_id=f"tg:{700_000 + number}",
        account_id=account.id,
        amount=Money(50_000),
    )
    order = await town.creation_of(order)
    town.gateway.pay(order.merchant_order_no)
    return await town.topups.check(order.merchant_order_no)


async def test_above_a_sum_a_supervisor_agrees_and_only_then_it_happens(
    town, agent, supervisor
):
    order = await dear(town)
    said = await agent.types(f"/refund {order.merchant_order_no} 200.01 {REASON}")
    assert "It takes a second person" in said
    said = await agent.taps("Ask a second person")
    assert said.startswith(f"{agent.name} asks for a second person:")
    assert await refunds(town, order) == []
    in_group = plain(town.channel.shown[SUPPORT_CHAT][-1].text)
    assert in_group == said
    assert "It takes a second person: you have begun it" in await agent.taps("Agree")
    other = await hired(town)
    assert "It takes a supervisor" in await other.taps("Agree", of=agent)
    said = await supervisor.taps("Agree", of=agent)
    assert said.startswith("AED 200.01: PayBy has it")
    assert len(await refunds(town, order)) == 1
    [line] = await SqlAudit(town.database, town.clock).newest(
        1, order.merchant_order_no
    )
    assert line.entry.who == agent.name
    assert line.entry.after["agreed"] == supervisor.name
    told = [plain(message.text) for message in town.channel.shown[agent.chat]]
    assert told == [said]


async def test_many_small_refunds_of_one_order_count_together(town, agent):
    order = await dear(town)
    await agent.types(f"/refund {order.merchant_order_no} 150 {REASON}")
    await agent.taps("Refund now")
    [first] = await town.topups.refunds.of_order(order.merchant_order_no)
    await take(town, notice(town.gateway.give(first.refund_no)))
    said = await agent.types(f"/refund {order.merchant_order_no} 60 {REASON}")
    assert "It takes a second person" in said


async def test_a_supervisor_may_say_no(town, agent, supervisor):
    order = await dear(town)
    await agent.types(f"/revoke {order.merchant_order_no} {REASON}")
    await agent.taps("Ask a second person")
    agree = agent.button("Agree")
    assert "nothing was done" in await supervisor.taps("No", of=agent)
    said = await supervisor.sends(Kind.CHOICE, choice_id=agree.id)
    assert said == "That was dropped: nothing was done."
    assert await refunds(town, order) == []


async def test_a_supervisor_does_not_agree_about_their_own_order(
    town, agent, supervisor
):
    account = await town.account()
    order = await town.topups.start(
        draft_id=f"own-{town.number()}",
        conversation_id=supervisor.chat,
        account_id=account.id,
        amount=Money(50_000),
    )
    order = await town.creation_of(order)
    town.gateway.pay(order.merchant_order_no)
    order = await town.topups.check(order.merchant_order_no)
    assert order.status is Status.CREDITED
    await agent.types(f"/refund {order.merchant_order_no} {REASON}")
    await agent.taps("Ask a second person")
    assert "your own order" in await supervisor.taps("Agree", of=agent)
    assert await refunds(town, order) == []
