"""A store is found by its name, as somebody says it who stands before it."""

import pytest

from core.stores import StoreIndex
from tests.unit.core.places import store_at

OWL = ("owl", "Night Owl Mart – Al Rigga", "ميني مارت بومة الليل – الرقة")
PEARL = ("pearl", "Café Pearl Phone Shop", "محل هواتف اللؤلؤة")
CORNER = ("corner", "Corner Grocery 24", "")


def named(text: str, count: int = 9) -> list[str]:
    stores = [
        store_at(25.2, 55.3, id=store_id, name=name, name_ar=name_ar)
        for store_id, name, name_ar in (OWL, PEARL, CORNER)
    ]
    return [store.id for store in StoreIndex(stores).named(text, count)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Night Owl Mart – Al Rigga", ["owl"]),
        ("owl", ["owl"]),
        ("OWL  nig", ["owl"]),
        ("rigga owl", ["owl"]),
        ("cafe pearl", ["pearl"]),
        ("grocer", ["corner"]),
        ("corner ٢٤", ["corner"]),
        ("بومة", ["owl"]),
        ("بومه الليل", ["owl"]),
        ("لؤلؤة", ["pearl"]),
        ("اللؤلؤ", ["pearl"]),
        ("محل", ["pearl"]),
        ("r", ["owl", "pearl", "corner"]),
        ("owl pearl", []),
        ("bakery", []),
        ("al", []),
        ("", []),
        ("…", []),
    ],
)
def test_a_name_is_found_whole_or_in_part_in_either_language(text, found):
    assert named(text) == found


def test_no_more_stores_are_found_than_asked_for():
    assert named("r", 2) == ["owl", "pearl"]
