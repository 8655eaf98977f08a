"""Worlds in which time runs faster, and stories told on both chat networks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser import launched
from tests.contract.sandbox.payby.merchant import Merchant
from tests.networks import TELEGRAM
from tests.world import World, opened


@pytest.fixture(autouse=True)
def network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let payers write to us on this network."""
    monkeypatch.setattr(World, "network", getattr(request, "param", TELEGRAM))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for one file."""
    with launched() as browser:
        yield browser


@pytest.fixture(scope="module")
def opened_rehearsal(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    laid: Path,
) -> Iterator[World]:
    """A world for one file, with the product's settings that it names as REHEARSAL."""
    folder = tmp_path_factory.mktemp("rehearsal")
    settings = request.module.REHEARSAL
    with opened(folder, sandbox_speed=1, laid=laid, **settings) as world:
        yield world


@pytest.fixture
def rehearsal(opened_rehearsal: World) -> Iterator[World]:
    """The same, where nothing goes wrong that this test did not ask for."""
    yield opened_rehearsal
    opened_rehearsal.clear_faults()


@pytest.fixture
def portal(rehearsal: World) -> Iterator[Merchant]:
    """The merchant's own hands in PayBy's portal."""
    merchant = Merchant(rehearsal.desk.url, rehearsal.desk.data / "keys")
    yield merchant
    merchant.http.close()
