from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.stores import Store, distance_m
from core.stores import Found, StoreIndex
from tests.unit.core.places import store_at

HERE = (25.27, 55.31)
NOON = datetime(2026, 11, 2, 12, 0, tzinfo=ZoneInfo("Asia/Dubai"))
METRES_PER_DEGREE = 111_195
OPEN, CLOSED = "Mo-Su 08:00-23:00", "Mo-Su 18:00-23:00"
NONE: Mapping[str, int] = {}


def north(metres: float, name: str, hours: str = OPEN) -> Store:
    """A store so many metres north of here."""
    latitude = HERE[0] + metres / METRES_PER_DEGREE
    return store_at(latitude, HERE[1], id=name, hours=hours)


def nearest(stores: Iterable[Store], count: int = 5, **reported: int) -> list[str]:
    found = StoreIndex(stores).nearest(*HERE, NOON, count, reported=reported)
    return [one.store.id for one in found]


def by_the_rule(
    stores: Sequence[Store],
    here: tuple[float, float],
    count: int,
    reported: Mapping[str, int] = NONE,
) -> list[tuple[str, float, bool]]:
    """Find the nearest the slow way: look at every store."""
    measured = [
        (distance_m(here, (store.latitude, store.longitude)), store) for store in stores
    ]
    counted = [
        (metres + 2_000 * min(reported.get(store.id, 0), 4), metres, store)
        for metres, store in measured
        if metres <= 80_000
    ]
    ranked = sorted(
        (not (store.hours == OPEN and as_far <= 10_000), as_far, store.id, metres)
        for as_far, metres, store in counted
    )
    is_open = {store.id: store.hours == OPEN for store in stores}
    return [(name, metres, is_open[name]) for _, _, name, metres in ranked[:count]]


def told(found: Sequence[Found]) -> list[tuple[str, float | None, bool]]:
    return [(one.store.id, one.distance_m, one.open_now) for one in found]


def test_a_degree_of_latitude_is_some_111_kilometres():
    assert distance_m((25, 55), (26, 55)) == pytest.approx(METRES_PER_DEGREE, abs=1)


def test_a_degree_of_longitude_shrinks_with_the_latitude():
    assert distance_m((60, 55), (60, 56)) == pytest.approx(55_597, abs=5)
    assert distance_m(HERE, HERE) == 0


def test_open_stores_come_by_distance():
    stores = [north(900, "far"), north(-300, "near"), north(5000, "farther")]

    assert nearest(stores) == ["near", "far", "farther"]
    assert nearest(stores, 2) == ["near", "far"]


def test_an_open_store_within_ten_kilometres_beats_a_closed_one_next_door():
    assert nearest([north(50, "shut", CLOSED), north(9_900, "open")]) == [
        "open",
        "shut",
    ]


def test_an_open_store_farther_than_ten_kilometres_does_not():
    assert nearest([north(50, "shut", CLOSED), north(10_100, "open")]) == [
        "shut",
        "open",
    ]


def test_an_open_store_is_found_behind_any_number_of_closed_ones():
    stores = [north(number, f"shut-{number}", CLOSED) for number in range(200)]

    assert nearest([*stores, north(3_000, "open")], 2) == ["open", "shut-0"]


def test_a_reported_store_falls_behind_the_others_of_its_neighbourhood():
    stores = [north(100, "a"), north(900, "b"), north(1_900, "c"), north(2_200, "d")]

    assert nearest(stores) == ["a", "b", "c", "d"]
    assert nearest(stores, a=1) == ["b", "c", "a", "d"]


def test_a_store_falls_farther_with_every_report():
    stores = [north(100, "a"), north(2_500, "b"), north(5_000, "c")]

    assert nearest(stores, a=2) == ["b", "a", "c"]
    assert nearest(stores, a=3) == ["b", "c", "a"]
    assert nearest(stores, 2, a=2, b=1) == ["a", "b"]


def test_no_report_sends_anybody_far_away():
    assert nearest([north(100, "a"), north(2_500, "b")], a=1) == ["a", "b"]


def test_however_often_it_was_reported_an_open_store_is_shown_before_closed_ones():
    stores = [north(100, "a"), north(200, "b", CLOSED), north(9_000, "c")]

    assert nearest(stores, a=1_000) == ["a", "c", "b"]


