"""PayBy's clock can be put forward and back, so that the merchant's looks wrong."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import pytest

from tests.contract.sandbox.payby.merchant import Answer, Merchant, Shop, now_ms

MINUTE = 60_000


@pytest.fixture(autouse=True)
def right_again(merchant: Merchant) -> Iterator[None]:
    yield
    set_clock(merchant, 0)


def set_clock(merchant: Merchant, ahead_seconds: int) -> None:
    content = {"ahead_seconds": ahead_seconds}
    assert merchant.control("POST", "clock", content).json() == content
    assert merchant.control("GET", "clock").json() == content


def refusal(answer: Answer) -> tuple[str, str]:
    return answer.code, answer.head["msg"]


def test_a_clock_20_minutes_wrong_refuses_every_call(merchant: Merchant):
    set_clock(merchant, 20 * 60)
    assert refusal(merchant.place()) == ("400", "REQUESTTIME_TOO_EARLY")
    set_clock(merchant, -20 * 60)
    assert refusal(merchant.place()) == ("400", "REQUESTTIME_TOO_LATER")


def test_a_clock_14_minutes_wrong_is_borne(merchant: Merchant):
    for ahead_seconds in (14 * 60, -14 * 60):
        set_clock(merchant, ahead_seconds)
        assert merchant.place().code == "0"


def test_every_answer_says_what_payby_s_clock_shows(merchant: Merchant):
    set_clock(merchant, 1200)
    (date,) = merchant.place().http.headers.get_list("date")
    ahead = parsedate_to_datetime(date) - datetime.now(UTC)
    assert timedelta(minutes=19) < ahead <= timedelta(minutes=20)


def test_a_payment_and_its_notice_carry_payby_s_time(merchant: Merchant, shop: Shop):
    qr = merchant.place(notifyUrl=shop.url).token_url
    set_clock(merchant, 1200)
    merchant.scan(qr)
    told = shop.wait_for(1)[0].content
    paid = told["acquireOrder"]["paymentInfo"]["paidTime"]
    for moment in (paid, told["notify_timestamp"]):
        assert abs(moment - now_ms() - 20 * MINUTE) < 5000


def test_an_order_lives_its_time_whatever_the_clock_shows(merchant: Merchant):
    merchant.place(expiredTime=now_ms() + 10 * MINUTE)
    set_clock(merchant, 14 * 60)
    assert merchant.get()["status"] == "CREATED"


def test_a_reset_puts_the_clock_right(merchant: Merchant):
    set_clock(merchant, 1200)
    merchant.control("POST", "reset")
    assert merchant.control("GET", "clock").json() == {"ahead_seconds": 0}


def test_a_clock_is_never_more_than_a_day_wrong(merchant: Merchant):
    response = merchant.control("POST", "clock", {"ahead_seconds": 86_401})
    assert response.status_code == 422
