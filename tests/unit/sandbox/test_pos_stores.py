from decimal import Decimal
from pathlib import Path

import pytest

from sandbox.config import STORES_CSV
from sandbox.pos import StoresUnusable, load_stores


def test_the_sample_stores_are_rich_but_for_a_known_few():
    stores = list(load_stores(STORES_CSV).values())
    assert stores[0].wallet.balance == Decimal(5000)
    assert stores[1].wallet.balance == Decimal(20)
    poor = [store for store in stores if store.wallet.balance < 5000]
    assert len(poor) == 3
    assert len({store.wallet.mid for store in stores}) == len(stores) > 30


@pytest.mark.parametrize("content", [None, b"name\nx\n", b"\xff\xfe"])
def test_a_file_that_holds_no_stores_is_named(tmp_path: Path, content: bytes | None):
    path = tmp_path / "stores.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StoresUnusable, match=r"stores\.csv can't be read"):
        load_stores(path)
