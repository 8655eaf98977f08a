"""Where to pay: the stores nearest to a point, or in an area named by its payer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import nsmallest
from math import cos, floor, radians

from core.domain.stores import Store, distance_m
from core.stores.areas import AreaBook
from core.stores.hours import opening

_CELL_DEGREES = 0.05  # about 5 km: a town's stores in a few cells
_CELL_M = _CELL_DEGREES * 111_195
_RINGS = (2, 4, 8, 16)  # up to about 80 km; farther is not near
_WORTH_A_RIDE_M = 10_000
_LOOKED_AT = 60

Point = tuple[float, float]


@dataclass(frozen=True)
class Found:
    """A store, and what matters to somebody on the way to it."""

    store: Store
    distance_m: float | None
    """None where only an area is known."""
    open_now: bool
    changes_at: datetime | None
    """When it closes, or opens if it is closed; None for not soon."""


class StoreIndex:
    """All stores in memory, in a grid of cells and by area. Never changes."""

    def __init__(self, stores: Iterable[Store]) -> None:
        self._cells: dict[tuple[int, int], list[Store]] = defaultdict(list)
        self._areas = AreaBook()
        for store in stores:
            self._cells[_cell(store.latitude, store.longitude)].append(store)
            self._areas.add(store)

    def nearest(
        self, latitude: float, longitude: float, at: datetime, count: int
    ) -> Sequence[Found]:
        """Return up to `count` stores, best first; none within 80 km, none at all.

        Open stores within 10 km come first, by distance, then the others by
        distance: a store that opens tomorrow is of little use tonight, but no open
        store is worth crossing the country.
        """
        here = (latitude, longitude)
        close_by = nsmallest(_LOOKED_AT, self._around(here, count))
        found = [_found(store, metres, at) for metres, _, store in close_by]
        return sorted(found, key=_worth)[:count]

    def in_area(self, text: str, at: datetime, count: int) -> Sequence[Found]:
        """Return up to `count` stores of a named area or city, open ones first."""
        found = [_found(store, None, at) for store in self._areas.find(text)]
        return sorted(found, key=lambda one: not one.open_now)[:count]

    def _around(self, here: Point, count: int) -> list[tuple[float, str, Store]]:
        """Measure the stores around, in rings widened until there are enough."""
        measured: list[tuple[float, str, Store]] = []
        for ring in _RINGS:
            measured = [
                (distance_m(here, (store.latitude, store.longitude)), store.id, store)
                for store in self._within(_cell(*here), ring)
            ]
            complete_to_m = ring * _CELL_M * cos(radians(here[0]))
            if sum(metres <= complete_to_m for metres, *_ in measured) >= count:
                break
        return measured

    def _within(self, middle: tuple[int, int], ring: int) -> Iterator[Store]:
        for row in range(middle[0] - ring, middle[0] + ring + 1):
            for column in range(middle[1] - ring, middle[1] + ring + 1):
                yield from self._cells.get((row, column), ())


def _cell(latitude: float, longitude: float) -> tuple[int, int]:
    return floor(latitude / _CELL_DEGREES), floor(longitude / _CELL_DEGREES)


def _found(store: Store, metres: float | None, at: datetime) -> Found:
    now = opening(store.hours, at)
    return Found(store, metres, now.open_now, now.changes_at)


def _worth(found: Found) -> tuple[bool, float]:
    metres = found.distance_m or 0.0
    return not (found.open_now and metres <= _WORTH_A_RIDE_M), metres
