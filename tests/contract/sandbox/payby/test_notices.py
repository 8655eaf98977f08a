import base64
import json
import time
from datetime import datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pytest

from tests.contract.sandbox.payby.merchant import Merchant, Shop, now_ms, wait_until

GULF = timezone(timedelta(hours=4))


def fault(merchant: Merchant, mode: str, **more: object) -> None:
    content = {"target": "payby.notify", "mode": mode, **more}
    assert merchant.control("POST", "faults", content).status_code == 200


def notify(merchant: Merchant, **how: object) -> Any:
    response = merchant.control("POST", "payby/orders/order-1/notify", how)
    assert response.status_code == 200, response.text
    return response.json()


def tries(merchant: Merchant) -> list[dict[str, Any]]:
    answer = merchant.control("GET", "payby/orders/order-1").json()
    return list(answer["notices"])


def tries_by_order(merchant: Merchant) -> list[int]:
    shown = merchant.control("GET", "payby/orders").json()["orders"]
    return [len(order["notices"]) for order in shown]


def test_a_payment_is_told_at_once_and_signed_over_the_raw_bytes(
    merchant: Merchant, shop: Shop
):
    merchant.pay(notifyUrl=f"{shop.url}/payby/notices")
    told = shop.wait_for(1)[0]
    assert told.headers["content-type"] == "application/json"
    assert merchant.payby_signed(told.raw, told.headers["sign"])
    content = told.content
    assert content["acquireOrder"] == merchant.get()
    assert content["acquireOrder"]["status"] == "PAID_SUCCESS"
    assert content["_input_charset"] == "UTF-8"
    assert abs(content["notify_timestamp"] - now_ms()) < 5000
    moment = datetime.fromtimestamp(content["notify_timestamp"] / 1000, GULF)
    assert content["notify_time"] == f"{moment:%Y%m%d%H%M%S}"
    assert content["notify_id"].startswith(f"{moment:%Y%m%d}")


def test_an_order_without_a_notify_url_tells_nobody(merchant: Merchant):
    merchant.pay()
    assert tries(merchant) == []
    response = merchant.control("POST", "payby/orders/order-1/notify")
    assert response.status_code == 409
    assert response.json() == {"error": "The order has no notifyUrl."}


@pytest.mark.parametrize(
    "answer",
    [
        (500, b'{"response":"SUCCESS"}'),
        (200, b"SUCCESS"),
        (200, b'{"response":"FAIL"}'),
        (200, b"[]"),
        (200, b"\xff"),
    ],
)
def test_a_notice_is_repeated_unchanged_until_it_hears_success(
    fast: Merchant, shop: Shop, answer: tuple[int, bytes]
):
    shop.answers = [answer, answer]
    fast.pay(notifyUrl=shop.url)
    first, *others = shop.wait_for(3)
    assert [other.raw for other in others] == [first.raw, first.raw]
    wait_until(lambda: [t["accepted"] for t in tries(fast)] == [False, False, True])


def test_a_notice_nobody_accepts_is_tried_eight_times(fast: Merchant, shop: Shop):
    shop.answers = [(503, b"x" * 3000)] * 20
    fast.pay(notifyUrl=shop.url)
    wait_until(lambda: len(tries(fast)) == 8)
    assert {(t["status"], t["body"]) for t in tries(fast)} == {(503, "x" * 1000)}
    assert len({t["notifyId"] for t in tries(fast)}) == 1


def test_the_tries_keep_payby_s_distances(fast: Merchant, shop: Shop):
    shop.answers = [(503, b"")] * 20
    fast.pay(notifyUrl=shop.url)
    wait_until(lambda: len(tries(fast)) == 8)
    times = [t["at"] for t in tries(fast)]
    waits = [after - before for before, after in pairwise(times)]
    for wait, minutes in zip(waits, (2, 10, 10, 60, 120, 360, 900), strict=True):
        assert wait >= minutes - 1  # a minute lasts a millisecond here


@pytest.mark.parametrize(
    ("url", "reason"),
    [("http://127.0.0.1:1/", "ConnectError"), ("http://shop:x/", "InvalidURL")],
)
def test_a_product_that_cannot_be_reached_is_tried_again(
    fast: Merchant, url: str, reason: str
):
    fast.pay(notifyUrl=url)
    wait_until(lambda: len(tries(fast)) == 8)
    assert tries(fast)[0]["status"] is None
    assert tries(fast)[0]["body"] == f"no answer: {reason}"


def test_a_lost_notice_comes_with_the_next_round(fast: Merchant, shop: Shop):
    fault(fast, "no_notify")
    fast.pay(notifyUrl=shop.url)
    shop.wait_for(1)
    wait_until(lambda: [t["accepted"] for t in tries(fast)] == [False, True])
    assert tries(fast)[0]["body"] == "lost on command"


