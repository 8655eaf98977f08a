import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from core.stores import StoreFileError, parse_csv, parse_geojson

SAMPLES = Path(__file__).parents[3] / "sandbox" / "data"
HEADER = (
    "id,name,name_ar,address,address_ar,area,area_ar,latitude,longitude,hours,phone,"
    "sample"
)
GOOD = (
    's1,Corner,الزاوية,"1 Lane, Deira, Dubai",ديرة,Deira,ديرة,25.27,55.3,24/7,'
    "+971 0 000 0001,yes"
)
EMIRATES = {
    "Abu Dhabi",
    "Ajman",
    "Dubai",
    "Fujairah",
    "Ras Al Khaimah",
    "Sharjah",
    "Umm Al Quwain",
}


def short_csv(*rows: str) -> str:
    return "\n".join(("id,name,latitude,longitude,hours", *rows))


def feature(coordinates: object = (55.3, 25.27), **properties: object) -> dict:
    facts = {"id": "s1", "name": "Corner", "hours": "24/7"} | properties
    geometry = {"type": "Point", "coordinates": coordinates}
    return {"type": "Feature", "properties": facts, "geometry": geometry}


def collection(*features: object) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features})


def mistakes(parse: Callable[[str], object], text: str) -> list[str]:
    with pytest.raises(StoreFileError) as caught:
        parse(text)
    assert str(caught.value) == "\n".join(caught.value.mistakes)
    return list(caught.value.mistakes)


def test_a_csv_line_becomes_a_store_with_every_fact():
    (store,) = parse_csv(f"{HEADER}\n{GOOD}\n")

    assert (store.id, store.name, store.name_ar) == ("s1", "Corner", "الزاوية")
    assert (store.address, store.address_ar) == ("1 Lane, Deira, Dubai", "ديرة")
    assert (store.area, store.area_ar) == ("Deira", "ديرة")
    assert (store.latitude, store.longitude) == (25.27, 55.3)
    assert (store.hours, store.phone) == ("24/7", "+971 0 000 0001")
    assert store.is_sample


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff{HEADER}\n{GOOD}",
        f"{HEADER}\r\n{GOOD}\r\n",
        f"{HEADER}\n\n{GOOD}\n\n",
        f"{HEADER},\n{GOOD},\n",
    ],
    ids=["byte order mark", "windows line ends", "blank lines", "unnamed column"],
)
def test_what_spreadsheets_add_to_a_csv_changes_nothing(text):
    assert parse_csv(text) == parse_csv(f"{HEADER}\n{GOOD}")


def test_only_five_columns_are_needed_in_any_order():
    (store,) = parse_csv("hours,longitude,latitude,name,id\n24/7,55.3,25.27,Corner,s1")

    assert (store.id, store.latitude, store.area, store.phone) == ("s1", 25.27, "", "")
    assert not store.is_sample


@pytest.mark.parametrize(
    ("row", "mistake"),
    [
        (",Corner,25,55,24/7", "id is missing"),
        ("s1, ,25,55,24/7", "name is missing"),
        ("s1,Corner,25,55", "hours is missing"),
        ("s1,Corner,25,55,24/7,more", "more cells than columns"),
        ("s1,Corner,north,55,24/7", "latitude 'north' is not a number"),
        ("s1,Corner,25,5°,24/7", "longitude '5°' is not a number"),
        ("s1,Corner,90.1,55,24/7", "latitude 90.1 is not between -90 and 90"),
        ("s1,Corner,25,-181,24/7", "longitude -181 is not between -180 and 180"),
        ("s1,Corner,nan,55,24/7", "latitude nan is not between -90 and 90"),
        ("s1,Corner,25,inf,24/7", "longitude inf is not between -180 and 180"),
        ("s1,Corner,25,55,always", "opening hours 'always' cannot be read"),
        (f"{'s' * 65},Corner,25,55,24/7", "id is longer than 64 characters"),
        (f"s1,{'C' * 81},25,55,24/7", "name is longer than 80 characters"),
        (f"s1,Corner,25,55,{'2' * 201}", "hours is longer than 200 characters"),
        ("s1,Cor\0ner,25,55,24/7", "name holds a character that no text can hold"),
        ("s0,Corner,25,55,24/7", "the id s0 is there twice"),
    ],
)
def test_a_mistake_in_a_csv_is_named_by_its_line(row, mistake):
    text = short_csv("s0,First,25,55,24/7", row, "s9,Last,25,55,24/7")

    assert mistakes(parse_csv, text) == [f"line 3: {mistake}"]


def test_every_mistake_of_a_csv_is_told_at_once_by_the_line_it_is_on():
    text = short_csv('s1,"two\nlines",25,55,24/7', "", "s2,Far,95,55,24/7", "s3,,,,")

    assert mistakes(parse_csv, text) == [
        "line 5: latitude 95 is not between -90 and 90",
        "line 6: name is missing",
    ]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "line 1: no column id"),
        ("id;name;latitude;longitude;hours", "line 1: no column name"),
        ("id,name,latitude,longitude", "line 1: no column hours"),
        ("id,name,latitude,longitude,hours,name", "line 1: the column name is there"),
        ("id,name,latitude,longitude,hours", "there is no store in it"),
        ("id,name,latitude,longitude,hours\n\n\n", "there is no store in it"),
    ],
)
def test_a_csv_without_columns_or_stores_is_refused(text, mistake):
    assert any(told.startswith(mistake) for told in mistakes(parse_csv, text))


