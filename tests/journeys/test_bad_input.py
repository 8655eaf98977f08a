"""What people send that is no top-up; each gets a friendly answer and no order."""

import pytest

from tests.networks import ON_BOTH_NETWORKS, TELEGRAM, WHATSAPP
from tests.world import World

TAKEN = {200, 204}
"""What an update is answered with, and a form of Twilio's."""


@pytest.mark.parametrize(
    ("network", "what"),
    [(TELEGRAM, "photo"), (WHATSAPP, "voice"), (TELEGRAM, "sticker")],
    indirect=["network"],
)
def test_what_is_not_text_is_answered_with_what_we_can_read(world: World, what: str):
    payer = world.phone()
    payer.send(**{what: True})
    answer = payer.wait_for("I can only read text and locations")
    assert answer.has_button("Top up")


@ON_BOTH_NETWORKS
def test_a_button_of_another_chat_shows_nothing(world: World):
    payer, stranger = world.phone(), world.phone()
    code = payer.order()
    stranger.type("/start")
    stranger.wait_for("Welcome")
    assert stranger.bring(f"v1:check:{code.number}") in TAKEN
    stranger.wait_for("I cannot find that among your top-ups")
    assert code.number not in "".join(stranger.texts())


@ON_BOTH_NETWORKS
def test_a_confirmation_of_another_chat_orders_nothing(world: World):
    payer, stranger, before = world.phone(), world.phone(), world.order_numbers()
    payer.type(f"/topup 50 {payer.account}")
    tap = payer.wait_for(button="Confirm").data_of("Confirm")
    stranger.type("/start")
    stranger.wait_for("Welcome")
    assert stranger.bring(tap) in TAKEN
    stranger.wait_for("it no longer counts")
    assert world.order_numbers() == before


@ON_BOTH_NETWORKS
def test_a_button_of_a_paid_order_says_that_it_is_paid(world: World):
    payer = world.phone()
    code = payer.order()
    code.pay()
    code.results()
    assert payer.bring(f"v1:check:{code.number}") in TAKEN
    payer.wait_for("The money is on the account.")
    assert len(code.results()) == 1


@pytest.mark.parametrize(
    ("network", "data"),
    [
        (TELEGRAM, " "),
        (WHATSAPP, "x"),
        (TELEGRAM, "v1:confirm:"),
        (WHATSAPP, "v9:pay:1"),
        (TELEGRAM, "v1:order:' or 1"),
    ],
    indirect=["network"],
)
def test_a_button_that_was_never_ours_is_harmless(world: World, data: str):
    payer, before = world.phone(), world.order_numbers()
    payer.type("/start")
    payer.wait_for("Welcome")
    assert payer.bring(data) in TAKEN
    payer.type("/help")
    payer.wait_for("/topup")
    assert world.order_numbers() == before


@pytest.mark.parametrize(
    ("network", "amount"),
    [
        *((TELEGRAM, amount) for amount in ("0", "1e9", "abc", "2000.01")),
        *((WHATSAPP, amount) for amount in ("-5", "10.005", "4.99", "1.000,50")),
    ],
    indirect=["network"],
)
def test_an_amount_that_cannot_be_is_asked_for_again(world: World, amount: str):
    payer, before = world.phone(), world.order_numbers()
    payer.type("/topup")
    payer.wait_for("Which account")
    payer.type(payer.account)
    payer.wait_for("How much")
    payer.type(amount)
    assert not payer.wait_for("").has_button("Confirm")
    payer.type("50")
    assert payer.wait_for(button="Confirm")
    assert world.order_numbers() == before


@pytest.mark.parametrize(
    ("network", "typed", "meant"),
    [(TELEGRAM, "५०", "50.00"), (WHATSAPP, "1,000.50", "1,000.50")],
    indirect=["network"],
)
def test_an_amount_can_be_written_in_many_ways(world: World, typed: str, meant: str):
    payer = world.phone()
    payer.type("/topup")
    payer.wait_for("Which account")
    payer.type(payer.account)
    payer.wait_for("How much")
    payer.type(typed)
    payer.wait_for(button=f"Confirm AED {meant}")


@pytest.mark.parametrize(
    ("network", "account"),
    [
        *((TELEGRAM, account) for account in ("no such player", "x" * 300, "' or 1=1")),
        *((WHATSAPP, account) for account in ("🎮", "player-1019", "tester-1\n2")),
    ],
    indirect=["network"],
)
def test_an_account_that_cannot_be_topped_up_is_asked_for_again(
    world: World, account: str
):
    payer, before = world.phone(), world.order_numbers()
    payer.type("/topup")
    payer.wait_for("Which account")
    payer.type(account)
    assert not payer.wait_for("").has_button("AED 50.00")
    payer.type(payer.account)
    payer.wait_for("How much")
    assert world.order_numbers() == before


def test_an_update_that_cannot_be_read_is_let_go(world: World):
    for update in ({}, {"update_id": "x"}, {"update_id": 5, "message": 7}):
        assert world.tell_product(update) == 200


def test_on_whatsapp_only_what_twilio_signed_for_us_is_answered_and_once(world: World):
    payer, before = world.phone(network="whatsapp"), world.order_numbers()

    def post(**what: object) -> int:
        return int(world.post(f"whatsapp/{payer.name}/send", what)["status"])

    for wrong in ("signature", "url", "account", "sender", "unsigned"):
        assert post(text="/help", forge=wrong) == 403
    payer.type("y" * 2000)
    payer.wait_for("I did not understand that")
    assert post(replay=True) == 204
    assert post(raw={"ButtonPayload": "v1:confirm:of-nobody"}) == 204
    payer.wait_for("it no longer counts")
    assert len(payer.texts()) == 2
    assert world.order_numbers() == before
