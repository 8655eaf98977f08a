import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.understanding import Command, Request, read_request, read_top_up

PHRASES = [
    ("/topup", Command.TOP_UP, ""),
    ("/TopUp@falcon_bot 50 player-1001", Command.TOP_UP, "50 player-1001"),
    ("/start player-1001", Command.START, "player-1001"),
    ("/status", Command.STATUS, ""),
    ("top up", Command.TOP_UP, ""),
    ("top up 50", Command.TOP_UP, "50"),
    ("Topup 50", Command.TOP_UP, "50"),
    ("I want to top up 1,000.50 please", Command.TOP_UP, "1,000.50"),
    ("recharge player-1002", Command.TOP_UP, "player-1002"),
    ("top up 50 to FalconPlayer", Command.TOP_UP, "50 FalconPlayer"),
    ("add money to my account", Command.TOP_UP, ""),
    ("50 AED", Command.TOP_UP, "50"),
    ("AED50", Command.TOP_UP, "50"),
    ("50dhs", Command.TOP_UP, "50"),
    ("٥٠ درهم", Command.TOP_UP, "50"),
    ("اشحن ٥٠", Command.TOP_UP, "50"),
    ("أشحن ب٥٠ درهم", Command.TOP_UP, "50"),
    ("cancel", Command.CANCEL, ""),
    ("please cancel my order", Command.CANCEL, ""),
    ("cancel my code", Command.CANCEL, ""),
    ("cancel the QR please", Command.CANCEL, ""),
    ("إلغاء", Command.CANCEL, ""),
    ("ألغ الرمز", Command.CANCEL, ""),
    ("إلغاء الكود لو سمحت", Command.CANCEL, ""),
    ("الغاء", Command.CANCEL, ""),
    ("help", Command.HELP, ""),
    ("how do I pay?", Command.HELP, ""),
    ("مساعدة", Command.HELP, ""),
    ("where can I pay", Command.STORES, ""),
    ("Where can I pay in Al Rigga?", Command.STORES, "Al Rigga"),
    ("nearest store", Command.STORES, ""),
    ("أقرب متجر", Command.STORES, ""),
    ("وين أقرب محل في ديرة؟", Command.STORES, "ديرة"),
    ("/problem", Command.PROBLEM, ""),
    ("the store refuses my code", Command.PROBLEM, ""),
    ("the POS shows an error", Command.PROBLEM, ""),
    ("عندي مشكلة", Command.PROBLEM, ""),
    ("المحاسب يرفض", Command.PROBLEM, ""),
    ("balance", Command.BALANCE, ""),
    ("what is my balance", Command.BALANCE, ""),
    ("balance player-1001", Command.BALANCE, "player-1001"),
    ("رصيد", Command.BALANCE, ""),
    ("/refund", Command.REFUND, ""),
    ("refund", Command.REFUND, ""),
    ("I want my money back", Command.REFUND, ""),
    ("refund T261124-7K3QXMPA", Command.REFUND, "t261124-7k3qxmpa"),
    ("استرجاع", Command.REFUND, ""),
    ("أريد استرداد المبلغ", Command.REFUND, ""),
    ("رجعوا فلوسي", Command.REFUND, ""),
    ("/receipt QXMPA", Command.RECEIPT, "QXMPA"),
    ("receipt please", Command.RECEIPT, ""),
    ("I paid, where is my receipt?", Command.RECEIPT, ""),
    ("receipt for 50 AED", Command.RECEIPT, ""),
    ("receipt of my purchase", Command.RECEIPT, ""),
    ("receipt for T261124-7K3QXMPA!", Command.RECEIPT, "t261124-7k3qxmpa"),
    ("receipt 7K3QXMPA", Command.RECEIPT, "7k3qxmpa"),
    ("أريد الإيصال", Command.RECEIPT, ""),
    ("did it arrive?", Command.STATUS, ""),
    ("Paid!", Command.STATUS, ""),
    ("where is my money", Command.STATUS, ""),
    ("هل وصل المبلغ؟", Command.STATUS, ""),
    ("show me the code", Command.CODE, ""),
    ("where is my QR", Command.CODE, ""),
    ("الرمز", Command.CODE, ""),
    ("my orders", Command.ORDERS, ""),
    ("طلباتي", Command.ORDERS, ""),
    ("English", Command.LANGUAGE, "en"),
    ("عربي", Command.LANGUAGE, "ar"),
    ("language", Command.LANGUAGE, ""),
    ("hello", Command.HELLO, ""),
    ("السلام عليكم", Command.HELLO, ""),
    ("start", Command.START, ""),
    ("ابدأ", Command.START, ""),
    ("/stop", Command.STOP, ""),
    ("STOP", Command.STOP, ""),
    ("Stop.", Command.STOP, ""),
    ("unsubscribe", Command.STOP, ""),
    ("توقف", Command.STOP, ""),
    ("إيقاف", Command.STOP, ""),
    ("ايقاف", Command.STOP, ""),
    ("stop my order", Command.CANCEL, ""),
]

NOTHING = [
    "",
    "   ",
    "/",
    "/unknown",
    "50",
    "٥٠",
    "Deira",
    "player-1001",
    "😀😀",
    "'; DROP TABLE orders; --",
    "I do not want anyone to stop playing",
    "cancel " + "and then they told me a story " * 10,
    "x" * 100_000,
]


@pytest.mark.parametrize(("text", "command", "argument"), PHRASES)
def test_a_phrase_means_its_command(text, command, argument):
    assert read_request(text) == Request(command, argument)


@pytest.mark.parametrize("text", NOTHING)
def test_what_is_not_clear_is_not_guessed(text):
    assert read_request(text) is None


@pytest.mark.parametrize(
    ("argument", "amount", "account"),
    [
        ("", "", ""),
        ("50", "50", ""),
        ("player-1001", "", "player-1001"),
        ("50 player-1001", "50", "player-1001"),
        ("player-1001 50", "50", "player-1001"),
        ("AED 50", "50", ""),
        ("50 1001", "50", "1001"),
        ("player 1001 50", "50", "player 1001"),
        ("-5", "-5", ""),
        ("1e9", "1e9", ""),
        ("1,000.50 x", "1,000.50", "x"),
    ],
)
def test_amount_and_account_are_told_apart(argument, amount, account):
    assert read_top_up(argument) == (amount, account)


@given(st.text())
def test_any_text_can_be_read(text):
    read_request(text)
    read_top_up(text)