def test_of_two_orders_one_that_was_aimed_at_loses_its_notice(
    merchant: Merchant, shop: Shop
):
    fault(merchant, "no_notify", about="order-1")
    merchant.pay("order-2", notifyUrl=shop.url)
    merchant.pay("order-1", notifyUrl=shop.url)
    wait_until(lambda: len(tries(merchant)) == 1)
    assert tries(merchant)[0]["body"] == "lost on command"
    (told,) = shop.wait_for(1)
    assert told.content["acquireOrder"]["merchantOrderNo"] == "order-2"


def test_a_duplicated_notice_comes_twice(merchant: Merchant, shop: Shop):
    fault(merchant, "duplicate")
    merchant.pay(notifyUrl=shop.url)
    first, second = shop.wait_for(2)
    assert first.raw == second.raw


def test_a_delayed_notice_comes_late(merchant: Merchant, shop: Shop):
    fault(merchant, "delay", delay_ms=200)
    merchant.pay(notifyUrl=shop.url)
    paid = merchant.get()["paymentInfo"]["paidTime"]
    shop.wait_for(1)
    assert now_ms() - paid >= 200


def test_a_notice_can_be_sent_again_unchanged(merchant: Merchant, shop: Shop):
    merchant.pay(notifyUrl=shop.url)
    shop.wait_for(1)
    shop.answers = [(200, b"one"), (500, b"two")]
    assert notify(merchant, times=2) == [
        {"status": 200, "body": "one"},
        {"status": 500, "body": "two"},
    ]
    assert len({told.raw for told in shop.received}) == 1


def test_a_notice_can_be_sent_ten_times_at_once(merchant: Merchant, shop: Shop):
    merchant.pay(notifyUrl=shop.url)
    shop.wait_for(1)
    began = now_ms()
    assert len(notify(merchant, times=10, concurrent=True, delay_ms=200)) == 10
    assert now_ms() - began < 2000  # one after the other they take longer
    assert len(shop.received) == 11


def test_a_notice_can_be_sent_late(merchant: Merchant, shop: Shop):
    merchant.pay(notifyUrl=shop.url)
    began = now_ms()
    notify(merchant, delay_ms=150)
    assert now_ms() - began >= 150


def test_a_notice_can_be_signed_badly_or_not_at_all(merchant: Merchant, shop: Shop):
    merchant.pay(notifyUrl=shop.url)
    shop.wait_for(1)
    notify(merchant, signature="bad")
    notify(merchant, signature="missing")
    _, bad, missing = shop.received
    assert len(base64.b64decode(bad.headers["sign"])) == 256
    assert not merchant.payby_signed(bad.raw, bad.headers["sign"])
    assert "sign" not in missing.headers


def test_a_notice_can_tell_something_else_and_is_signed_again(
    merchant: Merchant, shop: Shop
):
    merchant.pay(notifyUrl=shop.url, accessoryContent={"goodsDetail": {}})
    shop.wait_for(1)
    changes = {"totalAmount.amount": 1.00, "newField": [1], "notify_id": "n-1"}
    # Python's json would write 1.0; the text keeps what a script sends.
    raw = json.dumps({"mutate": changes}).replace("1.0,", "1.00,")
    merchant.http.post("/sandbox/payby/orders/order-1/notify", content=raw)
    told = shop.wait_for(2)[1]
    assert merchant.payby_signed(told.raw, told.headers["sign"])
    assert b'"totalAmount":{"amount":1.00,"currency":"AED"}' in told.raw
    assert told.content["notify_id"] == "n-1"
    assert told.content["acquireOrder"]["newField"] == [1]
    assert merchant.get()["totalAmount"]["amount"] == 50


def test_a_changed_notice_changes_nothing_at_payby(merchant: Merchant, shop: Shop):
    detail = {"goodsDetail": {"goodsName": "Gems"}}
    merchant.place(notifyUrl=shop.url, accessoryContent=detail)
    notify(merchant, mutate={"accessoryContent.goodsDetail.goodsName": "Gold"})
    assert merchant.get()["accessoryContent"] == detail


def test_an_order_nobody_has_paid_can_be_told_of(merchant: Merchant, shop: Shop):
    merchant.place(notifyUrl=shop.url)
    assert notify(merchant) == [{"status": 200, "body": '{"response":"SUCCESS"}'}]
    assert shop.received[0].content["acquireOrder"]["status"] == "CREATED"


def test_a_notice_sent_by_hand_is_never_the_one_that_is_repeated(
    merchant: Merchant, shop: Shop
):
    qr = merchant.place(notifyUrl=shop.url).token_url
    notify(merchant)
    merchant.scan(qr)
    paid = shop.wait_for(2)[1]
    notify(merchant, mutate={"totalAmount.amount": 1})
    notify(merchant)
    assert [told.raw == paid.raw for told in shop.received] == [
        False,
        True,
        False,
        True,
    ]


