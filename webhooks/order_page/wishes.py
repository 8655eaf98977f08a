"""What a browser may ask of an order's page beside the page: language and stores."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from bot.chats import Language
from bot.ports import Found, Stores
from bot.words import language_called
from webhooks.bodies import BodyTooLarge, read_body

_MOST_STORES = 5
_LONGEST_AREA = 40
_MOST_BYTES = 1024
_POLE, _DATE_LINE = 90, 180


class BadWish(Exception):
    """That is no place."""


@dataclass(frozen=True)
class NearMe:
    """A payer's place, and the language to answer in."""

    latitude: float
    longitude: float
    language: Language | None


async def read_near_me(request: Request) -> NearMe:
    """Read where a payer is, from the body, which no proxy logs. Raises BadWish."""
    try:
        told = json.loads(await read_body(request, _MOST_BYTES))
        latitude, longitude = float(told["latitude"]), float(told["longitude"])
        language = language_called(told.get("lang"))
    except (
        BodyTooLarge,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        OverflowError,
        RecursionError,
    ) as error:
        raise BadWish from error
    if not (abs(latitude) <= _POLE and abs(longitude) <= _DATE_LINE):
        raise BadWish  # also what is no number
    return NearMe(latitude, longitude, language)


def near(stores: Stores, place: NearMe, now: datetime) -> Sequence[Found]:
    """Return the stores to walk to from there, best first."""
    return stores.nearest(place.latitude, place.longitude, now, _MOST_STORES)


def in_area(stores: Stores, area: str, now: datetime) -> Sequence[Found] | None:
    """Return the stores of an area that was typed; None when none was."""
    return stores.in_area(area, now, _MOST_STORES) if area else None


def typed_area(request: Request) -> str:
    """Return the area that was typed, no longer than a name is."""
    return request.query_params.get("area", "").strip()[:_LONGEST_AREA]
