"""The books: what PayBy's statement has and nobody told us of is found and credited."""

import csv
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from core.domain.gulf import GULF
from tests.networks import on_both
from tests.phones import Code
from tests.world import World


def test_a_payment_that_only_the_statement_tells_of_is_credited(
    world: World, tmp_path: Path
):
    codes = [payer.order() for payer in on_both(world)]
    for code in codes:
        world.fault("payby.notify", "no_notify", times=9, about=code.number)
        code.pay()
    both = {code.number for code in codes}
    assert reconciled(world, codes, tmp_path) == dict.fromkeys(both, "waiting")
    for code in codes:
        (result,) = code.results()
        assert "New balance: AED 50.00" in result.text
    assert reconciled(world, codes, tmp_path) == dict.fromkeys(both, "settled")


def reconciled(world: World, codes: list[Code], folder: Path) -> dict[str, str]:
    """Run `topup reconcile`; how what is paid there only stands, of these orders."""
    file = folder / "differences.csv"
    paid_ms = codes[0].in_payby()["paymentInfo"]["paidTime"]
    day = datetime.fromtimestamp(paid_ms / 1000, GULF).date()
    topup = [sys.executable, "-m", "webhooks", "--env-file", str(world.desk.env_file)]
    command = [*topup, "reconcile", "--date", f"{day}", "--csv", str(file)]
    subprocess.run(command, capture_output=True, check=False)  # noqa: S603  (ours)
    with file.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    ours = {code.number for code in codes}
    found = {row["order"]: row for row in rows if row["order"] in ours}
    assert {row["kind"] for row in found.values()} == {"paid_there_only"}
    return {number: row["stands"] for number, row in found.items()}