def test_an_open_order_is_told_of_as_it_stands(merchant: Merchant, shop: Shop):
    merchant.place(notifyUrl=shop.url)
    notify(merchant)
    merchant.call("acquire2/cancelOrder", merchantOrderNo="order-1")
    notify(merchant)
    told = [received.content["acquireOrder"]["status"] for received in shop.received]
    assert told == ["CREATED", "FAILURE"]


def status_told(shop: Shop, number: int) -> str:
    return str(shop.wait_for(number)[-1].content["acquireOrder"]["status"])


def test_a_notice_can_come_before_the_one_it_should_follow(
    merchant: Merchant, shop: Shop
):
    fault(merchant, "no_notify")
    merchant.pay(notifyUrl=shop.url)
    wait_until(lambda: len(tries(merchant)) == 1)
    notify(merchant, mutate={"status": "SETTLED"})
    assert status_told(shop, 1) == "SETTLED"
    notify(merchant)
    assert status_told(shop, 2) == "PAID_SUCCESS"


def test_a_notice_can_contradict_the_one_before(merchant: Merchant, shop: Shop):
    merchant.pay(notifyUrl=shop.url)
    assert status_told(shop, 1) == "PAID_SUCCESS"
    notify(merchant, mutate={"status": "FAILURE", "failCode": "ORDER_EXPIRED"})
    assert status_told(shop, 2) == "FAILURE"
    assert merchant.get()["status"] == "PAID_SUCCESS"


def test_a_notice_can_carry_a_status_nobody_knows(merchant: Merchant, shop: Shop):
    merchant.pay(notifyUrl=shop.url)
    shop.wait_for(1)
    notify(merchant, mutate={"status": "FROZEN"})
    assert status_told(shop, 2) == "FROZEN"


def test_a_notice_can_tell_of_a_revoked_order(merchant: Merchant, shop: Shop):
    merchant.pay(notifyUrl=shop.url)
    shop.wait_for(1)
    notify(merchant, mutate={"revoked": "true"})
    assert shop.wait_for(2)[1].content["acquireOrder"]["revoked"] == "true"
    merchant.call("acquire2/revokeOrder", merchantOrderNo="order-1")
    notify(merchant, mutate={"reserved": "as it stands"})
    assert shop.wait_for(3)[2].content["acquireOrder"]["revoked"] == "true"


def test_no_notice_comes_until_the_silence_is_cleared(fast: Merchant, shop: Shop):
    fault(fast, "no_notify", times="until cleared")
    fast.pay(notifyUrl=shop.url)
    fast.pay("order-2", notifyUrl=shop.url)
    wait_until(lambda: tries_by_order(fast) == [8, 8])  # PayBy gives up
    assert shop.received == []
    fast.control("DELETE", "faults")
    fast.pay("order-3", notifyUrl=shop.url)
    assert shop.wait_for(1)[0].content["acquireOrder"]["merchantOrderNo"] == "order-3"


def test_notices_are_lost_or_doubled_by_chance(merchant: Merchant, shop: Shop):
    fault(merchant, "no_notify", chance=0.5, seed=7)
    fault(merchant, "duplicate", chance=0.5, seed=8)
    for number in range(12):
        merchant.pay(f"order-{number}", notifyUrl=shop.url)
    wait_until(lambda: all(tries_by_order(merchant)))
    lost = {"lost on command"}
    shown = merchant.control("GET", "payby/orders").json()["orders"]
    kinds = {
        (len(order["notices"]), {n["body"] for n in order["notices"]} == lost)
        for order in shown
    }
    assert kinds == {(1, True), (1, False), (2, False)}


def test_a_path_through_nothing_is_refused(merchant: Merchant, shop: Shop):
    merchant.place(notifyUrl=shop.url)
    how = {"mutate": {"subject.deep": 1}}
    response = merchant.control("POST", "payby/orders/order-1/notify", how)
    assert response.status_code == 422
    assert response.json() == {
        "error": "The notice has no object 'subject' in 'subject.deep'."
    }


def test_after_a_reset_nobody_is_told_any_more(fast: Merchant, shop: Shop):
    shop.answers = [(503, b"")] * 20
    fast.pay(notifyUrl=shop.url)
    shop.wait_for(1)
    fast.control("POST", "reset")
    under_way = 1
    most = len(shop.received) + under_way
    time.sleep(0.1)  # three more rounds, were they not stopped
    assert len(shop.received) <= most
    fast.place(notifyUrl=shop.url)
    assert tries(fast) == []
