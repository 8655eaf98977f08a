"""A store that takes cash for codes, and how far it is."""

from dataclasses import dataclass
from math import asin, cos, radians, sin, sqrt

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


def distance_m(from_: tuple[float, float], to: tuple[float, float]) -> float:
    """Return the metres between two points (latitude, longitude) as a bird flies."""
    (lat1, lon1), (lat2, lon2) = from_, to
    half_lat = radians(lat2 - lat1) / 2
    half_lon = radians(lon2 - lon1) / 2
    across = cos(radians(lat1)) * cos(radians(lat2)) * sin(half_lon) ** 2
    return 2 * _EARTH_RADIUS_M * asin(sqrt(sin(half_lat) ** 2 + across))
