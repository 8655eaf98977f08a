"""Stores from a CSV or GeoJSON file: all of them, or a list of what is wrong."""

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from core.domain.stores import Store
from core.stores.hours import opening

_NEEDED = ("id", "name", "latitude", "longitude", "hours")
_TEXTS = ("name_ar", "address", "address_ar", "area", "area_ar", "phone")
_LONGEST = {"id": 64, "name": 80}
_LONGEST_TEXT = 200
_TRUE = {"yes", "true", "1"}
_CANNOT_BE_STORED = re.compile("[\0\ud800-\udfff]")
_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)


class StoreFileError(ValueError):
    """The file holds mistakes; each line of the text names one and where it is."""

    def __init__(self, mistakes: Iterable[str]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(self.mistakes))


def parse_csv(text: str) -> list[Store]:
    """Read stores from CSV with a header line. Raises StoreFileError.

    Quotes must be in order: a forgotten one would swallow the stores after it.
    """
    lines = io.StringIO(text.removeprefix("\ufeff"), newline="")
    reader = csv.DictReader(lines, strict=True)
    try:
        _check_columns(reader.fieldnames or ())
        rows = [(f"line {reader.line_num}", row) for row in reader]
    except csv.Error as error:
        line = reader.reader.line_num
        raise StoreFileError([f"line {line}: {error}"]) from error
    return _stores(rows)


def parse_geojson(text: str) -> list[Store]:
    """Read stores from a FeatureCollection of points. Raises StoreFileError."""
    try:
        collection = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise StoreFileError([f"not JSON: {error}"]) from error
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list):
        raise StoreFileError(["not a GeoJSON FeatureCollection"])
    return _stores(
        (f"feature {number}", _properties(feature))
        for number, feature in enumerate(features, start=1)
    )


def _check_columns(columns: Sequence[str]) -> None:
    mistakes = [
        *(f"line 1: no column {name}" for name in _NEEDED if name not in columns),
        *(
            f"line 1: the column {name} is there twice"
            for name, times in Counter(columns).items()
            if name and times > 1
        ),
    ]
    if mistakes:
        raise StoreFileError(mistakes)


def _properties(feature: object) -> Mapping[str, Any]:
    """Return a feature's properties with its point; less where it is malformed."""
    if not isinstance(feature, dict):
        return {}
    properties = feature.get("properties")
    geometry = feature.get("geometry")
    facts = dict(properties) if isinstance(properties, dict) else {}
    if isinstance(geometry, dict) and geometry.get("type") == "Point":
        match geometry.get("coordinates"):
            case [longitude, latitude, *_]:
                facts |= {"longitude": longitude, "latitude": latitude}
    return facts


def _stores(rows: Iterable[tuple[str, Mapping[str, Any]]]) -> list[Store]:
    stores: dict[str, Store] = {}
    mistakes = []
    for where, row in rows:
        try:
            store = _store(row)
            if store.id in stores:
                raise ValueError(f"the id {store.id} is there twice")  # noqa: TRY301
        except ValueError as mistake:
            mistakes.append(f"{where}: {mistake}")
        else:
            stores[store.id] = store
    if not stores and not mistakes:
        mistakes.append("there is no store in it")
    if mistakes:
        raise StoreFileError(mistakes)
    return list(stores.values())


def _store(row: Mapping[str, Any]) -> Store:
    if None in row:
        raise ValueError("more cells than columns")
    texts = {name: _text(row, name) for name in (*_NEEDED, *_TEXTS, "sample")}
    for name in _NEEDED:
        if not texts[name]:
            raise ValueError(f"{name} is missing")
    opening(texts["hours"], _ANY_TIME)
    return Store(
        id=texts["id"],
        name=texts["name"],
        latitude=_degrees(texts["latitude"], "latitude", 90),
        longitude=_degrees(texts["longitude"], "longitude", 180),
        hours=texts["hours"],
        is_sample=texts["sample"].lower() in _TRUE,
        **{name: texts[name] for name in _TEXTS},
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    value = row.get(name)
    if isinstance(value, dict | list):
        raise ValueError(f"{name} is not a text")  # noqa: TRY004  (the file's mistake)
    text = "" if value is None else str(value).strip()
    if _CANNOT_BE_STORED.search(text):
        raise ValueError(f"{name} holds a character that no text can hold")
    longest = _LONGEST.get(name, _LONGEST_TEXT)
    if len(text) > longest:
        raise ValueError(f"{name} is longer than {longest} characters")
    return text


def _degrees(text: str, name: str, most: int) -> float:
    try:
        degrees = float(text)
    except ValueError:
        raise ValueError(f"{name} {text!r} is not a number") from None
    if not -most <= degrees <= most:
        raise ValueError(f"{name} {text} is not between -{most} and {most}")
    return degrees
