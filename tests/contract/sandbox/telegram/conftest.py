from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.sandbox.telegram.desk import (
    Desk,
    Product,
    product_server,
    telegram_desk,
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A Telegram whose one person has not yet written to the bot."""
    async with telegram_desk(tmp_path) as desk:
        yield desk


@pytest.fixture
async def chat(desk: Desk) -> Desk:
    """A Telegram whose one person has started the bot."""
    await desk.send(text="/start")
    return desk


@pytest.fixture
async def product() -> AsyncIterator[Product]:
    async with product_server() as product:
        yield product