@pytest.mark.parametrize("huge_line", [1, 2, 3])
def test_a_huge_field_is_refused_by_its_line_wherever_it_is(huge_line):
    lines = short_csv("s1,Corner,25,55,24/7", "s2,Market,25,55,24/7").splitlines()
    lines[huge_line - 1] += "," + "x" * 200_000

    (mistake,) = mistakes(parse_csv, "\n".join(lines))

    assert mistake.startswith(f"line {huge_line}: field larger")


@pytest.mark.parametrize("row", ['s1,Corner,25,55,"24/7', 's1,"Cor"ner",25,55,24/7'])
def test_a_forgotten_quote_is_a_mistake_and_never_swallows_stores(row):
    text = short_csv(row, "s2,Market,25,55,24/7")

    (mistake,) = mistakes(parse_csv, text)

    assert mistake.startswith("line ")


def test_a_geojson_point_becomes_a_store():
    text = collection(
        feature(id=7, name_ar="الزاوية", sample=True),
        feature((55.4, 25.3, 12.0), id="s2", sample=False),
    )

    first, second = parse_geojson(text)

    assert (first.id, first.name, first.name_ar) == ("7", "Corner", "الزاوية")
    assert (first.latitude, first.longitude, first.is_sample) == (25.27, 55.3, True)
    assert (second.latitude, second.longitude, second.is_sample) == (25.3, 55.4, False)
    assert parse_geojson(f"\ufeff{text}") == [first, second]


@pytest.mark.parametrize(
    ("wrong", "mistake"),
    [
        (feature(id=None), "id is missing"),
        (feature(id="s0"), "the id s0 is there twice"),
        (feature(name=["Corner"]), "name is not a text"),
        (feature(name="Corner \ud800"), "name holds a character that no text can hold"),
        (feature(hours="always"), "opening hours 'always' cannot be read"),
        (feature((55.3, float("nan"))), "latitude nan is not between -90 and 90"),
        (feature((float("-inf"), 25)), "longitude -inf is not between -180 and 180"),
        (feature((55.3, 125.27)), "latitude 125.27 is not between -90 and 90"),
        (feature((True, 25.27)), "longitude 'True' is not a number"),
        (feature([55.3]), "latitude is missing"),
        (feature("55.3,25.27"), "latitude is missing"),
        (feature() | {"geometry": None}, "latitude is missing"),
        (feature() | {"geometry": {"type": "LineString"}}, "latitude is missing"),
        (feature() | {"properties": None}, "id is missing"),
        ("a store", "id is missing"),
    ],
)
def test_a_mistake_in_a_geojson_is_named_by_its_feature(wrong, mistake):
    text = collection(feature(id="s0"), wrong, feature(id="s9"))

    assert mistakes(parse_geojson, text) == [f"feature 2: {mistake}"]


@pytest.mark.parametrize(
    ("text", "mistake"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("[]", "not a GeoJSON FeatureCollection"),
        ('{"features": {}}', "not a GeoJSON FeatureCollection"),
        (json.dumps(feature()), "not a GeoJSON FeatureCollection"),
        (collection(), "there is no store in it"),
    ],
    ids=["empty", "cut off", "too deep", "a list", "no list", "one feature", "none"],
)
def test_what_is_no_geojson_of_stores_is_refused(text, mistake):
    (told,) = mistakes(parse_geojson, text)

    assert told.startswith(mistake)


def test_the_shipped_stores_are_some_forty_samples_in_both_languages():
    stores = parse_csv((SAMPLES / "stores.csv").read_text("utf-8"))

    assert 38 <= len(stores) <= 45
    assert all(store.is_sample and store.name.startswith("Sample ") for store in stores)
    for store in stores:
        assert store.name_ar
        assert store.address_ar
        assert store.area_ar
        assert store.phone.startswith("+971 0 000 ")
        assert 22.6 < store.latitude < 26.1
        assert 51.5 < store.longitude < 56.4


def test_the_shipped_stores_cover_every_emirate():
    stores = parse_csv((SAMPLES / "stores.csv").read_text("utf-8"))

    assert {store.address.rpartition(", ")[2] for store in stores} >= EMIRATES


def test_the_shipped_accounts_are_twenty_and_only_1019_is_closed():
    with (SAMPLES / "accounts.csv").open(encoding="utf-8", newline="") as file:
        accounts = list(csv.DictReader(file))

    numbers = range(1001, 1021)
    assert [one["id"] for one in accounts] == [f"player-{n}" for n in numbers]
    assert len({one["name"] for one in accounts}) == 20
    closed = [one["id"] for one in accounts if one["status"] != "open"]
    assert closed == ["player-1019"]
