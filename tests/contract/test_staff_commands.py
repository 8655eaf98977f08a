"""`topup support` says who works at the desk; `topup audit` what they did."""

import asyncio
import csv
import io
import re

import pytest
from typer.testing import CliRunner

from core.database.audit import SqlAudit
from core.database.engine import Database
from core.domain.audit import AuditEntry
from tests.contract.test_commands import (  # noqa: F401  (fixtures)
    fail,
    run,
    settings,
)
from webhooks.__main__ import cli
from webhooks.clock import SystemClock
from webhooks.commands.staff import safe


def test_people_are_added_changed_listed_and_removed(run):  # noqa: F811  (fixture)
    assert run("support", "list") == "Nobody is at the desk: `topup support add`.\n"
    said = run("support", "add", "tg:1", "Agent One", "agent")
    assert said == "Agent One (tg:1) is agent at the desk.\n"
    run("support", "add", "+971500000001", "Second", "viewer")
    run("support", "add", "tg:1", "Agent One", "supervisor")
    assert run("support", "list").splitlines() == [
        "Agent One  supervisor  tg:1",
        "Second  viewer  +971500000001",
    ]
    run("support", "remove", "tg:1")
    assert "tg:1" not in run("support", "list")


@pytest.mark.parametrize("identity", ["1", "tg:-100", "tg:x", "0500000001", "wa:1", ""])
def test_nobody_is_added_under_what_is_no_identity(fail, identity):  # noqa: F811
    assert "is nobody" in fail("support", "add", identity, "One", "agent")


@pytest.mark.parametrize("name", [" ", "x" * 65])
def test_a_name_must_be_one(fail, name):  # noqa: F811  (fixture)
    assert "A name has" in fail("support", "add", "tg:1", name, "agent")


def test_who_is_not_there_cannot_be_removed(fail):  # noqa: F811  (fixture)
    assert "topup support list" in fail("support", "remove", "tg:1")


def test_a_role_that_does_not_exist_is_refused(settings):  # noqa: F811  (fixture)
    command = ["--env-file", str(settings()), "support", "add", "tg:1", "One", "king"]
    assert CliRunner().invoke(cli, command).exit_code == 2


def test_the_audit_is_exported_as_cells_that_a_spreadsheet_does_not_run(
    run,  # noqa: F811  (fixture)
    tmp_path,
):
    run("support", "add", "tg:1", "=HYPERLINK(1)", "agent")

    async def act() -> None:
        database = Database(f"sqlite:///{tmp_path}/topup.sqlite")
        entry = AuditEntry(
            act_id="1",
            who="Agent One",
            act="refund",
            merchant_order_no="T1",
            reason='+1, "wrong"\nsum',
            before={"status": "credited"},
            after={"refunded": "AED 5.00", "status": "credited"},
        )
        await SqlAudit(database, SystemClock()).add(entry)
        await database.close()

    asyncio.run(act())
    added, refund = csv.DictReader(io.StringIO(run("audit", "export")))
    assert (added["who"], added["act"]) == ("the server", "support add")
    assert added["after"] == "name==HYPERLINK(1); role=agent"
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+04:00", refund["at"])
    assert refund["reason"] == '\'+1, "wrong"\nsum'
    assert refund["after"] == "refunded=AED 5.00; status=credited"
    later = run("audit", "export", "--since", "2999-01-01")
    assert later.strip() == "at,who,act,order,subject,reason,before,after,id"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_no_cell_starts_a_formula(start):
    assert safe(f"{start}1+1") == f"'{start}1+1"
    assert safe(f"1{start}") == f"1{start}"
