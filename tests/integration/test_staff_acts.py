"""What staff do has one effect, is written down, and happens as it was previewed."""

import asyncio
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.channel import Refused, Unreachable
from bot.messages import Kind, plain
from core.database.audit import SqlAudit
from core.domain.errors import GatewayRejected, GatewayUnavailable, OutcomeUnknown
from core.domain.orders import Event, Order, Status
from core.domain.staff import Role
from tests.integration.clerks import hired
from tests.integration.conftest import Town, done
from tests.integration.telling import an_order_in, moved, shown, told

AWAY = GatewayUnavailable("PayBy does not answer")


@pytest_asyncio.fixture(loop_scope="session")
async def agent(town):
    return await hired(town)


async def audited(town: Town, order: Order) -> list[tuple[str, str]]:
    """Who did what to an order, oldest first."""
    lines = await SqlAudit(town.database, town.clock).newest(9, order.merchant_order_no)
    return [(line.entry.who, line.entry.act) for line in reversed(lines)]


async def status_of(town: Town, order: Order) -> Status:
    return (await town.orders.get(order.merchant_order_no)).status


async def test_a_check_asks_payby_and_books_what_it_says(town, agent):
    order = await town.created()
    town.gateway.pay(order.merchant_order_no)
    said = await agent.types(f"/check {order.merchant_order_no}")
    assert said.startswith("PayBy was asked: now credited.")
    assert await status_of(town, order) is Status.CREDITED
    assert await audited(town, order) == [(agent.name, "check")]


async def test_a_check_that_payby_does_not_answer_is_said_and_audited(town, agent):
    order = await town.created()
    town.gateway.fails("get", AWAY)
    said = await agent.types(f"/check {order.merchant_order_no}")
    assert said.startswith("PayBy gives no answer: PayBy does not answer")
    assert await audited(town, order) == [(agent.name, "check")]


async def test_a_refusal_of_a_check_is_an_answer_of_paybys(town, agent):
    order = await town.created()
    town.gateway.fails("get", GatewayRejected("not allowed", "62016"))
    said = await agent.types(f"/check {order.merchant_order_no}")
    assert said.startswith("PayBy answers: not allowed")


async def test_retry_credits_an_account_that_was_closed(town, agent):
    account = await town.account(is_open=True)
    order = await town.created(account)
    closed = type(account)(account.id, account.name, is_open=False)
    await town.accounts.keep([closed])
    town.gateway.pay(order.merchant_order_no)
    await agent.types(f"/check {order.merchant_order_no}")
    assert await status_of(town, order) is Status.PAID
    await town.accounts.keep([account])
    said = await agent.types(f"/retry {order.merchant_order_no}")
    assert said.startswith("The account was to be credited again. It is credited.")
    assert await town.accounts.balance(account.id) == order.amount


async def test_retry_takes_a_creation_up_under_the_same_number(town, agent):
    order = await an_order_in(town, Status.CREATING)
    said = await agent.types(f"/retry {order.merchant_order_no}")
    assert "under the same number" in said
    await town.creation_of(order)
    assert await status_of(town, order) is Status.OPEN
    made = [number for call, number in town.gateway.calls if call == "create"]
    assert set(made) == {order.merchant_order_no}


async def test_retry_closes_at_payby_what_was_not_closed(town, agent):
    order = await town.created()
    number = order.merchant_order_no
    await town.orders.ended(number, Status.CANCELLED, is_closed=False)
    said = await agent.types(f"/retry {number}")
    assert said.startswith("PayBy was asked again to close the code.")
    assert not town.gateway.live(number)
    assert (await town.orders.get(number)).is_closed


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.FAILED])
async def test_retry_of_an_order_that_ended_makes_one_new_order_however_often(
    town, agent, status
):
    old = await an_order_in(town, status)
    said = await agent.types(f"/retry {old.merchant_order_no}")
    assert f"Took the place of {old.merchant_order_no}" in said
    said = await agent.types(f"/retry {old.merchant_order_no}")
    assert "/retry is not possible now" in said
    assert "Tried again as" in said
    new, *others = [
        each
        for each in await town.orders.of_conversation(old.conversation_id, 9)
        if each.merchant_order_no != old.merchant_order_no
    ]
    assert others == []
    assert (new.account_id, new.amount) == (old.account_id, old.amount)
    assert (await town.creation_of(new)).status is Status.OPEN
    acts = [(agent.name, "retry")] * 2
    assert await audited(town, old) == acts


async def test_retry_tells_a_payer_who_was_not_told(town, agent):
    order = await an_order_in(town, Status.CREDITED)
    town.channel.fails(Refused("chat not found"))
    await told(town, order, Event.CREDITED)
    said = await agent.types(f"/retry {order.merchant_order_no}")
    assert "it was sent" in said
    (message,) = shown(town, order)
    assert "AED 50.00 paid" in plain(message)


