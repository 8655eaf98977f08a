"""A store that takes cash for codes, how far it is, and what goes wrong there."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import asin, cos, radians, sin, sqrt

REPORTED_FOR = timedelta(hours=6)  # by then a wallet is filled, a shift is over

_EARTH_RADIUS_M = 6_371_008.8  # the mean radius


@dataclass(frozen=True, kw_only=True)
class Store:
    """A shop with a PayBy POS that runs Cash Top Up."""

    id: str
    name: str
    name_ar: str
    address: str
    """Ends in the city, after the last comma."""
    address_ar: str
    area: str
    area_ar: str
    latitude: float
    longitude: float
    hours: str
    """When it is open, as OpenStreetMap writes it: "Mo-Su 08:00-23:00"."""
    phone: str
    is_sample: bool
    """Invented, for a demo."""


class Trouble(StrEnum):
    """Why a payer could not pay at a store."""

    REFUSED = "refused"  # the cashier will not do it
    NO_BALANCE = "no_balance"  # the store's wallet holds less than the amount
    POS_ERROR = "pos_error"  # the POS shows an error
    EXTRA_FEE = "extra_fee"  # the cashier wants more than the amount
    WRONG_AMOUNT = "wrong_amount"  # the POS shows another amount than is wanted


def distance_m(from_: tuple[float, float], to: tuple[float, float]) -> float:
    """Return the metres between two points (latitude, longitude) as a bird flies."""
    (lat1, lon1), (lat2, lon2) = from_, to
    half_lat = radians(lat2 - lat1) / 2
    half_lon = radians(lon2 - lon1) / 2
    across = cos(radians(lat1)) * cos(radians(lat2)) * sin(half_lon) ** 2
    return 2 * _EARTH_RADIUS_M * asin(sqrt(sin(half_lat) ** 2 + across))
