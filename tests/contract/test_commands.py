"""Each `topup` command does what it says, or says in one sentence why it cannot."""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from typer.testing import CliRunner

from bot.telegram_updates import ALLOWED_UPDATES
from core.database.accounts import SqlAccounts
from core.database.cases import SqlCases
from core.database.engine import Database
from core.database.orders import SqlOrders
from core.database.stores import SqlStores
from core.domain.accounts import Account
from core.domain.cases import CaseKind
from sandbox.config import Config
from tests.contract.conftest import Served
from tests.fakes import PAYEE, a_payment, an_order
from webhooks.__main__ import cli
from webhooks.clock import SystemClock
from webhooks.commands import CommandFailed

STORES = Path("sandbox/data/stores.csv")
Change = Callable[..., Path]
Run = Callable[..., str]


@pytest.fixture
def settings(sandbox, migrated_sqlite, tmp_path) -> Change:
    """Write a file of settings that work, with some of them changed."""
    shutil.copy(migrated_sqlite, tmp_path / "topup.sqlite")
    good = {
        "ENVIRONMENT": "demo",
        "PUBLIC_URL": "https://shop.test",
        "DATABASE_URL": f"sqlite:///{tmp_path}/topup.sqlite",
        "ENGINE_DATABASE_URL": f"sqlite:///{tmp_path}/engine.sqlite",
        "SHOP_NAME": "Oasis Games",
        "PRODUCT": "Game top-up",
        "PAYBY_URL": f"{sandbox.url}/sgs/api",
        "PAYBY_PARTNER_ID": PAYEE,
        "PAYBY_MERCHANT_KEY_FILE": sandbox.keys / "merchant_private.pem",
        "PAYBY_PUBLIC_KEY_FILE": sandbox.keys / "payby_public.pem",
        "TELEGRAM_TOKEN": Config.telegram_token,
        "TELEGRAM_URL": sandbox.url,
        "TELEGRAM_WEBHOOK_SECRET": "correct-horse-battery",
    }

    def change(**changed: object) -> Path:
        lines = [f"TOPUP_{name}={value}" for name, value in (good | changed).items()]
        file = tmp_path / "test.env"
        file.write_text("\n".join(lines), encoding="utf-8")
        return file

    return change


