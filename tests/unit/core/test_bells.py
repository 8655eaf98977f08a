"""A queue is looked into at once when something comes, at a pace, and else seldom."""

import threading
import time

import pytest

from core import bells
from core.bells import Bell

PACE_S = 0.05


def looks_within(bell: Bell, seconds: float) -> int:
    """How often a thread that waits at the bell looks, while nothing happens."""
    until, looks = time.monotonic() + seconds, 0
    while time.monotonic() < until:
        bell.wait(PACE_S)
        looks += 1
    return looks


@pytest.fixture
def at_rest(monkeypatch) -> Bell:
    """A bell that was not rung for a while."""
    monkeypatch.setattr(bells, "_LIVELY_FOR_S", 0.0)
    bell = Bell()
    bell.wait(0)
    return bell


def test_where_nothing_comes_nobody_looks_often(at_rest):
    assert looks_within(at_rest, 0.5) == 1


def test_what_comes_is_looked_at_at_once(at_rest, monkeypatch):
    monkeypatch.setattr(bells, "_SELDOM_S", 60.0)
    threading.Timer(0.1, at_rest.ring).start()
    began = time.monotonic()
    assert at_rest.wait(PACE_S) is False
    assert time.monotonic() - began < 30


def test_what_came_during_a_look_is_looked_at_next(at_rest, monkeypatch):
    monkeypatch.setattr(bells, "_SELDOM_S", 60.0)
    at_rest.ring()
    at_rest.wait(PACE_S)
    at_rest.ring()
    began = time.monotonic()
    at_rest.wait(PACE_S)
    assert time.monotonic() - began < 30


def test_looks_keep_their_pace_however_much_comes(at_rest):
    began = time.monotonic()
    for _ in range(5):
        at_rest.ring()
        at_rest.wait(PACE_S)
    assert time.monotonic() - began >= 4 * PACE_S


def test_for_a_while_what_could_not_begin_is_looked_for_at_a_pace():
    assert looks_within(Bell(), 0.5) > 2


def test_a_bell_that_is_set_ends_the_waiting(at_rest):
    threading.Timer(0.1, at_rest.set).start()
    assert at_rest.wait(PACE_S) is True
    assert at_rest.is_set()
