"""A payer with two phones, one on each network, links their chats."""

import re

from tests.networks import TELEGRAM, WHATSAPP, on_both
from tests.phones import Phone
from tests.world import World


def link(first: Phone, second: Phone) -> tuple[Phone, Phone]:
    """Let a payer link the chats of two phones."""
    first.type("/link")
    shown = first.wait_for("to me in your other chat").text
    [code] = re.findall(r"\b[2-9A-HJ-NP-Z]{8}\b", shown)
    second.type(code)
    second.wait_for("Your chats are linked")
    first.wait_for("now linked with another one")
    return first, second


def test_a_code_of_one_phone_is_shown_by_the_other_and_paid_there(world: World):
    first, second = link(world.phone(network=WHATSAPP), world.phone(network=TELEGRAM))
    code = first.order("50")
    second.type("show code")
    shown = second.code()
    assert shown.number == code.number
    shown.pay()
    assert len(code.results()) == 1
    assert not shown.becomes("PAID").buttons
    assert second.said("Thank you") == []


def test_a_result_that_a_blocked_chat_does_not_take_comes_to_the_other(world: World):
    first, second = link(*on_both(world))
    code = first.order("50")
    first.send(block=True)
    code.pay()
    told = second.wait_for("paid. Thank you!")
    assert told.order_no == code.number
    assert world.cases(code.number) == []
    first.send(unblock=True)
    first.type("/orders")
    first.wait_for("Your top-up")
    assert code.results() == []


def test_a_chat_that_was_taken_out_sees_nothing_more(world: World):
    first, second = link(*on_both(world))
    code = first.order("50")
    second.type("/unlink")
    second.press("Yes, unlink")
    second.wait_for("on its own again")
    first.wait_for("not linked with this one any more")
    second.type("/orders")
    second.wait_for("no top-up")
    assert not [message for message in second.messages() if code.number in message.text]
