"""A day after a payer last wrote, WhatsApp takes only sentences that Meta approves."""

from collections.abc import Iterator

import pytest

from tests.phones import Code, Phone
from tests.waiting import until
from tests.world import World

SENTENCE = "twilio/content/topup_paid_en"


@pytest.fixture
def payer(world: World) -> Phone:
    return world.phone(network="whatsapp")


@pytest.fixture
def paused(world: World) -> Iterator[None]:
    """Let Meta have paused the sentence, of which the product does not know yet."""
    world.post(SENTENCE, {"status": "paused"})
    yield
    world.post(SENTENCE, {"status": "approved"})


def paid_a_day_later(world: World, payer: Phone) -> Code:
    """Pay when the payer last wrote a day ago; the product thinks: just now."""
    code = payer.order()
    until(world.is_quiet, "all other messages to be sent")
    world.post(f"whatsapp/{payer.name}/window", {"hours_ago": 25})
    code.pay()
    return code


def test_a_result_goes_on_as_the_approved_sentence(world: World, payer: Phone):
    code = paid_a_day_later(world, payer)
    told = payer.wait_for("Payment received: order")
    assert told.order_no == code.number
    assert world.cases(code.number) == []
    payer.type("/help")
    payer.wait_for("How it works")
    assert payer.said("paid. Thank you!") == []


@pytest.mark.usefixtures("paused")
def test_without_one_support_hears_of_it_and_the_payer_when_they_are_back(
    world: World, payer: Phone
):
    code = paid_a_day_later(world, payer)
    until(lambda: world.cases(code.number) == ["no_template"], "the case")
    assert payer.said("Payment received") == payer.said("paid. Thank you!") == []
    payer.type("/help")
    payer.wait_for("How it works")
    assert len(code.results()) == 1
