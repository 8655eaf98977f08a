"""A payer tops up with cash: the whole story, on both networks, in both languages."""

from tests.networks import ON_BOTH_NETWORKS, TELEGRAM
from tests.sandbox_client import refused
from tests.waiting import until
from tests.world import World

DEIRA = (25.2713, 55.3075)


@ON_BOTH_NETWORKS
def test_cash_at_a_store_becomes_balance_on_the_account(world: World):
    payer = world.phone()
    payer.type("/start" if world.network == TELEGRAM else "hello")
    payer.wait_for("Oasis Games")
    payer.press("Top up")
    payer.wait_for("Which account")
    payer.type(payer.account)
    payer.wait_for("How much")
    payer.press("AED 50.00")
    assert "Te••••" in payer.wait_for("Is this right?").text
    payer.press("Confirm")
    code = payer.code()
    assert "pay before" in code.message.text
    assert code.qr == code.in_payby()["tokenUrl"]
    guide = payer.wait_for("How to pay")
    assert "E-ATM → Cash In" in guide.text

    payer.share_location(*DEIRA)
    near = payer.wait_for("Stores near you")
    pins = payer.said("", kind="venue")
    assert len(pins) == 3
    assert all(pin.title[3:] in near.text for pin in pins)
    has_buttons = world.network == TELEGRAM
    assert all(pin.has_button("Directions") == has_buttons for pin in pins)

    assert world.look(code.qr)["amount"] == 50
    assert code.pay()["status"] == "SUCCESS"
    (result,) = code.results()
    assert code.number in result.text
    assert "New balance: AED 50.00" in result.text
    assert "AED 50.00" in payer.balance()
    assert code.in_payby()["status"] in {"PAID_SUCCESS", "SETTLED"}


def test_a_paid_code_says_so_and_loses_its_buttons(world: World):
    """On WhatsApp nothing said can be changed."""
    payer = world.phone()
    code = payer.order()
    before = payer.picture(code.message).tobytes()
    assert code.message.buttons
    code.pay()
    paid = code.becomes("PAID")
    assert not paid.buttons
    assert payer.picture(paid).tobytes() != before


@ON_BOTH_NETWORKS
def test_the_same_in_arabic(world: World):
    payer = world.phone("ar")
    payer.type(f"اشحن ٥٠ {payer.account}")
    question = payer.wait_for(button="تأكيد")
    if world.network == TELEGRAM:
        payer.press("تأكيد", message_id=question.id)
    else:
        payer.type("١")
    code = payer.code()
    assert "الحساب" in code.message.text
    assert code.qr == code.in_payby()["tokenUrl"]
    payer.wait_for("طريقة الدفع")
    payer.share_location(*DEIRA)
    payer.wait_for("متاجر قريبة منك")
    code.pay()
    payer.wait_for("تم دفع")
    code.shows("تم الدفع")
    assert "AED 50.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_a_store_that_cannot_pay_leaves_the_code_to_another(world: World):
    payer = world.phone()
    code = payer.order("50")
    assert world.store("store-002")["balance"] < 50
    with refused("balance of store-002 is too low"):
        code.pay("store-002")
    assert "AED 0.00" in payer.balance()
    code.pay("store-003")
    assert len(code.results()) == 1
    assert "AED 50.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_a_wrong_password_pays_nothing(world: World):
    payer = world.phone()
    code = payer.order()
    with refused("password"):
        world.scan(code.qr, password="000000")
    assert code.in_payby()["status"] == "CREATED"


@ON_BOTH_NETWORKS
def test_check_now_tells_that_the_code_was_scanned_and_not_yet_paid(world: World):
    payer = world.phone()
    code = payer.order()
    world.look(code.qr)
    payer.press("Check now")
    payer.wait_for("The cashier has scanned your code")
    payer.wait_for("No payment has reached PayBy yet")


@ON_BOTH_NETWORKS
def test_check_now_finds_a_payment_whose_notice_was_lost(world: World):
    payer = world.phone()
    code = payer.order()
    world.fault("payby.notify", "no_notify", times=9, about=code.number)
    code.pay()
    payer.press("Check now")
    assert len(code.results()) == 1
    assert "AED 50.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_a_payer_sees_the_code_again_until_it_is_paid(world: World):
    payer = world.phone()
    code = payer.order()
    payer.type("/orders")
    payer.press(code.number)
    payer.press("Show code")
    assert payer.code().qr == code.qr
    code.pay()
    code.is_shown_as("credited")
    if world.network == TELEGRAM:
        until(lambda: not payer.said("pay before", kind="photo"), "no payable code")
        assert len(payer.said("PAID", kind="photo")) == 2


@ON_BOTH_NETWORKS
def test_a_payer_may_top_up_two_accounts_side_by_side(world: World):
    payer, friend = world.phone(), world.phone()
    own, gift = payer.order("50"), payer.order("20", friend.account)
    gift.pay()
    assert len(gift.results()) == 1
    own.pay()
    assert len(own.results()) == 1
    assert "AED 50.00" in payer.balance()
    assert "AED 20.00" in friend.balance()
