"""A store that does not take the cash: the payer is helped on, and pays elsewhere."""

import pytest

from tests.networks import ON_BOTH_NETWORKS, TELEGRAM
from tests.phones import Code, Message
from tests.sandbox_client import Json, Refused, refused
from tests.world import World

LOW, AT_LOW = "store-002", (25.2636, 55.3242)  # always open, with AED 20 in its wallet
GREEDY, AT_GREEDY = "store-008", (25.1371, 55.2388)  # always open
SURE = "store-003"
AS_A_LIST_SHOWS = 20
"""So much of a name even a list on WhatsApp shows."""
FAILURES = [
    ("refused", "The store refuses", "E-ATM → Cash In"),
    ("extra_fee", "An extra fee is asked", "nobody may ask for more"),
    ("wrong_amount", "The amount is wrong", "no cashier can change that"),
    ("pos_error", "The POS shows an error", "No payment has reached PayBy so far"),
]


def store_on(world: World, pin: Message) -> Json:
    """The store that a pin shows, as its POS knows it."""
    stores: list[Json] = world.get("pos/stores")["stores"]
    return next(one for one in stores if pin.title in (one["name"], one["name_ar"]))


def pay_at(store: Json, code: Code) -> None:
    """Pay there, or at a sure store: at night a kiosk without balance may be next."""
    code.pay(store["id"] if store["balance"] >= 50 else SURE)


@ON_BOTH_NETWORKS
def test_a_store_without_balance_is_reported_and_the_next_one_takes_the_cash(
    world: World,
):
    payer = world.phone()
    payer.share_location(*AT_LOW)
    payer.wait_for("Stores near you")
    code = payer.order("50")
    with refused(f"balance of {LOW} is too low"):
        code.pay(LOW)

    payer.press("Problem at the till", message_id=code.message.id)
    payer.press("The store has no balance")
    advice = payer.wait_for("At which store are you?")
    assert "Keep your cash. This store's PayBy balance is too low" in advice.text
    assert "Your code stays valid until" in advice.text
    payer.press(world.store(LOW)["name"][:AS_A_LIST_SHOWS], message_id=advice.id)
    pin = payer.wait_for(kind="venue")
    shown = payer.wait_for(pin.title, button="Show code")
    assert " km · " in shown.text or " m · " in shown.text
    store = store_on(world, pin)
    assert store["id"] != LOW

    payer.press("Show code", message_id=shown.id)
    assert payer.code().qr == code.qr
    pay_at(store, code)
    assert len(code.results()) == 1
    assert "AED 50.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_an_error_of_the_pos_after_the_payment_is_put_right(world: World):
    payer = world.phone()
    code = payer.order("50")
    world.fault("payby.notify", "no_notify", times=9, about=code.number)
    with refused("shows an error"):
        world.scan(code.qr, trouble="pos_error_after_payment")
    payer.press("Problem at the till", message_id=code.message.id)
    payer.press("The POS shows an error")
    told = payer.wait_for("It is paid, whatever the till shows")
    assert "do not pay again" in told.text
    assert len(code.results()) == 1
    assert "AED 50.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_a_cashier_who_fails_takes_nothing_and_leaves_the_code_alive(world: World):
    payer = world.phone()
    code = payer.order("50")
    for trouble, button, advice in FAILURES:
        with pytest.raises(Refused):
            world.scan(code.qr, trouble=trouble)
        payer.type("I have a problem")
        payer.press(button)
        assert "stays valid" in payer.wait_for(advice).text
    assert "AED 0.00" in payer.balance()
    code.pay()
    assert len(code.results()) == 1


@ON_BOTH_NETWORKS
def test_advice_comes_also_while_payby_is_silent(world: World):
    payer = world.phone()
    code = payer.order("50")
    world.fault("payby.getOrder", "http500", times=9, about=code.number)
    payer.press("Problem at the till", message_id=code.message.id)
    payer.press("The POS shows an error")
    payer.wait_for("I cannot reach PayBy right now")
    world.clear_faults()
    code.pay()
    assert len(code.results()) == 1


@ON_BOTH_NETWORKS
def test_the_same_in_arabic(world: World):
    payer = world.phone("ar")
    payer.type(f"اشحن ٥٠ {payer.account}")
    payer.press("تأكيد")
    code = payer.code()
    payer.wait_for("طريقة الدفع")
    with refused("asks for a fee of AED 5.00"):
        world.scan(code.qr, GREEDY, trouble="extra_fee")

    payer.type("عندي مشكلة")
    payer.press("طلبوا رسومًا")
    payer.wait_for("ولا يحق لأحد أن يطلب أكثر")
    payer.wait_for("شارك موقعك")
    payer.share_location(*AT_GREEDY)
    question = payer.wait_for("في أي متجر أنت؟")
    name = world.store(GREEDY)["name_ar"][:AS_A_LIST_SHOWS]
    payer.press(name, message_id=question.id)
    pin = payer.wait_for(kind="venue")
    assert pin.has_button("الاتجاهات") == (world.network == TELEGRAM)
    payer.wait_for(pin.title, button="عرض الرمز")
    store = store_on(world, pin)
    assert store["id"] != GREEDY
    pay_at(store, code)
    payer.wait_for("تم دفع")
    assert "AED 50.00" in payer.balance()
