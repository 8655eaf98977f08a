from decimal import Decimal

import pytest

from sandbox.payby.wire import dumps, loads, money


def test_json_is_compact_utf_8_without_escapes():
    value = {"a": [1, "ش\n", None, True], "b": {}}
    assert dumps(value) == '{"a":[1,"ش\\n",null,true],"b":{}}'.encode()


@pytest.mark.parametrize("text", [b"10", b"10.00", b"200.10", b"999999999999.99"])
def test_a_number_comes_back_as_it_was_written(text: bytes):
    assert dumps(loads(text)) == text


def test_a_decimal_is_never_written_with_an_exponent():
    assert dumps(Decimal("1E+2")) == b"100"
    assert dumps(Decimal("1E-7")) == b"0.0000001"


def test_half_a_surrogate_pair_comes_back_as_its_escape():
    assert dumps(loads(b'"\\ud83d"')) == b'"\\ud83d"'


def test_money_has_two_decimals():
    assert dumps(money(Decimal(50))) == b'{"amount":50.00,"currency":"AED"}'


@pytest.mark.parametrize(
    "text",
    [b"", b"{", b"NaN", b"1e999", b"\xff", pytest.param(b"[" * 100_000, id="deep")],
)
def test_what_is_not_json_is_a_value_error(text: bytes):
    with pytest.raises(ValueError, match=r"."):
        loads(text)
