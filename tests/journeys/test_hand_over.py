"""A payer asks for a person, who answers through the bot on the other network."""

from tests.networks import ON_BOTH_NETWORKS, TELEGRAM, WHATSAPP
from tests.staff import hired
from tests.world import World


@ON_BOTH_NETWORKS
def test_a_payer_talks_to_a_person_until_the_case_is_closed(world: World):
    payer = world.phone()
    others = {TELEGRAM: WHATSAPP, WHATSAPP: TELEGRAM}
    agent = hired(world, network=others[payer.network])
    agent.type("/whoami")  # nobody can be written to who never wrote
    agent.wait_for("/cases")
    code = payer.order("50")
    payer.type("can I talk to a person")
    opened = payer.wait_for("Support has it as case")
    number = opened.text.split("case ")[1].partition(":")[0]
    case = agent.wait_for(f"Case {number}: a payer wants to talk")
    assert code.number in case.text
    assert "payer: can I talk to a person" in case.text
    agent.press("Take")
    payer.wait_for("You are talking to a person of support now")
    payer.type("the shop has closed and I would like to know what now")
    agent.wait_for("the shop has closed and I would like to know what now")
    payer.send(photo="the slip of the till")
    if agent.network == TELEGRAM:
        agent.wait_for("[photo] the slip of the till", kind="photo")
    else:
        agent.wait_for("sent a photo which cannot be shown here")
        payer.wait_for("Please write what is to be seen on it.")
    agent.type(f"/answer {number} any other shop will do")
    payer.wait_for("Support: any other shop will do")
    payer.type("/orders")
    payer.wait_for(code.number)
    agent.press("Close the case")
    payer.wait_for(f"Support has closed case {number}")
