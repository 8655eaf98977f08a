"""A code that was never made, and the product killed while it makes sure of one.

It is a rehearsal in which 30 seconds last one.
"""

import pytest

from tests.networks import ON_BOTH_NETWORKS, TELEGRAM, WHATSAPP
from tests.waiting import until
from tests.world import World

REHEARSAL = {"rehearsal_speed": 30}
LASTS = {"times": "until cleared"}


@pytest.fixture
def world(rehearsal: World) -> World:
    return rehearsal


@pytest.mark.parametrize(
    ("network", "mode"),
    [(TELEGRAM, "SYSTEM_ERROR"), (WHATSAPP, "SYSTEM_ERROR"), (TELEGRAM, "timeout")],
    indirect=["network"],
)
def test_what_is_never_made_is_called_off_and_told_and_can_be_tried_again(
    world: World, mode: str
):
    payer, before = world.phone(), world.order_numbers()
    world.fault("payby.placeOrder", mode, delay_ms=10, **LASTS)
    number = payer.confirm_in_doubt()
    payer.wait_for("could not be made. Nothing was charged")
    assert world.payby_calls("cancelOrder", number)
    assert world.cases(number) == []
    assert world.order_numbers() == before
    world.clear_faults()
    payer.press("Try again")
    question = payer.wait_for(button="Confirm")
    payer.press("Confirm", message_id=question.id)
    code = payer.code()
    assert world.order_numbers() - before == {code.number}
    assert len(payer.said("could not be made")) == 1


@pytest.mark.parametrize(
    ("network", "mode"),
    [(TELEGRAM, "SYSTEM_ERROR"), (WHATSAPP, "SYSTEM_ERROR_after_accept")],
    indirect=["network"],
)
def test_killed_while_a_creation_is_uncertain_it_ends_in_one_code(
    world: World, mode: str
):
    payer, before = world.phone(), world.order_numbers()
    world.fault("payby.placeOrder", mode, **LASTS)
    number = payer.confirm_in_doubt()
    until(lambda: world.payby_calls("getOrder", number), "PayBy to be asked")
    world.kill_product()
    world.clear_faults()
    world.start_product()
    code = payer.code()
    assert world.order_numbers() - before == {number} == {code.number}
    code.pay()
    assert len(code.results()) == 1
    assert not payer.said("could not be made")


@ON_BOTH_NETWORKS
def test_killed_while_a_creation_is_called_off_it_is_closed_and_told_once(
    world: World,
):
    payer = world.phone()
    world.fault("payby.placeOrder", "SYSTEM_ERROR_after_accept", **LASTS)
    world.fault("payby.cancelOrder", "slow", delay_ms=3000)
    number = payer.confirm_in_doubt()
    until(lambda: world.payby_calls("cancelOrder", number), "PayBy to be asked")
    world.kill_product()
    world.start_product()
    until(lambda: payer.said("could not be made"), "the payer to be told", 100)
    assert world.payby_order(number)["status"] == "FAILURE"
    assert world.our_status(number) == "failed"
    assert len(payer.said("could not be made")) == 1
    assert not payer.said("", kind="photo")
