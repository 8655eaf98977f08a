"""The books: what PayBy's statement has and nobody told us of is found and credited."""

import csv
import subprocess
import sys
from datetime import datetime
from pathlib import Path

from core.domain.gulf import GULF
from tests.phones import Code
from tests.world import World


def test_a_payment_that_only_the_statement_tells_of_is_credited(
    world: World, tmp_path: Path
):
    payer = world.phone()
    code = payer.order()
    world.fault("payby.notify", "no_notify", times=9, about=code.number)
    code.pay()
    assert reconciled(world, code, tmp_path) == [("paid_there_only", "waiting")]
    (result,) = code.results()
    assert "New balance: AED 50.00" in result.text
    assert reconciled(world, code, tmp_path) == [("paid_there_only", "settled")]


def reconciled(world: World, code: Code, folder: Path) -> list[tuple[str, str]]:
    """Run `topup reconcile`; how the order differs, and how that stands."""
    file = folder / "differences.csv"
    paid_ms = code.in_payby()["paymentInfo"]["paidTime"]
    day = datetime.fromtimestamp(paid_ms / 1000, GULF).date()
    topup = [sys.executable, "-m", "webhooks", "--env-file", str(world.desk.env_file)]
    command = [*topup, "reconcile", "--date", f"{day}", "--csv", str(file)]
    subprocess.run(command, capture_output=True, check=False)  # noqa: S603  (ours)
    with file.open(encoding="utf-8", newline="") as lines:
        rows = [row for row in csv.DictReader(lines) if row["order"] == code.number]
    return [(row["kind"], row["stands"]) for row in rows]
