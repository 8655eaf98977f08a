"""The page of an order, served on a port."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from core.domain.orders import Order
from tests.fakes import HandClock
from tests.order_pages import Served, served


@pytest.fixture
async def page(
    migrated_sqlite: Path, tmp_path: Path, clock: HandClock
) -> AsyncIterator[Served]:
    """Serve the pages of a product that is new."""
    file = Path(shutil.copy(migrated_sqlite, tmp_path / "topup.sqlite"))
    async with served(file, clock) as page:
        yield page


@pytest.fixture
async def order(page: Served) -> Order:
    """An order whose code can be paid."""
    return await page.open_order()
