"""The network refuses, stalls or has lost the payer; the money is where it belongs.

What Twilio may have taken is looked up in its list: see test_killed.py.
"""

import pytest

from tests.networks import ON_BOTH_NETWORKS, TELEGRAM, WHATSAPP
from tests.phones import Code, Phone
from tests.sandbox_client import Json
from tests.waiting import until
from tests.world import World

TEXTS = {TELEGRAM: "telegram.sendMessage", WHATSAPP: "twilio.messages"}
PICTURES = {TELEGRAM: "telegram.sendPhoto", WHATSAPP: "twilio.messages"}
NOT_TAKEN = pytest.mark.parametrize(
    ("network", "mode"),
    [(TELEGRAM, "429"), (TELEGRAM, "http500"), (WHATSAPP, "429")],
    indirect=["network"],
)
CLOSED = {TELEGRAM: "403", WHATSAPP: "21610"}
"""How a network says that the person wants nothing of us."""


@NOT_TAKEN
def test_a_result_that_the_network_did_not_take_comes_later(world: World, mode: str):
    payer = world.phone()
    code = payer.order()
    world.fault(TEXTS[world.network], mode, retry_after=1, about=payer.name)
    code.pay()
    assert len(code.results()) == 1
    assert world.push_state(code.number, "credited") == "sent"


@NOT_TAKEN
def test_a_card_that_the_network_did_not_take_comes_later(world: World, mode: str):
    payer = world.phone()
    question = payer.ask()
    world.fault(PICTURES[world.network], mode, retry_after=1, about=payer.name)
    payer.press("Confirm", message_id=question.id)
    code = payer.code()
    code.pay()
    assert len(code.results()) == 1
    assert len(payer.said("", kind="photo")) == 1


@pytest.mark.parametrize("mode", ["429", "http500", "drop_after_accept"])
def test_the_code_says_paid_though_telegram_stumbled(world: World, mode: str):
    payer = world.phone()
    code = payer.order()
    world.fault("telegram.editMessageMedia", mode, retry_after=1, about=payer.name)
    code.pay()
    assert not code.becomes("PAID").buttons


def _paid_while_we_were_blocked(world: World, payer: Phone) -> Code:
    code = payer.order()
    payer.send(block=True)
    code.pay()
    until(
        lambda: world.push_state(code.number, "credited") == "unreachable",
        "the push to find nobody",
    )
    return code


def test_a_payer_who_blocked_us_sees_the_result_as_soon_as_we_may_write(world: World):
    """Telegram lets us know; of WhatsApp we hear when the payer writes."""
    payer = world.phone()
    code = _paid_while_we_were_blocked(world, payer)
    payer.send(unblock=True)
    payer.wait_for("paid. Thank you!")
    assert len(code.results()) == 1
    assert "AED 50.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_the_result_comes_before_the_answer_to_whatever_the_payer_says(world: World):
    payer = world.phone()
    code = _paid_while_we_were_blocked(world, payer)
    payer.send(unblock=True)
    payer.type(f"/order {code.number}")
    answer = payer.wait_for("The money is on the account.")
    [result] = code.results()
    assert result.id < answer.id


def test_a_result_of_which_nothing_is_known_is_a_case_and_shown_at_the_next_contact(
    world: World,
):
    payer = world.phone()
    code = payer.order()
    until(world.is_quiet, "all other messages to be sent")
    world.fault("telegram.sendMessage", "http500", times=2, about=payer.name)
    code.pay()
    until(
        lambda: world.push_state(code.number, "credited") == "unknown",
        "the push to be given up",
    )
    assert not payer.said("paid. Thank you!")
    cases = until(lambda: _cases(world, code.number), "a case")
    assert [case["kind"] for case in cases] == ["not_told"]
    payer.type("/help")
    payer.wait_for("You may have seen this already")
    assert len(code.results()) == 1


def _cases(world: World, number: str) -> list[Json]:
    return [line for line in world.logged("case") if line["order"] == number]


@ON_BOTH_NETWORKS
def test_a_code_that_did_not_reach_the_chat_can_be_asked_for(world: World):
    payer, before = world.phone(), world.order_numbers()
    question = payer.ask()
    closed = CLOSED[world.network]
    world.fault(PICTURES[world.network], closed, about=payer.name)
    payer.press("Confirm", message_id=question.id)
    until(lambda: world.order_numbers() - before, "PayBy to make the code")
    until(world.fault_is_met, "the card to be refused")
    payer.type("/orders")
    payer.press("T")
    payer.press("Show code")
    code = payer.code()
    code.pay()
    assert len(code.results()) == 1