def test_a_reported_store_is_never_hidden():
    assert nearest([north(79_900, "far")], far=4) == ["far"]


def test_a_store_to_avoid_is_left_out():
    index = StoreIndex([north(100, "a"), north(900, "b"), north(1_200, "c")])

    found = index.nearest(*HERE, NOON, 2, avoid={"a"})

    assert [one.store.id for one in found] == ["b", "c"]


def test_a_store_is_found_by_its_id():
    near = north(100, "near")

    assert StoreIndex([near]).by_id("near") == near
    assert StoreIndex([near]).by_id("gone") is None


def test_equally_far_stores_come_by_their_id():
    stores = [north(500, name) for name in ("c", "a", "d", "b")]

    assert nearest(stores, 3) == ["a", "b", "c"]


def test_no_store_is_near_beyond_eighty_kilometres():
    assert nearest([north(79_900, "far"), north(80_100, "too far")]) == ["far"]
    assert nearest([]) == []


def test_what_is_found_says_how_far_it_is_and_until_when_it_is_open():
    index = StoreIndex([north(1_000, "open"), north(2_000, "shut", CLOSED)])

    shop, shut = index.nearest(*HERE, NOON, 5)

    assert shop.distance_m == pytest.approx(1_000, abs=1)
    assert (shop.open_now, shop.changes_at) == (True, NOON.replace(hour=23))
    assert (shut.open_now, shut.changes_at) == (False, NOON.replace(hour=18))


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [((13_600, 0), (-19_000, 0)), ((0, 12_500), (0, -13_000))],
    ids=["north of the first ring", "east of the first ring"],
)
def test_a_nearer_store_just_outside_the_first_cells_is_not_missed(nearer, farther):
    corner = (25.2599, 55.3199)  # the north-east of its cell
    stores = [
        store_at(
            corner[0] + up / METRES_PER_DEGREE,
            corner[1] + right / (METRES_PER_DEGREE * 0.9044),
            id=name,
        )
        for name, (up, right) in (("nearer", nearer), ("farther", farther))
    ]

    (found,) = StoreIndex(stores).nearest(*corner, NOON, 1)

    assert found.store.id == "nearer"


COORDINATES = st.tuples(
    st.floats(24.9, 25.6) | st.sampled_from([25.2, 25.26, 25.32, 25.38]),
    st.floats(54.9, 55.6) | st.sampled_from([55.2, 55.26, 55.32, 55.38]),
)
REPORTS = st.sampled_from([0, 0, 0, 1, 3, 9])
MAPS = st.lists(
    st.tuples(COORDINATES, st.sampled_from([OPEN, CLOSED]), REPORTS), max_size=60
)


@settings(max_examples=80, deadline=None)
@given(MAPS, COORDINATES, st.integers(1, 6))
def test_the_grid_finds_what_looking_at_every_store_finds(places, here, count):
    stores = [
        store_at(*place, id=f"s{number:02}", hours=hours)
        for number, (place, hours, _) in enumerate(places)
    ]
    reported = {f"s{number:02}": times for number, (_, _, times) in enumerate(places)}

    found = StoreIndex(stores).nearest(here[0], here[1], NOON, count, reported=reported)

    assert told(found) == by_the_rule(stores, here, count, reported)


@pytest.mark.parametrize("latitude", [22.7, 24.0, 25.27, 26.1])
@pytest.mark.parametrize("inset", [0.0001, 0.01, 0.0199])
def test_the_rule_holds_at_the_edges_of_cells_all_over_the_country(latitude, inset):
    here = (latitude + inset, 54.0 + inset)
    stores = [
        store_at(
            here[0] + metres * up / METRES_PER_DEGREE,
            here[1] + metres * right / (METRES_PER_DEGREE * 0.9),
            id=f"{metres}/{up}/{right}",
            hours=OPEN if metres > 8_000 else CLOSED,
        )
        for metres in (400, 5_000, 9_950, 10_060, 40_000, 79_000)
        for up, right in ((1, 0), (-1, 0), (0, 1), (0, -1))
    ]

    for count in (1, 3, 5, 100):
        found = StoreIndex(stores).nearest(*here, NOON, count)
        assert told(found) == by_the_rule(stores, here, count)
