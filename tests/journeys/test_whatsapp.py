"""The same story on WhatsApp: from the first word to the balance."""

from tests.world import World

DEIRA = (25.2713, 55.3075)


def test_cash_at_a_store_becomes_balance_for_a_payer_on_whatsapp(world: World):
    payer = world.phone(network="whatsapp")
    payer.type("hello")
    payer.press("Top up")
    payer.wait_for("Which account")
    payer.type(payer.account)
    payer.wait_for("How much")
    payer.press("AED 50.00")
    payer.wait_for("Is this right?")
    payer.press("Confirm")
    code = payer.code()
    assert "pay before" in code.message.text
    assert code.qr == code.in_payby()["tokenUrl"]
    payer.wait_for("How to pay")

    payer.share_location(*DEIRA)
    payer.wait_for("Stores near you")
    assert len(payer.said("", kind="venue")) == 3

    assert code.pay()["status"] == "SUCCESS"
    (result,) = code.results()
    assert code.number in result.text
    assert "AED 50.00" in payer.balance()


def test_the_same_in_arabic_with_arabic_digits(world: World):
    payer = world.phone("ar", network="whatsapp")
    payer.type(f"اشحن ٥٠ {payer.account}")
    question = payer.wait_for(button="تأكيد")
    assert question.buttons[0].startswith("تأكيد")
    payer.type("١")
    code = payer.code()
    assert "الحساب" in code.message.text
    code.pay()
    payer.wait_for("تم دفع")
