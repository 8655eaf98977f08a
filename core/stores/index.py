"""Where to pay: the stores nearest to a point, or in an area named by its payer."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import cos, floor, radians

from core.domain.stores import Store, distance_m
from core.stores.areas import AreaBook
from core.stores.hours import opening

_CELL_DEGREES = 0.06  # over 6 km: a town's stores in a few cells
_CELL_M = _CELL_DEGREES * 111_195
_RINGS = (2, 4, 8, 14)  # in the Gulf the first holds 10 km around, the last 80
_WORTH_A_RIDE_M = 10_000
_NEAR_M = 80_000

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
        everything = list(stores)
        self._areas = AreaBook(everything)
        for store in everything:
            self._cells[_cell(store.latitude, store.longitude)].append(store)

    def nearest(
        self, latitude: float, longitude: float, at: datetime, count: int
    ) -> Sequence[Found]:
        """Return up to `count` stores, best first; none within 80 km, none at all.

        Open stores within 10 km come first, by distance, then the others by
        distance: a store that opens tomorrow is of little use tonight, but no open
        store is worth crossing the country.
        """
        here = (latitude, longitude)
        around = sorted(self._around(here, count))
        close_by = sum(metres <= _WORTH_A_RIDE_M for metres, *_ in around)
        candidates = [
            (store, metres) for metres, _, store in around[: max(close_by, count)]
        ]
        return _best(candidates, at, count)

    def in_area(self, text: str, at: datetime, count: int) -> Sequence[Found]:
        """Return up to `count` stores of a named area or city, open ones first."""
        candidates = [(store, None) for store in self._areas.find(text)]
        return _best(candidates, at, count)

    def _around(self, here: Point, count: int) -> list[tuple[float, str, Store]]:
        """Measure the stores around, in rings widened until there are enough."""
        measured: list[tuple[float, str, Store]] = []
        for ring in _RINGS:
            measured = [
                (metres, store.id, store)
                for store in self._within(_cell(*here), ring)
                if (metres := distance_m(here, (store.latitude, store.longitude)))
                <= _NEAR_M
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


def _best(
    candidates: Iterable[tuple[Store, float | None]], at: datetime, count: int
) -> Sequence[Found]:
    """Return the best of the candidates, which come nearest first.

    Looking hours up is the slow part: it ends with enough good stores, and stores
    with the same hours are looked up once.
    """
    opening_now = cache(lambda hours: opening(hours, at))
    found: list[Found] = []
    good = 0
    for store, metres in candidates:
        now = opening_now(store.hours)
        found.append(Found(store, metres, now.open_now, now.changes_at))
        good += _is_good(found[-1])
        if good == count:
            break
    return sorted(found, key=lambda one: not _is_good(one))[:count]


def _is_good(found: Found) -> bool:
    return found.open_now and (found.distance_m or 0.0) <= _WORTH_A_RIDE_M