@pytest.fixture
def run(settings) -> Run:
    """Run a command that works; return what it says."""

    def run(*words: str, **changed: object) -> str:
        command = ["--env-file", str(settings(**changed)), *words]
        result = CliRunner().invoke(cli, command, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return result.output

    return run


@pytest.fixture
def fail(settings) -> Run:
    """Run a command that cannot work; return the sentence that says why."""

    def fail(*words: str, **changed: object) -> str:
        command = ["--env-file", str(settings(**changed)), *words]
        result = CliRunner().invoke(cli, command)
        assert isinstance(result.exception, CommandFailed), result.output
        return str(result.exception)

    return fail


@pytest.fixture
def stranger(tmp_path) -> Path:
    """A folder with the keys of somebody else."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(
        Encoding.PEM, PublicFormat.SubjectPublicKeyInfo
    )
    (tmp_path / "private.pem").write_bytes(private)
    (tmp_path / "public.pem").write_bytes(public)
    return tmp_path


@pytest.fixture
def stored(settings, tmp_path):
    """Ask our database something."""

    def ask(question: Callable[[Database], Awaitable[object]]) -> object:
        async def look() -> object:
            database = Database(f"sqlite:///{tmp_path}/topup.sqlite")
            seen = await question(database)
            await database.close()
            return seen

        return asyncio.run(look())

    return ask


def test_a_ping_proves_the_connection_to_payby(run):
    assert f"PayBy knows us as {PAYEE}" in run("payby", "ping")


def test_a_ping_names_a_key_that_is_not_ours(fail, stranger):
    sentence = fail("payby", "ping", PAYBY_MERCHANT_KEY_FILE=stranger / "private.pem")
    assert "does not belong to our private key" in sentence


def test_a_ping_names_a_public_key_that_is_not_paybys(fail, stranger):
    sentence = fail("payby", "ping", PAYBY_PUBLIC_KEY_FILE=stranger / "public.pem")
    assert "not the one of this environment" in sentence


def test_a_ping_names_a_partner_that_payby_does_not_know(fail):
    assert "200000000999" in fail("payby", "ping", PAYBY_PARTNER_ID="200000000999")


def test_a_ping_names_an_address_where_nobody_is(fail):
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    assert "can't be reached" in fail("payby", "ping", PAYBY_URL=url)


@pytest.mark.parametrize("name", ["PAYBY_MERCHANT_KEY_FILE", "PAYBY_PUBLIC_KEY_FILE"])
def test_a_key_file_that_is_missing_is_named(fail, name):
    assert "nowhere.pem" in fail("payby", "ping", **{name: "nowhere.pem"})


def test_an_order_that_payby_does_not_know_is_told_so(fail):
    assert "62004" in fail("payby", "order", "T261124-NBDY2222")


def test_an_order_is_shown_with_all_that_happened_to_it(run, stored):
    order = an_order()

    async def happen(database: Database) -> None:
        orders = SqlOrders(database, SystemClock())
        await orders.add(order)
        await orders.settle(order.merchant_order_no, a_payment(order), "notice")

    stored(happen)
    shown = run("order", order.merchant_order_no)
    assert "amount: AED 50.00\nstatus: paid" in shown
    assert "+04:00  ordered  amount=AED 50.00" in shown
    assert shown.index("  ordered  ") < shown.index("  settled  ")


def test_an_order_that_is_not_ours_is_told_so(fail):
    assert fail("order", "T261124-NBDY2222") == "There is no order T261124-NBDY2222."


def test_open_cases_are_shown_a_line_each_newest_first(run, stored):
    assert run("cases") == "No case is open.\n"

    async def open_two(database: Database) -> None:
        cases = SqlCases(database, SystemClock())
        await cases.close((await cases.open(CaseKind.REVOKED, "T0", "", {})).number)
        await cases.open(CaseKind.HELD, "T1", "tg:1", {"account": "p-1"})
        await cases.open(CaseKind.STRANGER, "T2", "", {})

    stored(open_two)
    second, first = run("cases").splitlines()
    assert second.startswith("3  20")
    assert second.endswith("stranger  T2")
    assert first.endswith("held  T1  account=p-1")


def test_limits_are_shown_with_the_settings_they_come_from(run):
    shown = run("limits", PAYER_DAY_MAXIMUM="500", FIRST_MAXIMUM="99.5", FIRST_HOURS=12)
    lines = {line.split()[-1]: line for line in shown.splitlines()}
    assert "payer, a day" in lines["TOPUP_PAYER_DAY_MAXIMUM"]
    assert "AED 500.00" in lines["TOPUP_PAYER_DAY_MAXIMUM"]
    assert "no limit" in lines["TOPUP_ACCOUNT_MONTH_MAXIMUM"]
    assert "no limit" in lines["TOPUP_OPEN_CODES_MAXIMUM"]
    assert "new payer, 12 h from the first payment" in shown
    assert "AED 99.50" in shown
    assert "AED 5.00 to AED 2,000.00" in shown


def test_stores_are_imported_and_take_the_place_of_the_older(run, stored, tmp_path):
    assert "41 stores imported." in run("stores", "import", str(STORES))
    first = tmp_path / "one.csv"
    first.write_text("\n".join(STORES.read_text("utf-8").splitlines()[:2]), "utf-8")
    run("stores", "import", str(first))
    [store] = stored(lambda database: SqlStores(database).all())
    assert store.id == "store-001"


def test_a_store_file_with_mistakes_changes_nothing_and_names_their_lines(
    run, fail, stored, tmp_path
):
    run("stores", "import", str(STORES))
    lines = STORES.read_text("utf-8").splitlines()
    bad = tmp_path / "bad.csv"
    lines[2] = lines[2].replace("25.26360", "north")
    lines[4] = lines[4].replace("store-004", "store-003")
    bad.write_text("\n".join(lines), "utf-8")
    sentence = fail("stores", "import", str(bad))
    assert "nothing was imported" in sentence
    assert "line 3" in sentence
    assert "line 5" in sentence
    assert len(stored(lambda database: SqlStores(database).all())) == len(lines) - 1


def test_a_store_file_that_is_no_text_is_refused(fail, tmp_path):
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00id")
    assert "UTF-8" in fail("stores", "import", str(tmp_path / "bad.csv"))


def test_accounts_are_imported_and_updated(run, stored, tmp_path):
    file = tmp_path / "accounts.csv"
    file.write_text("id,name,status\np-1,DesertFalcon,open\np-2,Oryx,open\n")
    assert "2 accounts imported." in run("accounts", "import", str(file))
    file.write_text("id,name,status\np-1,DesertFalcon,closed\n")
    run("accounts", "import", str(file))

    def find(account: str) -> object:
        return stored(
            lambda database: SqlAccounts(database, SystemClock()).find(account)
        )

    assert find("p-1") == Account("p-1", "DesertFalcon", is_open=False)
    assert find("p-2") == Account("p-2", "Oryx", is_open=True)


@pytest.mark.parametrize(
    "line", ["p-2,,open", ",Oryx,open", "p-2,Oryx,maybe", "p-2,Oryx", "p-2"]
)
def test_an_account_file_with_a_mistake_changes_nothing(fail, stored, tmp_path, line):
    file = tmp_path / "accounts.csv"
    file.write_text(f"id,name,status\np-1,DesertFalcon,open\n{line}\n")
    sentence = fail("accounts", "import", str(file))
    assert "line 3" in sentence
    assert "Nothing was imported" in sentence
    found = stored(lambda database: SqlAccounts(database, SystemClock()).find("p-1"))
    assert found is None


def test_a_database_that_was_not_migrated_is_told_what_to_do(fail, tmp_path):
    url = f"sqlite:///{tmp_path}/empty.sqlite"
    sentence = fail("stores", "import", str(STORES), DATABASE_URL=url)
    assert "topup migrate" in sentence


def test_migrating_makes_the_folder_and_the_tables(run, tmp_path):
    url = f"sqlite:///{tmp_path}/new/folder/topup.sqlite"
    assert "up to date" in run("migrate", DATABASE_URL=url)
    assert "up to date" in run("migrate", DATABASE_URL=url)
    assert "stores imported" in run("stores", "import", str(STORES), DATABASE_URL=url)


def test_a_place_where_no_database_can_be_is_told(fail, tmp_path):
    (tmp_path / "file").write_text("no folder")
    url = f"sqlite:///{tmp_path}/file/topup.sqlite"
    assert "cannot be migrated" in fail("migrate", DATABASE_URL=url)


def webhook(sandbox: Served) -> dict[str, Any]:
    path = f"{sandbox.url}/bot{Config.telegram_token}/getWebhookInfo"
    result: dict[str, Any] = httpx.get(path, trust_env=False).json()["result"]
    return result


def test_a_webhook_is_set_with_our_menu_and_deleted_again(run, sandbox):
    said = run("telegram", "set-webhook")
    assert "https://shop.test/telegram/updates" in said
    info = webhook(sandbox)
    assert info["url"] == "https://shop.test/telegram/updates"
    assert sorted(info["allowed_updates"]) == sorted(ALLOWED_UPDATES)
    path = f"{sandbox.url}/bot{Config.telegram_token}/getMyCommands"
    scope = {"scope": {"type": "all_private_chats"}, "language_code": "ar"}
    menu = httpx.post(path, json=scope, trust_env=False).json()["result"]
    assert "topup" in [command["command"] for command in menu]
    run("telegram", "delete-webhook")
    assert webhook(sandbox)["url"] == ""


def test_a_token_that_telegram_refuses_is_told_without_the_token(fail):
    wrong = f"7654321:{'A' * 35}"
    sentence = fail("telegram", "set-webhook", TELEGRAM_TOKEN=wrong)
    assert "Telegram does not do it" in sentence
    assert wrong not in sentence


def topup(env_file: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a person does, in a process of its own."""
    return subprocess.run(  # noqa: S603  (our own command)
        [sys.executable, "-m", "webhooks", "--env-file", str(env_file), *words],
        capture_output=True,
        text=True,
        env={name: os.environ[name] for name in ("PATH", "HOME")},
        check=False,
    )


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"PAYBY_PARTNER_ID": "1"}, "TOPUP_PAYBY_PARTNER_ID"),
        ({"PAYBY_PUBLIC_KEY_FILE": "nowhere.pem"}, "nowhere.pem"),
    ],
)
def test_what_a_person_can_mend_is_a_sentence_and_no_traceback(
    settings, changed, sentence
):
    ended = topup(settings(**changed), "payby", "ping")
    assert ended.returncode == 1
    assert sentence in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_a_taken_port_is_told_before_anything_starts(settings):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = topup(settings(PORT=port), "serve")
    assert ended.returncode == 1
    assert f"Port {port}" in ended.stderr
    assert "TOPUP_PORT" in ended.stderr
    assert "Traceback" not in ended.stderr
