"""The product is killed at the worst moments; nothing is lost and nothing doubled."""

import time

import pytest

from tests.networks import ON_BOTH_NETWORKS, TELEGRAM, WHATSAPP
from tests.phones import Code, Phone
from tests.waiting import until
from tests.world import World

ON_ITS_WAY = {
    TELEGRAM: ("telegram.sendMessage", "timeout"),
    WHATSAPP: ("twilio.messages", "accept_then_timeout"),
}


def _is_paid_once(payer: Phone, code: Code) -> None:
    assert len(code.results()) == 1
    code.is_shown_as("credited")
    assert "AED 50.00" in payer.balance()
    assert code.in_payby()["status"] in {"PAID_SUCCESS", "SETTLED"}


def test_killed_as_soon_as_the_confirmation_was_accepted(world: World):
    payer, before = world.phone(), world.order_numbers()
    payer.confirm()
    until(world.updates_are_taken, "the tap to be accepted")
    world.kill_product()
    world.start_product()
    code = payer.code()
    assert world.order_numbers() - before == {code.number}
    code.pay()
    _is_paid_once(payer, code)


def test_killed_while_payby_makes_the_code(world: World):
    payer, before = world.phone(), world.order_numbers()
    world.fault("payby.placeOrder", "slow", delay_ms=1500)
    payer.confirm()
    until(world.fault_is_met, "PayBy to be asked")
    world.kill_product()
    world.start_product()
    code = payer.code()
    assert world.order_numbers() - before == {code.number}
    code.pay()
    _is_paid_once(payer, code)


def test_killed_before_it_knows_that_payby_made_the_code(world: World):
    payer, before = world.phone(), world.order_numbers()
    world.fault("payby.placeOrder", "drop_after_accept")
    payer.confirm()
    payer.wait_for("PayBy needs a little longer")
    assert len(made := world.order_numbers() - before) == 1
    world.kill_product()
    world.start_product()
    code = payer.code()
    assert world.order_numbers() - before == made == {code.number}
    code.pay()
    _is_paid_once(payer, code)


def test_killed_while_the_card_is_on_its_way(world: World):
    payer = world.phone()
    world.fault("telegram.sendPhoto", "timeout", about=payer.name)
    payer.confirm()
    until(world.fault_is_met, "Telegram to be asked")
    world.kill_product()
    world.start_product()
    code = payer.code()
    code.pay()
    _is_paid_once(payer, code)
    assert len(payer.said("", kind="photo")) == 1


def test_killed_as_soon_as_the_notice_was_answered(world: World):
    payer = world.phone()
    code = payer.order()
    world.fault("telegram.sendMessage", "timeout", about=payer.name)
    code.pay()
    until(lambda: code.notices_answered() == [200], "the notice to be answered")
    world.kill_product()
    world.clear_faults()
    world.start_product()
    _is_paid_once(payer, code)


@ON_BOTH_NETWORKS
def test_killed_while_the_result_is_on_its_way(world: World):
    """Twilio has taken it, and has it in its list; Telegram has not, and no list."""
    payer = world.phone()
    code = payer.order()
    until(world.is_quiet, "all other messages to be sent")
    world.fault(*ON_ITS_WAY[world.network], about=payer.name)
    code.pay()
    until(world.fault_is_met, "the network to be asked")
    world.kill_product()
    world.start_product()
    _is_paid_once(payer, code)


def test_killed_before_the_notice_came(world: World):
    payer = world.phone()
    code = payer.order()
    world.kill_product()
    code.pay()
    until(lambda: code.notices_answered() == [None], "PayBy to find nobody")
    world.start_product()
    _is_paid_once(payer, code)
    until(lambda: code.notices_answered()[-1] == 200, "PayBy to find somebody")
    _is_paid_once(payer, code)


@pytest.mark.parametrize("after_ms", [10, 40, 90])
def test_killed_at_some_moment_after_the_payment(world: World, after_ms: int):
    """Once in a while Telegram has the message and we do not know: one copy more."""
    payer = world.phone()
    code = payer.order()
    code.pay()
    time.sleep(after_ms / 1000)
    world.kill_product()
    world.start_product()
    assert len(code.results()) in {1, 2}
    assert "AED 50.00" in payer.balance()


def test_a_result_of_which_nothing_is_known_is_sent_once_more_and_never_again(
    world: World,
):
    payer = world.phone()
    code = payer.order()
    until(world.is_quiet, "all other messages to be sent")
    world.fault("telegram.sendMessage", "drop_after_accept", times=2, about=payer.name)
    code.pay()
    assert len(code.results()) == 2
    assert world.fault_is_met()
    assert world.push_state(code.number, "credited") == "unknown"
    assert "AED 50.00" in payer.balance()


def test_what_was_written_on_whatsapp_while_nobody_was_there_is_answered_once(
    world: World,
):
    payer = world.phone(network="whatsapp")
    payer.type("/start")
    payer.wait_for("Welcome")
    world.kill_product()
    payer.send(text=f"/topup 50 {payer.account}", minutes_ago=2)
    until(lambda: world.get("whatsapp")["webhook"]["unanswered"], "Twilio to give up")
    world.start_product()
    payer.wait_for(button="Confirm")
    payer.type("/help")
    payer.wait_for("How it works")
    assert len(payer.said("", button="Confirm")) == 1
