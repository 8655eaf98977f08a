from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.sandbox.twilio.desk import (
    Desk,
    Product,
    product_server,
    twilio_desk,
)


@pytest.fixture
async def product() -> AsyncIterator[Product]:
    async with product_server() as product:
        yield product


@pytest.fixture
async def desk(tmp_path: Path, product: Product) -> AsyncIterator[Desk]:
    """A Twilio whose one person has not yet written to us."""
    async with twilio_desk(tmp_path, product) as desk:
        yield desk


@pytest.fixture
async def chat(desk: Desk) -> Desk:
    """A Twilio whose one person has just written to us."""
    await desk.act(text="hello")
    await desk.product.got(1)
    desk.product.forms.clear()
    return desk
