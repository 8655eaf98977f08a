"""A payer thinks again: another amount, no code at all, more time, the money back."""

from tests.networks import ON_BOTH_NETWORKS
from tests.phones import read_qr
from tests.world import World

HOUR_MS = 3_600_000
KEEP = "Keep it until "


@ON_BOTH_NETWORKS
def test_another_amount_replaces_the_code_and_voids_the_old_picture(world: World):
    payer = world.phone()
    old = payer.order("50")
    payer.type(f"/topup 100 {payer.account}")
    payer.wait_for("already have a code for AED 50.00")
    payer.press("Replace it", times=3)
    payer.wait_for("old code for AED 50.00 no longer works")
    new = payer.code()
    old.is_shown_as("void")
    assert old.in_payby()["status"] == "FAILURE"
    (cancelled,) = world.payby_calls("cancelOrder", old.number)
    (made,) = world.payby_calls("placeOrder", new.number)
    assert cancelled["at"] <= made["at"]
    assert new.in_payby()["totalAmount"]["amount"] == 100
    new.pay()
    assert len(new.results()) == 1
    assert "AED 100.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_the_same_wish_twice_brings_the_same_code_back(world: World):
    payer = world.phone()
    code, numbers = payer.order("50"), world.order_numbers()
    payer.type(f"/topup 50 {payer.account}")
    payer.press("Show that code")
    assert payer.code().qr == code.qr
    assert world.order_numbers() == numbers


@ON_BOTH_NETWORKS
def test_an_old_code_paid_meanwhile_is_credited_and_no_new_one_is_made(world: World):
    payer = world.phone()
    old, numbers = payer.order("50"), world.order_numbers()
    payer.type(f"/topup 100 {payer.account}")
    payer.wait_for("already have a code")
    world.fault("payby.notify", "no_notify", times=9, about=old.number)
    old.pay()
    payer.press("Replace it")
    payer.wait_for("has been paid, so I made no new one")
    assert len(old.results()) == 1
    assert world.order_numbers() == numbers
    assert "AED 50.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_a_cancelled_code_cannot_be_paid_any_more(world: World):
    payer = world.phone()
    code = payer.order()
    payer.type("cancel my code")
    payer.press("Yes, cancel it", times=2)
    payer.wait_for("is cancelled: it can no longer be paid")
    code.is_shown_as("void")
    assert code.in_payby()["status"] == "FAILURE"
    assert world.our_status(code.number) == "cancelled"


@ON_BOTH_NETWORKS
def test_a_code_paid_before_it_was_cancelled_is_credited_and_not_cancelled(
    world: World,
):
    payer = world.phone()
    code = payer.order()
    payer.type("/cancel")
    payer.wait_for("Cancel the code")
    world.fault("payby.notify", "no_notify", times=9, about=code.number)
    code.pay()
    payer.press("Yes, cancel it")
    payer.wait_for("has been paid, so it cannot be cancelled")
    assert len(code.results()) == 1
    assert not world.payby_calls("cancelOrder", code.number)
    assert "AED 50.00" in payer.balance()


@ON_BOTH_NETWORKS
def test_a_code_that_a_cashier_is_scanning_is_cancelled_only_on_insisting(world: World):
    payer = world.phone()
    code = payer.order()
    world.look(code.qr)
    payer.type("/cancel")
    payer.press("Yes, cancel it")
    payer.wait_for("The cashier is just scanning your code")
    assert code.in_payby()["status"] == "CREATED"
    payer.press("Cancel anyway")
    payer.wait_for("is cancelled")
    assert code.in_payby()["status"] == "FAILURE"


@ON_BOTH_NETWORKS
def test_without_an_answer_of_payby_nothing_is_called_cancelled(world: World):
    payer = world.phone()
    code = payer.order()
    payer.type("/cancel")
    payer.wait_for("Cancel the code")
    world.fault("payby.cancelOrder", "http500", times=9, about=code.number)
    payer.press("Yes, cancel it")
    payer.wait_for("may still be paid")
    code.pay()
    assert len(code.results()) == 1


def test_one_tap_lets_the_same_code_live_a_day_longer(world: World):
    payer = world.phone()
    code = payer.order()
    before = code.in_payby()["expiredTime"]
    payer.type("did it arrive?")
    asked = payer.wait_for(button=KEEP)
    end = next(b for b in asked.buttons if b.startswith(KEEP)).removeprefix(KEEP)
    payer.press(KEEP, times=3, message_id=asked.id)
    payer.wait_for(f"you can pay it until {end}")
    assert code.in_payby()["expiredTime"] == before + 24 * HOUR_MS
    shown = code.becomes(end)
    assert "pay before" in shown.text
    assert shown.photo_url != code.message.photo_url
    assert read_qr(payer.picture(shown)) == code.qr
    code.pay()
    assert len(code.results()) == 1


@ON_BOTH_NETWORKS
def test_who_wants_the_money_back_hears_how_and_gets_a_case(world: World):
    payer = world.phone()
    code = payer.order()
    code.pay()
    code.results()
    payer.type("I want my money back")
    payer.wait_for("wallet that paid, and that is the store's")
    payer.press("Ask support", times=2)
    told = payer.wait_for("Support has your order (case ")
    answers = {message.text for message in payer.said("Support has your order")}
    assert answers == {told.text}


@ON_BOTH_NETWORKS
def test_the_same_in_arabic(world: World):
    payer = world.phone("ar")
    payer.type(f"اشحن ٥٠ {payer.account}")
    payer.press("تأكيد")
    old = payer.code()
    payer.type(f"/topup 100 {payer.account}")
    payer.press("استبداله")
    payer.wait_for("لم يعد رمزك القديم")
    new = payer.code()
    old.shows("ملغى")
    payer.type("إلغاء الرمز")
    payer.press("نعم، ألغِه")
    payer.wait_for("تم إلغاء رمزك")
    assert new.in_payby()["status"] == "FAILURE"