@pytest.mark.parametrize(
    ("status", "part"),
    [
        (Status.OPEN, "AED 50.00"),
        (Status.PAID, "Your money has arrived"),
        (Status.CREDITED, "Thank you!"),
        (Status.EXPIRED, "is over"),
        (Status.CANCELLED, "cancelled"),
        (Status.FAILED, "could not be made"),
    ],
)
async def test_resend_shows_the_payer_how_the_order_stands(town, agent, status, part):
    order = await an_order_in(town, status)
    said = await agent.types(f"/resend {order.merchant_order_no}")
    assert "it was sent" in said
    assert part in plain(shown(town, order)[0])


async def test_a_message_of_staff_taken_up_again_is_shown_to_the_payer_once(
    town, agent
):
    order = await an_order_in(town, Status.CREDITED)
    number = order.merchant_order_no
    for text in (f"/resend {number}", f"/say {number} Good news."):
        for _ in range(2):
            await agent.sends(Kind.TEXT, text=text, update_id=f"test:{text}")
    assert len(shown(town, order)) == 2
    assert await audited(town, order) == [(agent.name, "resend"), (agent.name, "say")]


async def test_what_staff_say_reaches_the_payer_word_for_word(town, agent):
    order = await an_order_in(town, Status.OPEN)
    text = "Please wait.\nهذا كل شيء 😀"
    said = await agent.types(f"/say {order.merchant_order_no} {text}")
    assert said == f"To the payer of {order.merchant_order_no}: it was sent."
    assert shown(town, order) == [text]
    [line] = await SqlAudit(town.database, town.clock).newest(
        1, order.merchant_order_no
    )
    assert line.entry.after == {"said": text, "delivery": "sent"}


async def test_what_cannot_be_brought_is_told_to_who_said_it(town, agent):
    order = await an_order_in(town, Status.OPEN)
    town.channel.fails(Unreachable("blocked"))
    said = await agent.types(f"/say {order.merchant_order_no} Hello.")
    assert "cannot be written to now" in said


@pytest.mark.parametrize("text", ["", "x" * 1001])
async def test_nothing_and_too_much_is_not_said(town, agent, text):
    order = await an_order_in(town, Status.OPEN)
    said = await agent.types(f"/say {order.merchant_order_no} {text}")
    assert said.startswith("Type /say")
    assert shown(town, order) == []


async def test_a_cancel_is_previewed_given_a_reason_and_confirmed(town, agent):
    order = await town.created()
    number = order.merchant_order_no
    said = await agent.types(f"/cancel {number}")
    assert "PayBy closes the code for good" in said
    assert "Why? Tap a reason" in said
    said = await agent.taps("Wrong amount")
    assert "Reason: Wrong amount" in said
    assert town.gateway.live(number)
    said = await agent.taps("Cancel now")
    assert said.startswith("Cancelled at PayBy and here; the payer is told.")
    assert not town.gateway.live(number)
    await done(f"{number}:cancelled")
    assert "cancelled" in shown(town, order)[-1]
    [line] = await SqlAudit(town.database, town.clock).newest(9, number)
    assert line.entry.reason == "Wrong amount"
    assert line.entry.before["status"] == "open"
    assert line.entry.after == {"status": "cancelled"}


async def test_a_reason_can_be_typed(town, agent):
    order = await town.created()
    said = await agent.types(f"/cancel {order.merchant_order_no} because it was late")
    assert "Reason: it was late" in said
    assert agent.buttons == ["Cancel now", "Do nothing"]


async def test_a_confirm_tapped_twice_does_it_once_and_says_so(town, agent):
    order = await town.created()
    await agent.types(f"/extend {order.merchant_order_no} store was closed")
    button = agent.button("Extend now")
    first = await agent.sends(Kind.CHOICE, choice_id=button.id)
    again = await agent.sends(Kind.CHOICE, choice_id=button.id)
    assert first.startswith("The code can be paid until")
    assert again == "That was confirmed before, and is done once only."
    extended = await town.orders.get(order.merchant_order_no)
    assert extended.expires_at == order.expires_at + timedelta(hours=24)


async def test_a_confirm_tapped_too_late_does_nothing_and_says_so(town, agent):
    order = await town.created()
    await agent.types(f"/cancel {order.merchant_order_no} payer asked")
    town.clock.pass_by(timedelta(minutes=2))
    assert (await agent.taps("Cancel now")).startswith("Too late: nothing was done.")
    assert town.gateway.live(order.merchant_order_no)


async def test_a_confirmation_taken_up_again_after_a_crash_extends_once(town, agent):
    order = await town.created()
    await agent.types(f"/extend {order.merchant_order_no} store was closed")
    button = agent.button("Extend now")
    for _ in range(2):
        said = await agent.sends(Kind.CHOICE, choice_id=button.id, update_id="crash:1")
        assert said.startswith("The code can be paid until")
    extended = await town.orders.get(order.merchant_order_no)
    assert extended.expires_at == order.expires_at + timedelta(hours=24)
    assert await audited(town, order) == [(agent.name, "extend")]


async def test_what_is_dropped_is_not_done(town, agent):
    order = await town.created()
    await agent.types(f"/cancel {order.merchant_order_no} payer asked")
    button = agent.button("Cancel now")
    assert "nothing was done" in await agent.taps("Do nothing")
    said = await agent.sends(Kind.CHOICE, choice_id=button.id)
    assert said == "That was dropped: nothing was done."
    assert town.gateway.live(order.merchant_order_no)
    assert await audited(town, order) == []


