import json
from pathlib import Path
from typing import Any

import pytest

from tests.contract.sandbox.payby.conftest import serving
from tests.contract.sandbox.payby.merchant import Merchant, Shop


def test_an_order_is_shown_in_payby_s_words_with_code_and_notices(merchant: Merchant):
    placed = merchant.place()
    shown = merchant.control("GET", "payby/orders/order-1").json()
    assert shown.pop("tokenUrl") == placed.token_url
    assert (shown.pop("notices"), shown.pop("refunds")) == ([], [])
    assert shown == placed.order
    listed = merchant.control("GET", "payby/orders").json()["orders"]
    assert [item["merchantOrderNo"] for item in listed] == ["order-1"]


def test_an_order_keeps_its_code_in_the_control_api_after_the_payment(
    merchant: Merchant,
):
    qr = merchant.pay().token_url
    assert merchant.control("GET", "payby/orders/order-1").json()["tokenUrl"] == qr


@pytest.mark.parametrize(
    ("method", "path", "status", "sentence"),
    [
        ("GET", "payby/orders/nix", 404, "PayBy has no order 'nix'."),
        ("POST", "payby/orders/nix/notify", 404, "PayBy has no order 'nix'."),
        ("GET", "nix", 404, "GET /sandbox/nix: Not Found."),
        ("PUT", "reset", 405, "PUT /sandbox/reset: Method Not Allowed."),
    ],
)
def test_what_is_not_there_is_refused_in_a_sentence(
    merchant: Merchant, method: str, path: str, status: int, sentence: str
):
    response = merchant.control(method, path)
    assert (response.status_code, response.json()) == (status, {"error": sentence})


def test_a_reset_forgets_orders_and_faults(merchant: Merchant):
    merchant.place()
    fault = {"target": "payby.getOrder", "mode": "slow"}
    merchant.control("POST", "faults", fault)
    assert merchant.control("POST", "reset").json() == {}
    assert merchant.control("GET", "payby/orders").json() == {"orders": []}
    assert merchant.control("GET", "faults").json()["waiting"] == []
    assert merchant.place().code == "0"


def events(merchant: Merchant, act: Any, count: int) -> list[dict[str, str]]:
    """What a listener hears while `act` is done."""
    heard: list[dict[str, str]] = []
    with merchant.http.stream("GET", "/sandbox/events") as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.iter_lines()
        assert next(lines) == ": listening"
        act()
        while len(heard) < count:
            line = next(lines)
            if line.startswith("data: "):
                heard.append(json.loads(line.removeprefix("data: ")))
    return heard


def test_the_page_hears_what_changed(merchant: Merchant):
    placed = {"changed": "orders", "merchantOrderNo": "order-1"}
    assert events(merchant, merchant.pay, 4) == [
        placed,
        placed,
        placed,
        {"changed": "stores", "store": "store-001"},
    ]
    cleared = events(merchant, lambda: merchant.control("DELETE", "faults"), 1)
    assert cleared == [{"changed": "faults"}]
    reset = events(merchant, lambda: merchant.control("POST", "reset"), 1)
    assert reset == [{"changed": "everything"}]


def test_without_a_product_the_stand_ins_are_enough_to_be_ready(merchant: Merchant):
    assert merchant.control("GET", "health").json() == {"ready": True}


def test_it_is_ready_only_when_the_product_is(folder: Path, shop: Shop):
    with serving(folder, product_url=f"{shop.url}/") as merchant:
        assert merchant.control("GET", "health").json() == {"ready": True}
        shop.ready = 503
        response = merchant.control("GET", "health")
        assert (response.status_code, response.json()) == (
            503,
            {"ready": False, "error": "The product is not ready: /readyz says 503."},
        )


def test_a_product_that_waits_for_payby_before_it_answers_is_ready(
    folder: Path, shop: Shop
):
    shop.ready_after_s = 3
    with serving(folder, product_url=shop.url) as merchant:
        assert merchant.control("GET", "health").json() == {"ready": True}


def test_a_product_that_is_down_is_not_ready(folder: Path):
    with serving(folder, product_url="http://127.0.0.1:1") as merchant:
        assert merchant.control("GET", "health").json() == {
            "ready": False,
            "error": "The product does not answer at http://127.0.0.1:1.",
        }


def test_the_page_loads_nothing_from_elsewhere(merchant: Merchant):
    for path in ("/", "/page/index.html"):
        response = merchant.http.get(path)
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/html")
        policy = response.headers["content-security-policy"]
        assert policy.startswith("default-src 'self';")
        assert "unsafe" not in policy


def test_nothing_outside_the_page_is_served(merchant: Merchant):
    for path in ("/page/nix.js", "/page/%2e%2e/config.py", "/page/"):
        assert merchant.http.get(path).status_code == 404
