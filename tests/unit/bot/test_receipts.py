import pytest
from pydantic import TypeAdapter

from bot.messages import Outgoing, Receipt
from bot.receipt_messages import receipt_words
from bot.words import LANGUAGES, words_in
from core.domain.orders import Order, Status
from tests.unit.bot.phone import Phone


@pytest.fixture
def paid(books, order) -> Order:
    """An order of the phone that is paid and credited."""
    number = order.merchant_order_no
    credited: Order = books.become(number, Status.CREDITED, paid_at=order.created_at)
    return credited


async def another(phone: Phone, books) -> Order:
    """A newer order of the phone, whose code can be paid."""
    await phone.types("/topup 20 player-1002")
    await phone.taps("Confirm")
    newer: Order = books.become(books.orders[-1].merchant_order_no, Status.OPEN)
    return newer


def receipts(messages: list[Outgoing]) -> list[Receipt]:
    return [message.receipt for message in messages if message.receipt]


def of(order: Order) -> list[Receipt]:
    number = order.merchant_order_no
    return [Receipt(number, "picture"), Receipt(number, "pdf")]


@pytest.mark.parametrize(
    "text",
    ["/receipt", "receipt please", "send me my receipt", "أريد الإيصال", "فاتورة"],
)
async def test_a_receipt_is_a_picture_and_then_a_file(phone, paid, text):
    answer = await phone.types(text)
    assert receipts(phone.seen) == of(paid)
    assert f"Receipt for AED 50.00\nOrder: {paid.merchant_order_no}" in answer
    assert "PDF" in answer


@pytest.mark.parametrize("status", [Status.PAID, Status.CREDITED])
async def test_a_paid_order_has_a_button_that_brings_its_receipt(
    phone, books, order, status
):
    books.become(order.merchant_order_no, status)
    await phone.types(f"/order {order.merchant_order_no}")
    await phone.taps("Receipt")
    assert receipts(phone.seen) == of(order)


async def test_a_receipt_without_a_number_is_that_of_the_newest_paid_order(
    phone, books, paid
):
    await another(phone, books)
    await phone.types("/receipt")
    assert receipts(phone.seen) == of(paid)


@pytest.mark.parametrize("text", ["/receipt {end}", "receipt of {number}"])
async def test_a_receipt_can_be_asked_for_by_the_number_of_its_order(
    phone, books, paid, text
):
    newer = await another(phone, books)
    books.become(newer.merchant_order_no, Status.CREDITED)
    number = paid.merchant_order_no
    await phone.types(text.format(end=number[-5:].lower(), number=number))
    assert receipts(phone.seen) == of(paid)


async def test_nothing_paid_has_no_receipt(phone, order):
    assert "none of your top-ups has been paid" in await phone.types("/receipt")


@pytest.mark.parametrize(
    "status", [s for s in Status if s not in {Status.PAID, Status.CREDITED}]
)
async def test_an_order_that_is_not_paid_has_no_receipt_and_says_so(
    phone, books, order, status
):
    number = order.merchant_order_no
    books.become(number, status)
    answers = [
        await phone.types(f"/receipt {number}"),
        await phone.sends_choice(f"v1:receipt:{number}"),
    ]
    for answer in answers:
        assert (
            answer
            == f"Order {number} has not been paid, so there is no receipt for it."
        )


async def test_nobody_gets_the_receipt_of_another_chat(phone, conversation, paid):
    stranger = Phone(conversation, "stranger")
    number = paid.merchant_order_no
    for answer in (
        await stranger.types(f"/receipt {number}"),
        await stranger.sends_choice(f"v1:receipt:{number}"),
    ):
        assert "cannot find that" in answer
    assert "none of your top-ups" in await stranger.types("/receipt")
    assert receipts(stranger.seen) == []


async def test_too_short_an_end_of_a_number_is_asked_for_again(phone, paid):
    assert "a little more" in await phone.types("/receipt A")


def test_a_receipt_speaks_the_payers_language():
    english, arabic = (receipt_words(words_in(language)) for language in LANGUAGES)
    for name, value in vars(arabic).items():
        assert value
        assert value != getattr(english, name)


def test_a_message_kept_before_there_were_receipts_is_still_read():
    kept: dict[str, object] = {
        "text": "hello",
        "choices": [],
        "card": None,
        "place": None,
    }
    kept_since = {
        "text": "hello",
        "receipt": {"merchant_order_no": "T1", "form": "pdf"},
    }
    read = TypeAdapter(Outgoing).validate_python
    assert read(kept) == Outgoing("hello")
    assert read(kept_since) == Outgoing("hello", receipt=Receipt("T1", "pdf"))
