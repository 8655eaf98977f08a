"""Notices lost, late, doubled, out of order, or against what PayBy itself says.

A notice is evidence and never an order: what it says is taken when it fits, else PayBy
is asked. It is a rehearsal in which half a minute lasts a second.
"""

import pytest

from tests.contract.sandbox.payby.merchant import Merchant
from tests.networks import ON_BOTH_NETWORKS, TELEGRAM, WHATSAPP
from tests.phones import Code, Phone
from tests.waiting import until
from tests.world import World

REHEARSAL = {"rehearsal_speed": 30}
LOST = {"mode": "no_notify", "times": "until cleared"}


@pytest.fixture
def world(rehearsal: World) -> World:
    return rehearsal


def bring(world: World, code: Code, **mutate: str) -> str:
    """Let PayBy bring a notice with these words changed; what we made of it."""
    before = len(world.verdicts(code.number))
    (answer,) = world.notify(code.number, mutate=mutate)
    assert answer["status"] == 200
    return until(lambda: world.verdicts(code.number)[before:], "a verdict")[0]


def ask_count(world: World, code: Code) -> int:
    """How often PayBy was asked about the order."""
    return len(world.payby_calls("getOrder", code.number))


def assert_is_paid_once(world: World, payer: Phone, code: Code) -> None:
    """See that the money was booked, credited and told, each once."""
    assert len(code.results()) == 1
    code.is_shown_as("credited")
    assert world.booked(code.number) == ["payment", "credit"]
    assert "AED 50.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_a_payment_whose_notice_is_lost_is_found_and_the_late_notice_changes_nothing(
    world: World,
):
    world.fault("payby.notify", **LOST)
    payer = world.phone()
    code = payer.order()
    code.pay()
    assert_is_paid_once(world, payer, code)
    assert world.found_by(code.number) == ["asking"]
    assert code.notices_answered() == [None]
    world.notify(code.number)
    until(lambda: world.verdicts(code.number), "the late notice to be heeded")
    assert_is_paid_once(world, payer, code)


@ON_BOTH_NETWORKS
def test_a_doubled_notice_credits_once(world: World):
    payer = world.phone()
    code = payer.order()
    world.fault("payby.notify", "duplicate", about=code.number)
    code.pay()
    world.notify(code.number, times=5, concurrent=True)
    assert_is_paid_once(world, payer, code)
    assert code.notices_answered() == [200] * 7


@ON_BOTH_NETWORKS
def test_a_notice_that_comes_after_the_one_it_should_precede_changes_nothing(
    world: World,
):
    world.fault("payby.notify", **LOST)
    payer = world.phone()
    code = payer.order()
    code.pay()
    assert bring(world, code, status="SETTLED") == "paid"
    assert bring(world, code, status="PAID_SUCCESS") == "paid"
    assert_is_paid_once(world, payer, code)


@ON_BOTH_NETWORKS
def test_a_failure_that_is_told_after_the_payment_is_asked_about_and_the_credit_stays(
    world: World,
):
    payer = world.phone()
    code = payer.order()
    code.pay()
    assert_is_paid_once(world, payer, code)
    asked = ask_count(world, code)
    assert bring(world, code, status="FAILURE") == "PayBy is asked: FAILURE"
    until(lambda: ask_count(world, code) > asked, "PayBy to be asked")
    assert_is_paid_once(world, payer, code)
    assert not payer.said("cancelled")
    assert world.cases(code.number) == []


@pytest.mark.parametrize(
    ("network", "says"),
    [(TELEGRAM, {"status": "FAILURE"}), (WHATSAPP, {"revoked": "true"})],
    indirect=["network"],
)
def test_an_end_that_payby_itself_does_not_confirm_ends_nothing(
    world: World, says: dict[str, str]
):
    payer = world.phone()
    code = payer.order()
    asked, heard = ask_count(world, code), len(payer.messages())
    bring(world, code, **says)
    until(lambda: ask_count(world, code) > asked, "PayBy to be asked")
    assert world.our_status(code.number) == "open"
    assert len(payer.messages()) == heard
    code.pay()
    assert_is_paid_once(world, payer, code)


@ON_BOTH_NETWORKS
def test_a_status_that_nobody_has_heard_of_is_asked_about_and_changes_nothing(
    world: World,
):
    payer = world.phone()
    code = payer.order()
    asked, heard = ask_count(world, code), len(payer.messages())
    assert bring(world, code, status="FROZEN") == "PayBy is asked: UNKNOWN"
    until(lambda: ask_count(world, code) > asked, "PayBy to be asked")
    assert len(payer.messages()) == heard
    code.pay()
    assert_is_paid_once(world, payer, code)


@ON_BOTH_NETWORKS
def test_money_that_payby_gives_back_after_the_credit_leaves_account_and_books(
    world: World, portal: Merchant
):
    payer = world.phone()
    code = payer.order()
    code.pay()
    assert_is_paid_once(world, payer, code)
    portal.call("acquire2/revokeOrder", merchantOrderNo=code.number)
    assert bring(world, code, revoked="true") == "PayBy is asked: revoked"
    payer.wait_for("PayBy has given back AED 50.00")
    assert world.cases(code.number) == ["revoked"]
    kinds = {"payment", "credit", "set_aside", "refund"}
    assert set(world.booked(code.number)) == kinds
    assert "AED 0.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_money_that_payby_gave_back_before_we_heard_is_not_credited_but_shown(
    world: World, portal: Merchant
):
    world.fault("payby.notify", **LOST)
    payer = world.phone()
    code = payer.order()
    code.pay()
    portal.call("acquire2/revokeOrder", merchantOrderNo=code.number)
    assert bring(world, code, revoked="true") == "PayBy is asked: revoked"
    payer.wait_for("ask that store for your cash")
    code.is_shown_as("void")
    assert not payer.said("Nothing was charged")
    assert world.cases(code.number) == ["revoked"]
    assert world.booked(code.number) == []
    assert "AED 0.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_a_code_that_is_called_off_in_the_portal_is_told_to_its_payer(
    world: World, portal: Merchant
):
    payer = world.phone()
    code = payer.order()
    portal.call("acquire2/cancelOrder", merchantOrderNo=code.number)
    told = payer.wait_for("was cancelled at PayBy", button="Check now")
    assert told.order_no == code.number
    code.is_shown_as("void")
