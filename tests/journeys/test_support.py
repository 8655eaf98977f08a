"""Support helps a payer from the chat, on either network, and leaves its traces."""

import asyncio

from sandbox.demo import topup
from tests.networks import ON_BOTH_NETWORKS
from tests.phones import Phone
from tests.whatsapp_phones import WhatsAppPhone
from tests.world import World


def hired(world: World, role: str = "agent") -> Phone:
    """Let somebody with a phone of their own work at the desk."""
    phone = world.phone()
    is_whatsapp = isinstance(phone, WhatsAppPhone)
    identity = phone.name if is_whatsapp else f"tg:{phone.name}"
    who = (identity, f"Agent {phone.name[-4:]}", role)
    asyncio.run(topup(world.desk, "support", "add", *who))
    return phone


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
    payer, agent = world.phone(), hired(world)
    code = payer.order("50")
    payer.type("/whoami")
    payer.wait_for("did not understand")
    agent.type(f"/cancel {code.number} because the payer called")
    agent.press("Cancel now", times=3)
    agent.wait_for("Cancelled at PayBy and here")
    payer_heard = payer.wait_for("was cancelled at PayBy")
    assert payer_heard.order_no == code.number
    code.becomes("CANCELLED")
    assert code.in_payby()["status"] == "FAILURE"
