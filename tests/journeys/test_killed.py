"""The product is killed at the worst moments; nothing is lost and nothing doubled.

Payers on both chat networks go through each of them together.
"""

import time

import pytest

from tests.networks import TELEGRAM, WHATSAPP, on_both
from tests.phones import Code, Phone
from tests.waiting import until
from tests.world import World

NOT_TAKEN = {
    TELEGRAM: ("telegram.sendMessage", "timeout"),
    WHATSAPP: ("twilio.messages", "timeout"),
}
ON_ITS_WAY = {**NOT_TAKEN, WHATSAPP: ("twilio.messages", "accept_then_timeout")}
CARD_ON_ITS_WAY = {**NOT_TAKEN, TELEGRAM: ("telegram.sendPhoto", "timeout")}


def _are_paid_once(codes: dict[Phone, Code]) -> None:
    for payer, code in codes.items():
        assert len(code.results()) == 1
        code.is_shown_as("credited")
        assert "AED 50.00" in payer.balance()
        assert code.in_payby()["status"] in {"PAID_SUCCESS", "SETTLED"}


def _confirm(payers: list[Phone]) -> None:
    """Let all confirm within a moment."""
    questions = [payer.ask() for payer in payers]
    for payer, question in zip(payers, questions, strict=True):
        payer.press("Confirm", message_id=question.id)


def _each_gets_one_code(
    world: World, payers: list[Phone], before: set[str]
) -> dict[Phone, Code]:
    codes = {payer: payer.code() for payer in payers}
    numbers = {code.number for code in codes.values()}
    assert world.order_numbers() - before == numbers
    assert len(numbers) == len(payers)
    return codes


def _kill_and_start(world: World) -> None:
    world.kill_product()
    world.start_product()


def _pay(codes: dict[Phone, Code]) -> None:
    for code in codes.values():
        code.pay()


def test_killed_as_soon_as_the_confirmation_was_accepted(world: World):
    payers, before = on_both(world), world.order_numbers()
    _confirm(payers)
    until(world.updates_are_taken, "the taps to be accepted")
    _kill_and_start(world)
    codes = _each_gets_one_code(world, payers, before)
    _pay(codes)
    _are_paid_once(codes)


def test_killed_while_payby_makes_the_code(world: World):
    payers, before = on_both(world), world.order_numbers()
    world.fault("payby.placeOrder", "slow", delay_ms=1500, times=len(payers))
    _confirm(payers)
    until(world.fault_is_met, "PayBy to be asked")
    _kill_and_start(world)
    codes = _each_gets_one_code(world, payers, before)
    _pay(codes)
    _are_paid_once(codes)


def test_killed_before_it_knows_that_payby_made_the_code(world: World):
    payers, before = on_both(world), world.order_numbers()
    world.fault("payby.placeOrder", "drop_after_accept", times=len(payers))
    _confirm(payers)
    for payer in payers:
        payer.wait_for("PayBy needs a little longer")
    made = world.order_numbers() - before
    _kill_and_start(world)
    codes = _each_gets_one_code(world, payers, before)
    assert {code.number for code in codes.values()} == made
    _pay(codes)
    _are_paid_once(codes)


def test_killed_while_the_card_is_on_its_way(world: World):
    payers, before = on_both(world), world.order_numbers()
    questions = [payer.ask() for payer in payers]
    for payer, question in zip(payers, questions, strict=True):
        world.fault(*CARD_ON_ITS_WAY[payer.network], about=payer.name)
        payer.press("Confirm", message_id=question.id)
    until(world.fault_is_met, "the networks to be asked")
    _kill_and_start(world)
    codes = _each_gets_one_code(world, payers, before)
    _pay(codes)
    _are_paid_once(codes)
    for payer in payers:
        assert len(payer.said("", kind="photo")) == 1


def test_killed_as_soon_as_the_notice_was_answered(world: World):
    codes = {payer: payer.order() for payer in on_both(world)}
    for payer in codes:
        world.fault(*NOT_TAKEN[payer.network], about=payer.name)
    _pay(codes)
    for code in codes.values():
        until(lambda: code.notices_answered() == [200], "the notice to be answered")  # noqa: B023  (called at once)
    world.kill_product()
    world.clear_faults()
    world.start_product()
    _are_paid_once(codes)


def test_killed_while_the_result_is_on_its_way(world: World):
    """Twilio has taken it, and has it in its list; Telegram has not, and no list."""
    codes = {payer: payer.order() for payer in on_both(world)}
    until(world.is_quiet, "all other messages to be sent")
    for payer in codes:
        world.fault(*ON_ITS_WAY[payer.network], about=payer.name)
    _pay(codes)
    until(world.fault_is_met, "the networks to be asked")
    _kill_and_start(world)
    _are_paid_once(codes)


def test_killed_before_the_notice_came(world: World):
    codes = {payer: payer.order() for payer in on_both(world)}
    world.kill_product()
    _pay(codes)
    for code in codes.values():
        until(lambda: code.notices_answered() == [None], "PayBy to find nobody")  # noqa: B023  (called at once)
    world.start_product()
    _are_paid_once(codes)
    for code in codes.values():
        until(lambda: code.notices_answered()[-1] == 200, "PayBy to find somebody")  # noqa: B023  (called at once)
    _are_paid_once(codes)


@pytest.mark.parametrize(
    ("network", "after_ms"),
    [(TELEGRAM, 10), (WHATSAPP, 40), (TELEGRAM, 90)],
    indirect=["network"],
)
def test_killed_at_some_moment_after_the_payment(world: World, after_ms: int):
    """Once in a while a network has the message and we do not know: one copy more."""
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