async def test_a_code_at_a_till_is_not_cancelled(town, agent):
    order = await town.created()
    town.gateway.scanned.add(order.token_url)
    await agent.types(f"/cancel {order.merchant_order_no} payer asked")
    said = await agent.taps("Cancel now")
    assert said.startswith("A cashier has the code on the POS")
    assert town.gateway.live(order.merchant_order_no)


async def test_a_code_paid_meanwhile_is_credited_and_not_cancelled(town, agent):
    order = await town.created()
    await agent.types(f"/cancel {order.merchant_order_no} payer asked")
    town.gateway.pay(order.merchant_order_no)
    said = await agent.taps("Cancel now")
    assert said.startswith("It was paid before, so it is credited")
    assert await status_of(town, order) is Status.CREDITED


async def test_a_cancel_of_unknown_outcome_is_said_to_be_unknown(town, agent):
    order = await town.created()
    unknown = OutcomeUnknown("PayBy hung up")
    town.gateway.fails("cancel", unknown)
    await agent.types(f"/cancel {order.merchant_order_no} payer asked")
    said = await agent.taps("Cancel now")
    assert said.startswith("PayBy gives no clear answer (PayBy hung up)")
    assert await status_of(town, order) is Status.OPEN
    assert await audited(town, order) == [(agent.name, "cancel")]
    said = await agent.taps("Try again")
    assert said.startswith("Cancelled at PayBy and here")
    assert not town.gateway.live(order.merchant_order_no)
    assert "Try again" not in agent.buttons


async def test_of_two_people_the_second_is_told_that_the_first_was_quicker(town, agent):
    order, other = await town.created(), await hired(town)
    for clerk in (agent, other):
        await clerk.types(f"/extend {order.merchant_order_no} payer asked")
    said = await asyncio.gather(agent.taps("Extend now"), other.taps("Extend now"))
    assert sorted(each.split(" ")[0] for each in said) == ["Somebody", "The"]
    extended = await town.orders.get(order.merchant_order_no)
    assert extended.expires_at == order.expires_at + timedelta(hours=24)
    assert len(await audited(town, order)) == 1


async def test_somebody_elses_preview_is_not_confirmed(town, agent):
    order, other = await town.created(), await hired(town)
    await agent.types(f"/cancel {order.merchant_order_no} payer asked")
    assert "Somebody else has begun that" in await other.taps("Cancel now", of=agent)
    assert town.gateway.live(order.merchant_order_no)


@pytest.mark.parametrize(
    "command", ["check", "retry", "resend", "say", "cancel", "extend", "revoke"]
)
async def test_nobody_acts_on_an_order_of_their_own(town, agent, command):
    order = await an_order_in(town, Status.OPEN, agent.chat)
    calls = len(town.gateway.calls)
    said = await agent.types(f"/{command} {order.merchant_order_no} text")
    assert said.startswith("That is your own order")
    assert len(town.gateway.calls) == calls
    assert await audited(town, order) == []
    assert "open" in await agent.types(f"/order {order.merchant_order_no}")


@pytest.mark.parametrize("status", Status)
async def test_a_screen_offers_what_is_possible_and_refuses_the_rest(
    town, agent, status
):
    order = await an_order_in(town, status)
    await agent.types(f"/order {order.merchant_order_no}")
    titles = {
        "Try again": "retry",
        "Show payer again": "resend",
        "Cancel": "cancel",
        "Extend": "extend",
        "Refund": "refund",
        "Revoke": "revoke",
    }
    offered = {titles[each] for each in agent.buttons if each in titles}
    for command in sorted(set(titles.values()) - offered):
        said = await agent.types(f"/{command} {order.merchant_order_no} text")
        assert said.startswith(f"/{command} is not possible now.")
    assert await status_of(town, order) is status
    assert await audited(town, order) == []


async def test_the_audit_shows_who_did_what_why_and_what_changed(town, agent):
    order = await town.created()
    await agent.types(f"/extend {order.merchant_order_no} store was closed")
    await agent.taps("Extend now")
    viewer = await hired(town, Role.VIEWER)
    for typed in (f"/audit {order.merchant_order_no}", "/audit"):
        said = await viewer.types(typed)
        assert f"{agent.name}: extend {order.merchant_order_no} (store was closed)" in (
            said
        )
        assert "status open, code until 25 Nov 12:00 → status open" in said
    screen = await viewer.types(f"/order {order.merchant_order_no}")
    assert f"{agent.name}: extend (store was closed)" in screen


async def test_an_order_that_moved_on_is_shown_as_it_is_now(town, agent):
    order = await an_order_in(town, Status.OPEN)
    await agent.types(f"/order {order.merchant_order_no}")
    await moved(town, order, Status.CREDITED)
    said = await agent.taps("Cancel")
    assert said.startswith("/cancel is not possible now.")
    assert f"{order.merchant_order_no}: credited" in said
