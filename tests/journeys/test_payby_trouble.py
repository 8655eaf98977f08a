"""PayBy late, wrong or silent: the payer hears the truth, and never has two codes."""

import pytest

from tests.networks import ON_BOTH_NETWORKS
from tests.world import World


@pytest.mark.parametrize(
    "mode", ["http500", "SYSTEM_ERROR", "drop_after_accept", "bad_sign", "no_sign"]
)
@ON_BOTH_NETWORKS
def test_a_code_whose_making_is_uncertain_is_asked_for_and_made_once(
    world: World, mode: str
):
    payer, before = world.phone(), world.order_numbers()
    world.fault("payby.placeOrder", mode)
    payer.confirm()
    payer.wait_for("PayBy needs a little longer")
    code = payer.code()
    assert world.order_numbers() - before == {code.number}
    code.pay()
    assert len(code.results()) == 1
    assert "AED 50.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_when_payby_asks_us_to_slow_down_the_payer_only_waits(world: World):
    payer, before = world.phone(), world.order_numbers()
    world.fault("payby.placeOrder", "429")
    code = payer.order()
    assert not payer.said("PayBy needs a little longer")
    assert world.order_numbers() - before == {code.number}


@ON_BOTH_NETWORKS
def test_a_late_answer_is_no_answer_and_makes_no_second_code(world: World):
    payer, before = world.phone(), world.order_numbers()
    world.fault("payby.placeOrder", "slow", delay_ms=10_500)
    payer.confirm()
    payer.wait_for("PayBy needs a little longer")
    code = payer.code()
    assert world.order_numbers() - before == {code.number}


@ON_BOTH_NETWORKS
def test_while_payby_is_silent_it_is_asked_again(world: World):
    payer, before = world.phone(), world.order_numbers()
    world.fault("payby.placeOrder", "timeout", delay_ms=100)
    world.fault("payby.getOrder", "timeout", delay_ms=100, times="until cleared")
    payer.confirm()
    payer.wait_for("There is nothing to pay yet")
    world.clear_faults()
    code = payer.code()
    assert world.order_numbers() - before == {code.number}


@ON_BOTH_NETWORKS
@pytest.mark.parametrize("code", ["62016", "RISK_FAIL"])
def test_a_refused_code_is_told_and_leaves_nothing_to_pay(world: World, code: str):
    payer, before = world.phone(), world.order_numbers()
    world.fault("payby.placeOrder", code)
    payer.confirm()
    payer.wait_for("could not be made. Nothing was charged")
    assert world.order_numbers() == before
    payer.press("Try again")
    question = payer.wait_for(button="Confirm")
    payer.press("Confirm", message_id=question.id)
    payer.code().pay()
    payer.wait_for("paid. Thank you!")


@ON_BOTH_NETWORKS
def test_an_order_that_payby_makes_differently_is_called_off(world: World):
    """PayBy made it and the answer cannot be believed: no live code stays behind."""
    payer, before = world.phone(), world.order_numbers()
    world.fault("payby.placeOrder", "drop_after_accept")
    world.fault("payby.placeOrder", "62016")
    payer.confirm()
    payer.wait_for("could not be made")
    (number,) = world.order_numbers() - before
    assert world.payby_order(number)["status"] == "FAILURE"


@ON_BOTH_NETWORKS
def test_check_now_says_so_when_payby_cannot_be_asked(world: World):
    payer = world.phone()
    code = payer.order()
    world.fault("payby.getOrder", "http500", times=9, about=code.number)
    payer.press("Check now")
    told = payer.wait_for("I cannot reach PayBy right now")
    assert "Your code stays valid until" in told.text
    world.clear_faults()
    code.pay()
    assert len(code.results()) == 1
