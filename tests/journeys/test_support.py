"""Support helps a payer from the chat, on either network, and leaves its traces."""

import pytest

from core.day_chart import HEIGHT
from tests.networks import ON_BOTH_NETWORKS, TELEGRAM, WHATSAPP
from tests.phones import Code, Phone
from tests.staff import hired
from tests.waiting import until
from tests.world import World

PLACE = "payby.refund.placeOrder"


def did(agent: Phone) -> bool:
    """Tell whether an agent heard of a refund that they made."""
    return bool(agent.said("AED 20.00: PayBy"))


def hindered(agent: Phone) -> bool:
    """Tell whether an agent heard that somebody was quicker."""
    return bool(agent.said("nothing more was done"))


@ON_BOTH_NETWORKS
def test_money_goes_back_through_the_desk_to_the_store_that_took_it(world: World):
    payer, agent = world.phone(), hired(world)
    code = payer.order("50")
    code.pay()
    code.results()
    agent.type(f"/find {code.number[-8:]}")
    agent.wait_for(f"{code.number}: credited")
    agent.press("Refund")
    agent.wait_for("The payer gets the cash there, not from us.")
    agent.press("Wrong amount")
    agent.wait_for("Reason: Wrong amount")
    agent.press("Refund now")
    agent.wait_for("AED 50.00: ")
    payer.wait_for("PayBy has given back AED 50.00.")
    assert "AED 0.00" in payer.balance()
    agent.type(f"/audit {code.number}")
    agent.wait_for(f"refund {code.number} (Wrong amount)")


def test_a_code_is_cancelled_by_the_desk_and_its_payer_is_told(world: World):
    payer, agent = world.phone(network=WHATSAPP), hired(world)
    code = payer.order("50")
    payer.type("/whoami")
    payer.wait_for("did not understand")
    agent.type(f"/cancel {code.number} because the payer called")
    agent.press("Cancel now", times=3)
    agent.wait_for("Cancelled at PayBy and here")
    payer_heard = payer.wait_for("was cancelled at PayBy")
    assert payer_heard.order_no == code.number
    code.is_shown_as("void")
    assert code.in_payby()["status"] == "FAILURE"


def test_whatsapp_fetches_the_day_as_a_picture_for_staff(world: World):
    viewer = hired(world, "viewer", WHATSAPP)
    viewer.type("/stats")
    shown = viewer.wait_for("Median time to pay", kind="photo")
    assert viewer.picture(shown).height == HEIGHT


def paid(payer: Phone, amount: str = "50") -> Code:
    """Let a payer top up, and hear of it."""
    code = payer.order(amount)
    code.pay()
    code.results()
    return code


def refunds_of(code: Code) -> list[tuple[float, str]]:
    """What went back of an order in PayBy's book, and how that stands."""
    refunds = code.in_payby()["refunds"]
    return [(each["amount"]["amount"], each["status"]) for each in refunds]


def test_of_two_people_on_two_networks_who_refund_the_same_one_does(world: World):
    payer = world.phone()
    one, other = hired(world), hired(world, network=WHATSAPP)
    code = paid(payer)
    for agent in (one, other):
        agent.type(f"/refund {code.number} 20 because the payer called")
        agent.wait_for(button="Refund now")
    one.press("Refund now", times=3)
    other.press("Refund now")
    payer.wait_for("PayBy has given back AED 20.00.")
    until(lambda: did(one) or hindered(one), "an answer to one")
    until(lambda: did(other) or hindered(other), "an answer to the other")
    assert did(one) != did(other)
    assert [amount for amount, _ in refunds_of(code)] == [20]
    assert "AED 30.00" in payer.balance()


def test_a_large_sum_goes_back_when_a_supervisor_agrees_and_not_before(world: World):
    payer, agent, colleague = world.phone(), hired(world), hired(world)
    supervisor = hired(world, "supervisor", WHATSAPP)
    supervisor.type("/whoami")
    supervisor.wait_for("supervisor at the desk")
    code = paid(payer, "500")
    agent.type(f"/refund {code.number} because it was paid twice")
    agent.press("Ask a second person")
    asked = supervisor.wait_for(f"Refund {code.number}?")
    agent.press("Agree, do it")
    agent.wait_for("It takes a second person: you have begun it yourself.")
    colleague.send(text="/approve " + agree_id(agent))
    colleague.wait_for("It takes a supervisor as the second person.")
    assert refunds_of(code) == []
    assert asked.has_button("Agree, do it")
    supervisor.press("Agree, do it")
    supervisor.wait_for("AED 500.00: ")
    payer.wait_for("PayBy has given back AED 500.00.")
    agent.wait_for("AED 500.00: ")
    assert [amount for amount, _ in refunds_of(code)] == [500]


def agree_id(agent: Phone) -> str:
    """The name of the proposal, which whoever sees its button may read there."""
    asked = agent.said("asks for a second person", button="Agree")[-1]
    return asked.data_of("Agree").rpartition(":")[2]


@pytest.mark.parametrize(
    ("network", "target", "mode", "told", "balance"),
    [
        (TELEGRAM, "payby.refunds", "fails", "PayBy could not give back", "AED 50.00"),
        (WHATSAPP, PLACE, "drop_after_accept", "has given back", "AED 30.00"),
        (TELEGRAM, PLACE, "SYSTEM_ERROR", "has given back", "AED 30.00"),
    ],
    indirect=["network"],
    ids=["it fails", "the answer is lost", "it is busy"],
)
def test_a_refund_in_trouble_at_payby_ends_once_and_the_payer_hears_how(
    world: World, target: str, mode: str, told: str, balance: str
):
    payer, agent = world.phone(), hired(world)
    code = paid(payer)
    world.fault(target, mode, about=code.number)
    agent.type(f"/refund {code.number} 20 because the payer called")
    agent.press("Refund now")
    payer.wait_for(told)
    assert len(refunds_of(code)) == 1
    assert balance in payer.balance()


def test_a_payment_told_again_while_its_money_goes_back_changes_nothing(world: World):
    payer, agent = world.phone(), hired(world)
    code = paid(payer)
    agent.type(f"/refund {code.number} because the payer called")
    agent.wait_for(button="Refund now")
    world.fault("payby.refunds", "stays", times=2, about=code.number)
    agent.press("Refund now")
    agent.wait_for("AED 50.00: ")
    world.notify(code.number, times=3, concurrent=True)
    payer.wait_for("PayBy has given back AED 50.00.")
    assert "AED 0.00" in payer.balance()
    assert world.booked(code.number).count("credit") == 1
