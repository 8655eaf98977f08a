"""A payer who has paid asks for the receipt, and can keep and print it."""

import unicodedata

from pypdfium2 import PdfDocument

from tests.networks import ON_BOTH_NETWORKS
from tests.phones import Code, Message, Phone
from tests.world import World


@ON_BOTH_NETWORKS
def test_a_payer_taps_receipt_and_gets_a_picture_and_a_pdf(world: World):
    payer = world.phone()
    code = payer.order("50")
    code.pay("store-003")
    code.results()

    payer.press("Receipt")
    picture, file = receipt_on(payer)
    assert payer.picture(picture).width == 1080
    assert code.number in picture.text
    assert file.file_name == f"receipt-{code.number}.pdf"
    text = text_of(payer, file)
    facts = ("AED 50.00", "Te••••", code.number, payby_number(code), store_name(world))
    for fact in facts:
        assert fact in text


@ON_BOTH_NETWORKS
def test_the_same_in_arabic(world: World):
    payer = world.phone("ar")
    payer.type(f"اشحن ٥٠ {payer.account}")
    payer.press("تأكيد")
    code = payer.code()
    code.pay()
    payer.wait_for("تم دفع")

    payer.type("أريد الإيصال")
    _, file = receipt_on(payer)
    text = text_of(payer, file)
    for fact in ("AED 50.00", code.number, payby_number(code), "الحساب", "المتجر"):
        assert fact in text


@ON_BOTH_NETWORKS
def test_a_receipt_is_given_at_any_time_by_the_end_of_its_number(world: World):
    payer = world.phone()
    first = payer.order("50")
    first.pay()
    first.results()
    second = payer.order("20")

    payer.type(f"/receipt {second.number}")
    payer.wait_for("has not been paid, so there is no receipt")
    payer.type(f"/receipt {first.number[-6:].lower()}")
    picture, file = receipt_on(payer)
    assert first.number in picture.text
    assert first.number in text_of(payer, file)


def receipt_on(payer: Phone) -> tuple[Message, Message]:
    """Wait for both halves of a receipt."""
    file = payer.wait_for(kind="document")
    picture = payer.wait_for(kind="photo")
    assert picture.id < file.id
    return picture, file


def text_of(payer: Phone, file: Message) -> str:
    """What can be read in a PDF."""
    page = PdfDocument(payer.download(file.document_url))[0]
    text: str = page.get_textpage().get_text_bounded()
    return unicodedata.normalize("NFKC", text)


def payby_number(code: Code) -> str:
    """PayBy's number of the order."""
    number: str = code.in_payby()["orderNo"]
    return number


def store_name(world: World) -> str:
    """What the sign of the store says where it was paid."""
    name: str = world.store("store-003")["name"]
    return name
