"""Where to pay: the stores nearest to a point, or in an area named by its payer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, cached_property
from heapq import heappop, heappush
from math import cos, floor, radians
from typing import NamedTuple

from core.domain.stores import Store, distance_m
from core.stores.areas import AreaBook
from core.stores.hours import opening
from core.stores.names import NameBook

_CELL_DEGREES = 0.02  # some 2 km: a street in a city, and few cells to the next town
_CELL_M = _CELL_DEGREES * 111_195
_SHRINKS_TO = 0.99  # at most, over 80 km, a degree of longitude in the Gulf
_RINGS = 42  # around the middle cell: more than 80 km in the Gulf
_WORTH_A_RIDE_M = 10_000
_NEAR_M = 80_000

_DETOUR_M = 2_000  # half an hour's walk: less than going there in vain costs
_MOST_DETOURS = 4  # so that no open store next door falls behind closed ones
_NO_REPORTS: Mapping[str, int] = {}

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


class _Candidate(NamedTuple):
    """A store that may be the next best; the order of fields ranks it."""

    counted_m: float
    """How far it counts as."""
    store_id: str
    distance_m: float | None
    store: Store


class StoreIndex:
    """All stores in memory, in a grid of cells and by area. Never changes."""

    def __init__(self, stores: Iterable[Store]) -> None:
        self._cells: dict[tuple[int, int], list[Store]] = defaultdict(list)
        everything = list(stores)
        self._by_id = {store.id: store for store in everything}
        self._areas = AreaBook(everything)
        for store in everything:
            self._cells[_cell(store.latitude, store.longitude)].append(store)

    def by_id(self, store_id: str) -> Store | None:
        """Return the store with that id."""
        return self._by_id.get(store_id)

    def named(self, text: str, count: int) -> Sequence[Store]:
        """Return up to `count` stores whose name says so, whole or in part.

        Only staff ask, so the names are read when somebody does for the first time.
        With 100,000 stores that takes 2 s, and each time 0.1 s: call it outside the
        event loop.
        """
        return self._names.find(text, count)

    @cached_property
    def _names(self) -> NameBook:
        return NameBook(self._by_id.values())

    def nearest(
        self,
        latitude: float,
        longitude: float,
        at: datetime,
        count: int,
        *,
        reported: Mapping[str, int] = _NO_REPORTS,
        avoid: Collection[str] = (),
    ) -> Sequence[Found]:
        """Return up to `count` stores, best first; none within 80 km, none at all.

        Open stores within 10 km come first, by distance, then the others by
        distance: a store that opens tomorrow is of little use tonight, but no open
        store is worth crossing the country. Each report makes a store count as 2 km
        farther away. Stores to avoid are left out.
        """
        counted = self._by_counted_distance((latitude, longitude), reported)
        return _best(_without(avoid, counted), at, count)

    def in_area(
        self,
        text: str,
        at: datetime,
        count: int,
        *,
        reported: Mapping[str, int] = _NO_REPORTS,
        avoid: Collection[str] = (),
    ) -> Sequence[Found]:
        """Return up to `count` stores of a named area or city.

        Open ones come first, and of these the least reported.
        """
        named = [
            _Candidate(_detour_m(store, reported), store.id, None, store)
            for store in self._areas.find(text)
        ]
        named.sort(key=lambda candidate: candidate.counted_m)
        return _best(_without(avoid, named), at, count)

    def _by_counted_distance(
        self, here: Point, reported: Mapping[str, int]
    ) -> Iterator["_Candidate"]:
        """Measure outwards, ring by ring, and give each store once it is the next."""
        waiting: list[_Candidate] = []
        cell_m = _CELL_M * cos(radians(here[0])) * _SHRINKS_TO
        for ring in range(_RINGS + 1):
            for store in self._on_ring(_cell(*here), ring):
                metres = distance_m(here, (store.latitude, store.longitude))
                if metres <= _NEAR_M:
                    counted_m = metres + _detour_m(store, reported)
                    heappush(waiting, _Candidate(counted_m, store.id, metres, store))
            complete_to_m = ring * cell_m
            while waiting and waiting[0].counted_m <= complete_to_m:
                yield heappop(waiting)
        while waiting:
            yield heappop(waiting)

    def _on_ring(self, middle: tuple[int, int], ring: int) -> Iterator[Store]:
        """Give the stores in the square of cells `ring` steps from the middle."""
        row, column = middle
        steps = range(-ring, ring + 1)
        for step in steps:
            sides = steps if abs(step) == ring else (-ring, ring)
            for side in sides:
                yield from self._cells.get((row + step, column + side), ())


def _cell(latitude: float, longitude: float) -> tuple[int, int]:
    return floor(latitude / _CELL_DEGREES), floor(longitude / _CELL_DEGREES)


def _detour_m(store: Store, reported: Mapping[str, int]) -> int:
    return min(reported.get(store.id, 0), _MOST_DETOURS) * _DETOUR_M


def _without(
    avoid: Collection[str], candidates: Iterable[_Candidate]
) -> Iterable[_Candidate]:
    return (one for one in candidates if one.store_id not in avoid)


def _best(
    candidates: Iterable[_Candidate], at: datetime, count: int
) -> Sequence[Found]:
    """Return the best of the candidates, which come nearest first.

    It looks no farther than it must, and at the same hours only once.
    """
    opening_now = cache(lambda hours: opening(hours, at))
    good: list[Found] = []
    others: list[Found] = []
    for counted_m, _, metres, store in candidates:
        is_worth_it = counted_m <= _WORTH_A_RIDE_M
        if len(good) == count or not (is_worth_it or len(good + others) < count):
            break
        now = opening_now(store.hours)
        found = Found(store, metres, now.open_now, now.changes_at)
        if now.open_now and is_worth_it:
            good.append(found)
        elif len(others) < count:
            others.append(found)
    return (good + others)[:count]
