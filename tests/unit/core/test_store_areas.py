from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from core.domain.stores import Store
from core.stores import StoreIndex, parse_csv
from tests.unit.core.places import store_at

SAMPLES = Path(__file__).parents[3] / "sandbox" / "data" / "stores.csv"
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=ZoneInfo("Asia/Dubai"))


def shop(area: str, area_ar: str = "", city: str = "", **facts: str) -> Store:
    return store_at(
        25.2,
        55.3,
        **{
            "id": area or area_ar,
            "area": area,
            "area_ar": area_ar,
            "address": f"1 Lane, {city}",
        }
        | facts,
    )


def found(stores: Iterable[Store], text: str, count: int = 99) -> list[str]:
    return [one.store.id for one in StoreIndex(stores).in_area(text, NOON, count)]


@pytest.fixture(scope="module")
def shipped() -> StoreIndex:
    return StoreIndex(parse_csv(SAMPLES.read_text("utf-8")))


def areas_in(index: StoreIndex, text: str) -> set[str]:
    return {one.store.area for one in index.in_area(text, NOON, 99)}


@pytest.mark.parametrize(
    ("text", "area"),
    [
        ("Deira", "Deira"),
        ("  dEIRA! ", "Deira"),
        ("Déira", "Deira"),
        ("ديرة", "Deira"),
        ("ديره", "Deira"),
        ("الديرة", "Deira"),
        ("ديـــرة", "Deira"),
        ("دَيْرَة", "Deira"),
        ("I am in Deira now", "Deira"),
        ("أنا في ديرة الآن", "Deira"),
        ("Barsha", "Al Barsha"),
        ("al-barsha", "Al Barsha"),
        ("El Barsha", "Al Barsha"),
        ("albarsha", "Al Barsha"),
        ("I am in albarsha", "Al Barsha"),
        ("البرشاء", "Al Barsha"),
        ("برشاء", "Al Barsha"),
        ("ال برشاء", "Al Barsha"),
        ("marina", "Dubai Marina"),
        ("dubai marina", "Dubai Marina"),
        ("I am at Dubai Marina", "Dubai Marina"),
        ("al quoz, dubai", "Al Quoz"),
        ("Rolla Sharjah", "Rolla"),
        ("الرولة في الشارقة", "Rolla"),
        ("khorfakkan", "Khor Fakkan"),
        ("خور فكان", "Khor Fakkan"),
        ("Industrial Area 3", "Industrial Area 3"),
        ("industrial", "Industrial Area 3"),
        ("المنطقة الصناعية 3", "Industrial Area 3"),
        ("المنطقه الصناعيه ٣", "Industrial Area 3"),
    ],
)
def test_an_area_is_found_however_it_is_typed(shipped, text, area):
    assert areas_in(shipped, text) == {area}


@pytest.mark.parametrize(
    ("texts", "city"),
    [
        (("Dubai", "in dubai please", "دبي", "في دبي"), "Dubai"),
        (("Abu Dhabi", "abudhabi", "أبوظبي", "ابو ظبي", "أبو ظبي"), "Abu Dhabi"),
        (("Al Ain", "alain", "el-ain", "العين", "عين"), "Al Ain"),
        (("Fujairah", "الفجيرة", "الفجيره", "فجيرة"), "Fujairah"),
        (("ras al khaimah", "رأس الخيمة", "راس الخيمه"), "Ras Al Khaimah"),
        (("Umm Al Quwain", "ummalquwain", "أم القيوين", "ام القيوين"), "Umm Al Quwain"),
    ],
)  # fmt: skip
def test_a_city_is_all_its_areas(shipped, texts, city):
    for text in texts:
        found_there = shipped.in_area(text, NOON, 99)
        cities = {one.store.address.rpartition(", ")[2] for one in found_there}
        assert cities == {city}, text
    everywhere = parse_csv(SAMPLES.read_text("utf-8"))
    in_city = [one for one in everywhere if one.address.endswith(f", {city}")]
    assert len(found_there) == len(in_city)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "al", "ال", "hello", "Atlantis", "50", "300", "3", "ra", "?!", "📍",
     "where is my money", "شكرا جزيلا", "dei", "Deirax", "\ud800"],
)  # fmt: skip
def test_what_is_no_area_finds_nothing(shipped, text):
    assert shipped.in_area(text, NOON, 5) == []


def test_the_area_that_was_typed_beats_its_longer_namesakes():
    stores = [shop("Al Nahda"), shop("Al Nahda 2")]

    assert found(stores, "nahda") == ["Al Nahda"]
    assert found(stores, "I am in Nahda 2") == ["Al Nahda 2"]


def test_a_part_of_a_name_finds_every_area_that_has_it():
    stores = [shop("Al Nahda 1"), shop("Al Nahda 2"), shop("Deira")]

    for text in ("nahda", "al nahda", "el nahda"):
        assert found(stores, text) == ["Al Nahda 1", "Al Nahda 2"]
    assert found([shop("Um Suqeim 1")], "um") == []


def test_a_number_alone_is_an_amount_and_not_a_part_of_a_name():
    stores = [shop("Sector 100")]

    assert found(stores, "100") == []
    assert found(stores, "sector 100") == ["Sector 100"]


def test_the_city_tells_two_areas_of_one_name_apart():
    stores = [
        shop("Al Nahda", city="Dubai", id="dubai"),
        shop("Al Nahda", city="Sharjah", id="sharjah"),
        shop("Rolla", city="Sharjah", id="other"),
    ]

    assert found(stores, "Al Nahda") == ["dubai", "sharjah"]
    assert found(stores, "Al Nahda, Sharjah") == ["sharjah"]
    assert found(stores, "nahda in dubai") == ["dubai"]


def test_a_store_is_shown_once_though_area_and_city_both_fit():
    stores = [shop("Ras Al Khor", city="Ras Al Khaimah")]

    assert found(stores, "ras") == ["Ras Al Khor"]


def test_the_open_stores_of_an_area_come_first():
    hours = ["Mo-Su 18:00-23:00"] * 70 + ["24/7"]
    stores = [shop("Deira", id=f"s{n:02}", hours=text) for n, text in enumerate(hours)]

    assert found(stores, "Deira", 2) == ["s70", "s00"]


def test_the_least_reported_open_stores_of_an_area_come_first():
    names = ["a", "b", "c", "shut"]
    hours = ["24/7", "24/7", "24/7", "Mo-Su 18:00-23:00"]
    stores = [shop("Deira", id=i, hours=h) for i, h in zip(names, hours, strict=True)]
    reported = {"a": 900, "b": 1}

    ranked = StoreIndex(stores).in_area("Deira", NOON, 9, reported=reported)

    assert [one.store.id for one in ranked] == ["c", "b", "a", "shut"]


def test_a_store_to_avoid_is_left_out_of_its_area():
    index = StoreIndex([shop("Deira", id="a"), shop("Deira", id="b")])

    (one,) = index.in_area("Deira", NOON, 9, avoid={"a"})

    assert one.store.id == "b"


def test_a_store_of_an_area_has_hours_and_no_distance():
    index = StoreIndex([shop("Deira", hours="Mo-Su 08:00-23:00")])

    (one,) = index.in_area("Deira", NOON, 3)

    assert one.distance_m is None
    assert (one.open_now, one.changes_at) == (True, NOON.replace(hour=23))


def test_a_store_without_area_and_address_is_in_no_area():
    stores = [store_at(25.2, 55.3)]

    assert found(stores, "store") == []
    assert found(stores, "") == []
