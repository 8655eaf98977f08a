"""Who is frozen makes no orders and sees no codes; their money waits, and arrives."""

from datetime import timedelta

import pytest

from bot.messages import plain
from bot.pushes import push_id
from core.domain.cases import CaseKind
from core.domain.errors import Frozen
from core.domain.money import Money
from core.domain.orders import Event, Status
from core.domain.staff import Role
from tests.integration.clerks import Clerk, hired
from tests.integration.conftest import Town, done, until
from tests.integration.telling import an_order_in
from tests.integration.test_hand_over import Payer


async def freeze(agent: Clerk, what: str, word: str = "freeze") -> str:
    """Freeze, or what is said instead, with a reason and a confirmation."""
    await agent.types(f"/{word} {what} looks like a scam")
    return await agent.taps(f"{word.capitalize()} now")


async def start(town: Town, chat: str, account_id: str) -> None:
    await town.topups.start(
        draft_id=f"freeze-{town.number()}",
        conversation_id=chat,
        account_id=account_id,
        amount=Money(5000),
    )


async def balance(town: Town, account_id: str) -> Money:
    return await town.accounts.balance(account_id)


@pytest.mark.parametrize("what", ["payer", "account"])
async def test_a_freeze_says_what_it_does_and_does_it_after_a_reason_and_a_word(
    town, what
):
    agent = await hired(town)
    order = await an_order_in(town, Status.OPEN)
    said = await agent.types(f"/freeze {what} {order.merchant_order_no}")
    assert "can still be paid: that money is held" in said
    assert "Why?" in said
    assert "Nothing is done yet" in await agent.taps("Suspicious")
    await town.topups.demand_not_frozen(order)
    assert "frozen" in await agent.taps("Freeze now")
    with pytest.raises(Frozen):
        await town.topups.demand_not_frozen(order)
    with pytest.raises(Frozen):
        await start(town, order.conversation_id, order.account_id)
    assert "done once only" in await agent.taps("Freeze now")
    audit = await agent.types("/audit")
    assert "(Suspicious): frozen no → frozen yes" in audit


async def test_a_frozen_payer_is_told_without_a_word_of_blame_and_how_to_reach_a_person(
    town,
):
    agent = await hired(town)
    payer = Payer(town)
    order = await an_order_in(town, Status.OPEN, payer.chat)
    await freeze(agent, f"payer {order.merchant_order_no}")
    for text in ("/code", f"/topup 50 {order.account_id}"):
        await payer.types(text)
        shown = town.channel.shown[payer.chat][-1]
        assert "paused here at the moment" in plain(shown.text)
        assert shown.card is None
        assert shown.choices[0][0].title == "Talk to a person"
    other = await an_order_in(town, Status.OPEN)
    await town.topups.demand_not_frozen(other)


async def test_money_for_a_frozen_account_is_held_with_a_case_and_credited_afterwards(
    town,
):
    agent = await hired(town)
    order = await town.created()
    await freeze(agent, f"account {order.account_id}")
    town.gateway.pay(order.merchant_order_no)
    paid = await town.topups.check(order.merchant_order_no)
    assert paid.status is Status.PAID
    assert await balance(town, order.account_id) == Money(0)
    assert (order.merchant_order_no, Event.HELD) in town.notifier.told
    cases = {(number, kind) for number, kind, _ in town.support.cases}
    assert (order.merchant_order_no, CaseKind.HELD) in cases
    await town.topups.attend(order.merchant_order_no)
    assert await balance(town, order.account_id) == Money(0)
    town.clock.time += timedelta(minutes=1)
    said = await freeze(agent, f"account {order.account_id}", "unfreeze")
    assert order.merchant_order_no in said
    credited = await town.orders.get(order.merchant_order_no)
    assert credited.status is Status.CREDITED
    assert await balance(town, order.account_id) == Money(5000)


async def test_of_what_is_frozen_no_code_is_shown_again_by_staff_either(town):
    agent = await hired(town)
    order = await an_order_in(town, Status.OPEN)
    await freeze(agent, f"payer {order.merchant_order_no}")
    for command in ("resend", "extend"):
        said = await agent.types(f"/{command} {order.merchant_order_no}")
        assert f"/{command} is not possible now" in said
    assert "Frozen: no new orders" in await agent.types(
        f"/order {order.merchant_order_no}"
    )


async def test_nobody_freezes_without_the_role_or_unfreezes_themselves(town):
    viewer, agent = await hired(town, Role.VIEWER), await hired(town)
    own = await an_order_in(town, Status.OPEN, agent.chat)
    number = own.merchant_order_no
    assert "takes an agent" in await viewer.types(f"/freeze payer {number}")
    assert "your own order" in await agent.types(f"/freeze payer {number}")
    await freeze(await hired(town), f"payer {number}")
    assert "your own order" in await agent.types(f"/unfreeze payer {number}")


@pytest.mark.parametrize("word", ["freeze", "unfreeze"])
async def test_nobody_freezes_or_frees_an_account_that_they_top_up_themselves(
    town, word
):
    agent = await hired(town)
    own = await an_order_in(town, Status.EXPIRED, agent.chat)
    others = await an_order_in(town, Status.EXPIRED)
    for named in (own.account_id, own.merchant_order_no):
        said = await agent.types(f"/{word} account {named} looks like a scam")
        assert "your own order" in said
    said = await agent.types(f"/{word} account {others.account_id} a scam")
    assert "your own order" not in said


async def test_who_begins_to_top_an_account_up_meanwhile_does_not_freeze_it(town):
    agent = await hired(town)
    account = await town.account()
    await agent.types(f"/freeze account {account.id} looks like a scam")
    await start(town, agent.chat, account.id)
    assert "your own order" in await agent.taps("Freeze now")
    assert "not frozen" in await (await hired(town)).types(
        f"/unfreeze account {account.id} x"
    )


async def test_a_freeze_that_is_there_already_is_said_so(town):
    agent = await hired(town)
    account = await town.account()
    assert "not frozen" in await agent.types(f"/unfreeze account {account.id} x")
    await freeze(agent, f"account {account.id}")
    said = await agent.types(f"/freeze account {account.id} again")
    assert f"is frozen, by {agent.name}" in said


async def test_from_an_orders_screen_one_chooses_between_payer_and_account(town):
    agent = await hired(town)
    order = await an_order_in(town, Status.OPEN)
    await agent.types(f"/order {order.merchant_order_no}")
    assert "or its account?" in await agent.taps("Freeze …")
    assert f"account {order.account_id}?" in await agent.taps("The account")


async def test_a_code_that_is_ready_is_shown_once_the_freeze_is_over(town):
    agent = await hired(town)
    order = await an_order_in(town, Status.OPEN)
    await freeze(agent, f"payer {order.merchant_order_no}")
    await town.outbox.tell(order, Event.READY)
    await done(push_id(order, Event.READY))
    assert await town.outbox.has_told(order, Event.READY)
    assert order.conversation_id not in town.channel.shown
    town.clock.time += timedelta(minutes=1)
    await freeze(agent, f"payer {order.merchant_order_no}", "unfreeze")
    assert not await town.outbox.has_told(order, Event.READY)
    await town.outbox.tell(order, Event.READY)

    async def is_shown() -> bool:
        shown = town.channel.shown.get(order.conversation_id, [])
        return any(message.card for message in shown)

    await until(is_shown)
