"""The log of PayBy's calls: evidence of who asked what, and when."""

from typing import Any

import httpx
import pytest

from tests.contract.sandbox.payby.merchant import Merchant, now_ms


def calls(merchant: Merchant, **wanted: str) -> list[dict[str, Any]]:
    query = "&".join(f"{name}={value}" for name, value in wanted.items())
    answer = merchant.control("GET", f"payby/calls?{query}")
    return list(answer.json()["calls"])


def test_every_call_is_noted_with_its_order_time_and_code(merchant: Merchant):
    before = now_ms()
    merchant.place()
    merchant.call("acquire2/getOrder", merchantOrderNo="order-2")
    placed, asked = calls(merchant)
    assert before <= placed["at"] <= asked["at"] <= now_ms()
    assert 0 <= placed.pop("took_ms") < 1000
    del placed["at"]
    assert placed == {
        "call": "placeOrder",
        "merchantOrderNo": "order-1",
        "status": 200,
        "code": "0",
    }
    assert (asked["call"], asked["code"]) == ("getOrder", "62004")


def test_calls_are_found_by_name_and_by_order(merchant: Merchant):
    for number in ("order-1", "order-2"):
        merchant.place(number)
        merchant.get(number)
    of_two = calls(merchant, merchantOrderNo="order-2")
    assert [each["call"] for each in of_two] == ["placeOrder", "getOrder"]
    asked = calls(merchant, call="getOrder")
    assert [each["merchantOrderNo"] for each in asked] == ["order-1", "order-2"]
    assert len(calls(merchant, call="getOrder", merchantOrderNo="order-1")) == 1


def test_a_call_that_is_hung_up_on_is_noted_without_an_answer(merchant: Merchant):
    fault = {"target": "payby.placeOrder", "mode": "down"}
    merchant.control("POST", "faults", fault)
    with pytest.raises(httpx.RemoteProtocolError):
        merchant.place()
    (noted,) = calls(merchant)
    assert (noted["merchantOrderNo"], noted["status"], noted["code"]) == (
        "order-1",
        0,
        "",
    )


@pytest.mark.parametrize("body", [b"", b"[]", b"nix", b'{"bizContent": {}}'])
def test_a_call_that_names_no_order_is_noted_all_the_same(
    merchant: Merchant, body: bytes
):
    merchant.read(merchant.post("acquire2/getOrder", body))
    (noted,) = calls(merchant)
    assert (noted["call"], noted["merchantOrderNo"]) == ("getOrder", "")
    assert noted["code"] == "400"


def test_a_reset_forgets_the_calls(merchant: Merchant):
    merchant.place()
    merchant.control("POST", "reset")
    assert calls(merchant) == []
