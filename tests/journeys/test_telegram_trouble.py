"""Telegram refuses, stalls or has lost the payer; the money is where it belongs."""

import pytest

from tests.waiting import until
from tests.world import World


@pytest.mark.parametrize("mode", ["429", "http500"])
def test_a_result_that_telegram_did_not_take_comes_later(world: World, mode: str):
    payer = world.phone()
    code = payer.order()
    world.fault("telegram.sendMessage", mode, retry_after=1)
    code.pay()
    assert len(code.results()) == 1
    assert world.push_state(code.number, "credited") == "sent"


@pytest.mark.parametrize("mode", ["429", "http500"])
def test_a_card_that_telegram_did_not_take_comes_later(world: World, mode: str):
    payer = world.phone()
    world.fault("telegram.sendPhoto", mode, retry_after=1)
    code = payer.order()
    code.pay()
    assert len(code.results()) == 1
    assert len(payer.said("", kind="photo")) == 1


@pytest.mark.parametrize("mode", ["429", "http500", "drop_after_accept"])
def test_the_code_says_paid_though_telegram_stumbled(world: World, mode: str):
    payer = world.phone()
    code = payer.order()
    world.fault("telegram.editMessageMedia", mode, retry_after=1)
    code.pay()
    assert not code.becomes("PAID").buttons


def test_a_payer_who_blocked_us_is_credited_and_finds_it_later(world: World):
    payer = world.phone()
    code = payer.order()
    payer.send(block=True)
    code.pay()
    until(
        lambda: world.push_state(code.number, "credited") == "unreachable",
        "the push to find nobody",
    )
    payer.send(unblock=True)
    payer.type(f"/order {code.number}")
    payer.wait_for("The money is on the account.")
    assert "AED 50.00" in payer.balance()


def test_a_code_that_did_not_reach_the_chat_can_be_asked_for(world: World):
    payer, before = world.phone(), world.order_numbers()
    world.fault("telegram.sendPhoto", "403")
    payer.confirm()
    until(lambda: world.order_numbers() - before, "PayBy to make the code")
    until(world.fault_is_met, "the card to be refused")
    payer.type("/orders")
    payer.press("T")
    payer.press("Show code")
    code = payer.code()
    code.pay()
    assert len(code.results()) == 1
