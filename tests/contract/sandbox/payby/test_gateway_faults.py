import time

import httpx
import pytest

from tests.contract.sandbox.payby.merchant import (
    Merchant,
    now_ms,
    order,
    wait_until,
)


def fault(merchant: Merchant, mode: str, call: str = "placeOrder", **more: object):
    content = {"target": f"payby.{call}", "mode": mode, **more}
    response = merchant.control("POST", "faults", content)
    assert response.status_code == 200, response.text


def orders(merchant: Merchant) -> list[object]:
    return list(merchant.control("GET", "payby/orders").json()["orders"])


def test_a_time_out_does_nothing_and_ends_in_a_closed_connection(merchant: Merchant):
    fault(merchant, "timeout", delay_ms=100)
    began = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        merchant.place()
    assert time.monotonic() - began >= 0.1
    assert orders(merchant) == []


def test_a_time_out_outlasts_an_impatient_client(merchant: Merchant):
    fault(merchant, "timeout")
    with pytest.raises(httpx.ReadTimeout):
        merchant.http.post("/sgs/api/acquire2/placeOrder", timeout=0.1)
    assert merchant.place().code == "0"


def test_drop_after_accept_does_the_work_and_answers_nothing(merchant: Merchant):
    fault(merchant, "drop_after_accept")
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        merchant.place()
    assert merchant.get()["status"] == "CREATED"


def test_http_500_does_nothing(merchant: Merchant):
    fault(merchant, "http500")
    response = merchant.post("acquire2/placeOrder", b"{}")
    assert (response.status_code, "sign" in response.headers) == (500, False)
    assert orders(merchant) == []


def test_too_many_requests_says_when_to_come_back(merchant: Merchant):
    fault(merchant, "429", retry_after=7)
    response = merchant.post("acquire2/placeOrder", b"{}")
    assert (response.status_code, response.headers["retry-after"]) == (429, "7")


@pytest.mark.parametrize(
    ("mode", "code", "name"),
    [
        ("SYSTEM_ERROR", "500", "SYSTEM_ERROR"),
        ("62016", "62016", "MERCHANT_ORDER_NO_EXIST"),
        ("RISK_FAIL", "601", "RISK_FAIL"),
    ],
)
def test_any_code_can_be_answered_by_name_or_number(
    merchant: Merchant, mode: str, code: str, name: str
):
    fault(merchant, mode)
    answer = merchant.place()
    assert (answer.head["applyStatus"], answer.code) == ("FAIL", code)
    assert answer.head["msg"] == name
    assert orders(merchant) == []


def test_an_answer_can_be_signed_badly_or_not_at_all(merchant: Merchant):
    fault(merchant, "bad_sign")
    fault(merchant, "no_sign")
    envelope = b"{}"
    bad = merchant.post("acquire2/placeOrder", envelope)
    assert not merchant.payby_signed(bad.content, bad.headers["sign"])
    assert "sign" not in merchant.post("acquire2/placeOrder", envelope).headers


def test_a_slow_answer_is_a_good_answer(merchant: Merchant):
    fault(merchant, "slow", delay_ms=120)
    began = time.monotonic()
    assert merchant.place().code == "0"
    assert time.monotonic() - began >= 0.12


def test_a_fault_spoils_as_many_calls_as_asked_and_no_other_call(merchant: Merchant):
    merchant.place()
    fault(merchant, "SYSTEM_ERROR", "getOrder", times=2)
    assert merchant.place().code == "0"
    ask = {"merchantOrderNo": "order-1"}
    codes = [merchant.call("acquire2/getOrder", **ask).code for _ in range(3)]
    assert codes == ["500", "500", "0"]


def test_a_fault_strikes_only_calls_about_the_order_it_is_aimed_at(merchant: Merchant):
    for number in ("order-1", "order-2"):
        merchant.place(number)
    fault(merchant, "SYSTEM_ERROR", "*", about="order-1")
    codes = [
        merchant.call("acquire2/getOrder", merchantOrderNo=number).code
        for number in ("order-2", "order-1", "order-1")
    ]
    assert codes == ["0", "500", "0"]


def test_a_time_out_can_come_after_the_work_was_done(merchant: Merchant):
    fault(merchant, "drop_after_accept", delay_ms=100)
    began = time.monotonic()
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        merchant.place()
    assert time.monotonic() - began >= 0.1
    assert merchant.get()["status"] == "CREATED"


def test_a_system_error_can_come_after_the_work_was_done(merchant: Merchant):
    fault(merchant, "SYSTEM_ERROR_after_accept")
    assert merchant.place().code == "500"
    assert merchant.get()["status"] == "CREATED"
    fault(merchant, "SYSTEM_ERROR_after_accept", "cancelOrder")
    cancel = merchant.call("acquire2/cancelOrder", merchantOrderNo="order-1")
    assert cancel.code == "500"
    assert merchant.get()["status"] == "FAILURE"


def test_a_cancellation_fails_until_the_fault_is_cleared(merchant: Merchant):
    merchant.place()
    fault(merchant, "SYSTEM_ERROR", "cancelOrder", times="until cleared")

    def cancel() -> str:
        return merchant.call("acquire2/cancelOrder", merchantOrderNo="order-1").code

    assert [cancel() for _ in range(5)] == ["500"] * 5
    assert merchant.get()["status"] == "CREATED"
    merchant.control("DELETE", "faults")
    assert cancel() == "0"


