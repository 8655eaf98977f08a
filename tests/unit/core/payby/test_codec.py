import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.money import Money
from core.payby.calls import money
from core.payby.codec import WireError, decode, encode
from core.payby.fields import Fields

MOST_FILS = 10**14 - 1  # twelve digits before the point, two after


def test_an_object_is_written_compactly_with_its_keys_in_order_and_nulls_left_out():
    value = {"b": None, "c": [True, 1, None], "a": {"z": "متجر", "y": Decimal("50.00")}}
    assert encode(value) == '{"a":{"y":50.00,"z":"متجر"},"c":[true,1,null]}'.encode()


@given(st.integers(0, MOST_FILS))
def test_money_is_written_with_two_decimals_and_comes_back_as_the_same_fils(fils):
    body = encode({"totalAmount": money(Money(fils))})
    assert body.endswith(b'%d.%02d,"currency":"AED"}}' % divmod(fils, 100))
    assert Fields(decode(body), "").amount("totalAmount").to_money() == Money(fils)


@pytest.mark.parametrize("text", ["12.34", "200", "200.00", "0.1", "1E+2", "1e2"])
def test_every_way_to_write_a_number_is_read_exactly(text):
    body = f'{{"m":{{"amount":{text},"currency":"AED"}}}}'.encode()
    assert Fields(decode(body), "").amount("m").value == Decimal(text)


def test_a_float_is_never_sent():
    with pytest.raises(WireError, match="A float has no exact form"):
        encode({"amount": 0.1})


def test_text_that_is_not_unicode_is_never_sent():
    with pytest.raises(WireError, match="not valid Unicode"):
        encode({"subject": "\ud800"})


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**15), 10**15)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text("abc"), json_values))
def test_what_is_written_is_the_json_that_any_other_reader_reads(value):
    expected = json.loads(json.dumps(value), object_pairs_hook=without_nulls)
    assert json.loads(encode(value)) == expected
    assert decode(encode(value)) == expected


def without_nulls(pairs):
    return {name: value for name, value in pairs if value is not None}


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "not JSON"),
        (b"<html>", "not JSON"),
        (b'{"a":1}{"b":2}', "not JSON"),
        (b"\xff", "not UTF-8"),
        (b"[]", "not a JSON object"),
        (b'"text"', "not a JSON object"),
        (b'{"amount":NaN}', "holds NaN"),
        (b'{"amount":-Infinity}', "holds -Infinity"),
        (b'{"amount":1e999999}', "out of any range"),
        (b'{"amount":1e-999999}', "out of any range"),
        (b'{"amount":0.%s}' % (b"1" * 40), "too many digits"),
        (b'{"amount":%s}' % (b"1" * 5000), "too many digits"),
        (b'{"a":' * 33 + b"1" + b"}" * 33, "nested too deeply"),
        (b'{"a":' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
        (b'{"subject":"\\u0000"}', "can't be stored"),
        (b'{"subject":"\\ud800"}', "can't be stored"),
        (b'{"\\ud800":1}', "can't be stored"),
    ],
)
def test_a_body_that_payby_would_not_send_is_refused_in_one_sentence(body, sentence):
    with pytest.raises(WireError, match=sentence):
        decode(body)


def test_a_body_as_deep_as_allowed_is_read():
    assert decode(b'{"a":' * 32 + b"1" + b"}" * 32)
