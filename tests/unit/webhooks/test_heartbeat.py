"""The watcher outside hears from us as long as we do our work, and only then."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from structlog.testing import capture_logs

from webhooks.heartbeat import Heartbeat

SECRET = "5f0c1e6a-the-secret-of-the-watcher"
URL = f"https://watcher.test/{SECRET}"


class Watcher:
    """The service outside."""

    def __init__(self) -> None:
        self.heard = 0
        self.status = 200
        self.trouble: Exception | None = None

    async def answer(self, request: httpx.Request) -> httpx.Response:
        if self.trouble:
            raise self.trouble
        self.heard += str(request.url) == URL
        return httpx.Response(self.status)


@pytest.fixture
def watcher():
    return Watcher()


@pytest.fixture
async def http(watcher) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(
        transport=httpx.MockTransport(watcher.answer)
    ) as client:
        yield client


@pytest.fixture
def heart(http):
    """Make one that beats fast, for a product with these troubles."""

    def heart(*troubles: str) -> Heartbeat:
        async def look() -> list[str]:
            return list(troubles)

        return Heartbeat(URL, http, look, every_s=0.01)

    return heart


async def test_it_beats_until_it_is_told_to_stop(heart, watcher):
    async with heart().beating():
        while watcher.heard < 3:  # noqa: ASYNC110  (the watcher rings no bell)
            await asyncio.sleep(0.005)
    heard = watcher.heard
    await asyncio.sleep(0.05)
    assert watcher.heard == heard


async def test_it_does_not_beat_while_something_keeps_us_from_work(heart, watcher):
    with capture_logs() as logs:
        assert not await heart("disk is full").beat()
    assert watcher.heard == 0
    assert logs[0]["why"] == "disk is full"


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.ConnectTimeout(f"no way to {URL}"),
        httpx.ReadError(URL),
        httpx.InvalidURL(URL),
        RuntimeError(URL),
    ],
)
async def test_a_watcher_that_cannot_be_reached_stops_nothing_and_no_address_is_logged(
    heart, watcher, trouble
):
    watcher.trouble = trouble
    with capture_logs() as logs:
        async with heart().beating():
            while len(logs) < 2:  # noqa: ASYNC110  (a log rings no bell)
                await asyncio.sleep(0.005)
            watcher.trouble = None
            while not watcher.heard:  # noqa: ASYNC110  (same)
                await asyncio.sleep(0.005)
    assert SECRET not in str(logs)


async def test_a_watcher_that_refuses_is_told_of(heart, watcher):
    watcher.status = 404
    with capture_logs() as logs:
        assert not await heart().beat()
    assert logs[0]["why"] == "HTTP 404"