def test_an_outage_hangs_up_on_every_call_until_it_is_cleared(merchant: Merchant):
    fault(merchant, "down", "*", times="until cleared")
    for path in ("acquire2/placeOrder", "acquire2/getOrder", "member/getBalance"):
        for _ in range(2):
            with pytest.raises(httpx.RemoteProtocolError, match="without sending"):
                merchant.call(path, **order())
    (waiting,) = merchant.control("GET", "faults").json()["waiting"]
    assert (waiting["target"], waiting["times"]) == ("payby.*", "until cleared")
    merchant.control("DELETE", "faults")
    assert orders(merchant) == []
    assert merchant.place().code == "0"


def test_chance_spoils_some_calls_and_the_same_ones_under_the_same_seed(
    merchant: Merchant,
):
    def codes() -> list[str]:
        merchant.control("DELETE", "faults")
        fault(merchant, "SYSTEM_ERROR", "*", chance=0.3, seed=7)
        return [merchant.place(f"order-{number}").code for number in range(40)]

    first = codes()
    assert first == codes()
    assert set(first) == {"0", "500"}


def test_payby_can_find_the_merchant_s_key_wrong(merchant: Merchant):
    fault(merchant, "bad_request_sign", "*", times="until cleared")
    answer = merchant.place()
    assert (answer.head["applyStatus"], answer.code) == ("ERROR", "403")
    assert orders(merchant) == []


@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("acquire2/placeOrder", "placeOrder"),
        ("acquire2/getOrder", "getOrder"),
        ("acquire2/cancelOrder", "cancelOrder"),
        ("acquire2/revokeOrder", "revokeOrder"),
        ("acquire2/refund/placeOrder", "refund.placeOrder"),
        ("acquire2/refund/getOrder", "refund.getOrder"),
        ("acquire2/updateExpiredTime", "updateExpiredTime"),
        ("acquire2/getCashierUrlInfo", "getCashierUrlInfo"),
        ("acquire2/getOrderPayer", "getOrderPayer"),
        ("acquire2Query/queryOrderPage", "queryOrderPage"),
        ("acquire2Query/queryRefundOrderPage", "queryRefundOrderPage"),
        ("acquire2/download/getOrderStatement", "getOrderStatement"),
        ("member/getBalance", "getBalance"),
    ],
)
def test_every_call_has_a_target_of_its_own(merchant: Merchant, path: str, target: str):
    fault(merchant, "SERVICE_TIMEOUT", target)
    assert merchant.call(path, **order()).code == "504"
    assert merchant.control("GET", "faults").json()["waiting"] == []


def test_waiting_faults_are_listed_and_can_be_cleared(merchant: Merchant):
    fault(merchant, "slow", times=3, delay_ms=5)
    waiting = {
        "target": "payby.placeOrder",
        "mode": "slow",
        "times": 3,
        "chance": None,
        "seed": None,
        "delay_ms": 5,
        "retry_after": None,
        "about": None,
    }
    assert merchant.control("GET", "faults").json()["waiting"] == [waiting]
    assert merchant.control("DELETE", "faults").json() == {"waiting": []}
    assert merchant.place().code == "0"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            {"target": "payby.buy", "mode": "slow"},
            "There is no fault target 'payby.buy'; GET /sandbox/faults lists them.",
        ),
        (
            {"target": "payby.notify", "mode": "x"},
            "payby.notify has no fault mode 'x'; it knows delay, duplicate, no_notify.",
        ),
        ({"target": "payby.notify"}, "mode: Field required."),
        (
            {"target": "payby.notify", "mode": "delay", "times": 0},
            'times: Input should be 1 to 1000 or "until cleared".',
        ),
        (
            {"target": "payby.notify", "mode": "delay", "chance": 1.01},
            "chance: Input should be less than or equal to 1.",
        ),
        (
            {"target": "payby.notify", "mode": "delay", "often": 2},
            "often: Extra inputs are not permitted.",
        ),
    ],
)
def test_a_fault_nobody_can_play_is_refused_in_a_sentence(
    merchant: Merchant, content: dict[str, object], sentence: str
):
    response = merchant.control("POST", "faults", content)
    assert response.status_code == 422
    assert response.json() == {"error": sentence}


def test_an_order_that_payby_does_not_end_in_time_is_payable_until_it_is_cancelled(
    merchant: Merchant,
):
    fault(merchant, "no_expiry", "expiry")
    placed = merchant.place(expiredTime=now_ms() + 100)
    wait_until(lambda: not merchant.control("GET", "faults").json()["waiting"])
    assert merchant.get()["status"] == "CREATED"
    merchant.place("order-2", expiredTime=now_ms() + 100)
    wait_until(lambda: merchant.get("order-2")["status"] == "FAILURE")
    assert merchant.scan(placed.token_url).status_code == 200


def test_of_two_orders_one_that_was_aimed_at_is_not_ended_in_time(merchant: Merchant):
    fault(merchant, "no_expiry", "expiry", about="order-1")
    for number in ("order-2", "order-1"):
        merchant.place(number, expiredTime=now_ms() + 100)
    wait_until(lambda: not merchant.control("GET", "faults").json()["waiting"])
    assert merchant.get("order-1")["status"] == "CREATED"
    assert merchant.get("order-2")["status"] == "FAILURE"
