"""A small run of `make chaos`: killed twice among faults, and the books agree."""

import asyncio
from pathlib import Path

import pytest

from tests.chaos.plan import SPEED, drawn
from tests.chaos.report import evidence
from tests.chaos.run import play, take_stock
from tests.world import opened

_SEED = 20261124


@pytest.mark.timeout(600)  # on a busy machine; 40 s on an idle one
def test_killed_and_troubled_nothing_is_lost_doubled_stuck_or_untold(tmp_path: Path):
    plan = drawn(_SEED, orders=25, seconds=10, kills=2, accounts=25)
    with opened(tmp_path, rehearsal_speed=SPEED) as world:
        payers = asyncio.run(play(world, plan))
        found = take_stock(world, payers, within_s=60)
        assert not found.findings, "\n".join(evidence(found, world.desk))
        assert found.paid
        assert found.paid >= sum(payer.paid.is_set() for payer in payers)
