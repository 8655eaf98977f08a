"""`topup doctor` names what is wrong and what to do, and never a secret."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from typer.testing import CliRunner

from bot.telegram_updates import ALLOWED_UPDATES
from core.database.differences import SqlDifferences
from core.database.engine import Database
from core.domain.gulf import GULF
from sandbox.config import Config
from tests.contract.conftest import Served
from tests.contract.test_commands import (  # noqa: F401  (fixtures)
    settings,
    stored,
    stranger,
)
from tests.contract.test_whatsapp_commands import on  # noqa: F401  (fixture)
from webhooks.__main__ import cli
from webhooks.clock import SystemClock

LEVELS = ["ok", "warning", "error"]
NOBODY = "http://127.0.0.1:9"
WEBHOOK = f"{NOBODY}/telegram/updates"
INBOUND = f"{NOBODY}/twilio/messages"

Examine = Callable[..., dict[str, tuple[str, str]]]


@pytest.fixture
def telegram(sandbox: Served) -> Iterator[Callable[..., None]]:
    """Let Telegram post somewhere, nothing of before; forget that afterwards."""

    def ask(method: str, **facts: object) -> None:
        bot = f"{sandbox.url}/bot{Config.telegram_token}"
        answer = httpx.post(f"{bot}/{method}", json=facts, trust_env=False)
        answer.raise_for_status()

    all_updates = {
        "url": WEBHOOK,
        "allowed_updates": ALLOWED_UPDATES,
        "drop_pending_updates": True,
    }
    ask("setWebhook", **all_updates)
    yield ask
    ask("setWebhook", **all_updates)
    ask("deleteWebhook")


@pytest.fixture
def examine(settings: Any, telegram: Any) -> Examine:  # noqa: F811
    """Run the doctor; return level and sentence of each line, and what was shown."""

    def examine(**changed: object) -> dict[str, tuple[str, str]]:
        file = settings(**({"PUBLIC_URL": NOBODY} | changed))
        file.chmod(0o600)
        result = CliRunner().invoke(cli, ["--env-file", str(file), "doctor", "--json"])
        shown = json.loads(result.output)
        levels = [line["level"] for line in shown["lines"]]
        worst = max(levels, key=LEVELS.index)
        assert (shown["level"], LEVELS[result.exit_code]) == (worst, worst)
        for secret in (
            Config.telegram_token,
            Config.twilio_auth_token,
            "correct-horse",
        ):
            assert secret not in result.output
        return {
            line["name"]: (line["level"], f"{line['says']} → {line['remedy']}")
            for line in shown["lines"]
        }

    return examine


def test_a_product_that_is_well_has_one_warning_at_most(examine):
    """Nobody serves while the tests look; all else is as it should be."""
    lines = examine()
    assert [name for name, (level, _) in lines.items() if level != "ok"] == [
        "our server"
    ]
    assert list(lines) == [
        *("settings", "fonts", "time zone", "our key", "PayBy's key"),
        *("our address", "our server", "PayBy", "clock", "Telegram", "updates"),
        *("Twilio", "database", "books", "engine's database", "disk", "limits"),
    ]


def test_settings_that_are_wrong_are_the_first_line_and_the_rest_is_looked_at(
    examine,
):
    lines = examine(PAYBY_PARTNER_ID="12", TELEGRAM_TOKEN="very-secret-nonsense")
    name, (level, says) = next(iter(lines.items()))
    assert (name, level) == ("settings", "error")
    assert "TOPUP_PAYBY_PARTNER_ID: must be the 12 digits" in says
    assert "very-secret-nonsense" not in str(lines)
    assert lines["fonts"][0] == "ok"


@pytest.mark.parametrize(
    ("changed", "name", "level", "says"),
    [
        ({"PAYBY_URL": f"{NOBODY}/sgs/api"}, "PayBy", "error", "can't be reached"),
        ({"PAYBY_PARTNER_ID": "1" * 12}, "PayBy", "error", "refuses Partner-Id"),
        ({"TELEGRAM_URL": NOBODY}, "Telegram", "error", "TOPUP_TELEGRAM_URL"),
        ({"TELEGRAM_TOKEN": f"7654321:{'A' * 35}"}, "Telegram", "error", "@BotFather"),
        ({"TELEGRAM_MODE": "polling"}, "updates", "error", "delete-webhook"),
        ({"DATABASE_URL": "sqlite:////tmp/none.db"}, "database", "error", "migrate"),
        (
            {"ENGINE_DATABASE_URL": "postgresql://bob:hunter2hunter2@127.0.0.1:9/x"},
            "engine's database",
            "error",
            "does not answer",
        ),
        (
            {"ENVIRONMENT": "test", "PUBLIC_URL": "http://shop.test"},
            "our address",
            "warning",
            "not https",
        ),
        (
            {"ENVIRONMENT": "test", "PUBLIC_URL": "https://localhost"},
            "our address",
            "warning",
            "nobody outside",
        ),
    ],
)
def test_each_trouble_is_named_with_its_remedy(examine, changed, name, level, says):
    lines = examine(**changed)
    assert lines[name][0] == level
    assert says in lines[name][1]
    assert "hunter2" not in str(lines)


def test_a_key_that_is_not_pkcs8_or_open_to_others_is_warned_of(
    examine, sandbox, tmp_path
):
    pem = (sandbox.keys / "merchant_private.pem").read_bytes()
    key = load_pem_private_key(pem, None)
    file = tmp_path / "old.pem"
    form = PrivateFormat.TraditionalOpenSSL
    file.write_bytes(key.private_bytes(Encoding.PEM, form, NoEncryption()))
    file.chmod(0o600)
    assert "not PKCS#8 → openssl pkcs8" in _key(examine, file)
    file.chmod(0o644)
    assert f"→ chmod 600 {file}" in _key(examine, file)


def _key(examine: Examine, file: Path) -> str:
    level, says = examine(PAYBY_MERCHANT_KEY_FILE=file)["our key"]
    assert level == "warning"
    return says


def test_keys_that_are_missing_strange_or_mixed_up_are_told(
    examine,
    stranger,  # noqa: F811
    sandbox,
):
    theirs = sandbox.keys / "payby_public.pem"
    for changed, name in (
        ({"PAYBY_MERCHANT_KEY_FILE": "none.pem"}, "our key"),
        ({"PAYBY_MERCHANT_KEY_FILE": theirs}, "our key"),
        ({"PAYBY_PUBLIC_KEY_FILE": "none.pem"}, "PayBy's key"),
    ):
        lines = examine(**changed)
        assert lines[name][0] == "error"
        assert lines["PayBy"] == (
            "error",
            "cannot be asked without keys → mend the keys first",
        )
    mixed_up = examine(
        PAYBY_MERCHANT_KEY_FILE=stranger / "private.pem",
        PAYBY_PUBLIC_KEY_FILE=stranger / "public.pem",
    )
    assert "holds our own public key" in mixed_up["PayBy's key"][1]
    no_pair = examine(PAYBY_MERCHANT_KEY_FILE=stranger / "private.pem")
    assert "does not belong to our private key" in no_pair["PayBy"][1]


def test_settings_that_others_can_read_are_warned_of(settings):  # noqa: F811
    file = settings()
    file.chmod(0o644)
    result = CliRunner().invoke(cli, ["--env-file", str(file), "doctor"])
    assert f"→ chmod 600 {file}" in result.output


def test_updates_that_go_elsewhere_or_fail_are_told(examine, telegram):
    telegram("setWebhook", url="https://elsewhere.test/x")
    assert examine()["updates"] == (
        "error",
        "are posted somewhere else → run `topup telegram set-webhook`",
    )
    telegram("deleteWebhook")
    assert examine()["updates"][1].startswith("are posted nowhere")
    assert examine(TELEGRAM_MODE="polling")["updates"][0] == "ok"
    telegram("setWebhook", url=WEBHOOK, allowed_updates=["message"])
    assert examine()["updates"][1].startswith("are not all posted")


def test_a_support_chat_that_cannot_be_written_to_is_told(examine, sandbox):
    assert "support's chat" not in examine()
    nobody = examine(SUPPORT_CHAT="-1007")["support's chat"]
    group = f"{sandbox.url}/sandbox/telegram/groups/-1007"
    httpx.post(group, json={}, trust_env=False).raise_for_status()
    known = examine(SUPPORT_CHAT="-1007")["support's chat"]
    assert (nobody[0], known[0]) == ("error", "ok")
    assert "the bot in that group?" in nobody[1]


def test_whatsapp_needs_an_account_and_approved_sentences(examine, on):  # noqa: F811
    lines = examine(**on)
    assert lines["Twilio"][0] == "ok"
    assert lines["templates"][0] in {"ok", "warning"}  # other tests bring them there
    wrong = examine(**(on | {"TWILIO_AUTH_TOKEN": "f" * 32}))
    assert wrong["Twilio"][0] == "error"
    assert "_AUTH_TOKEN" in wrong["Twilio"][1]
    away = on | {"TWILIO_URL": NOBODY, "TWILIO_CONTENT_URL": NOBODY}
    assert examine(**away)["Twilio"][1].startswith("does not answer")


def test_the_senders_messages_must_come_to_us(examine, on, sandbox):  # noqa: F811
    for posts_to, level, says in (
        (f"{INBOUND}#rp=all&rc=5", "ok", "its messages are posted to us"),
        (INBOUND, "warning", "too early → set its webhook at Twilio"),
        ("https://elsewhere.test/x", "error", "are posted somewhere else"),
        ("", "error", "are posted nowhere"),
    ):
        control = f"{sandbox.url}/sandbox/whatsapp"
        httpx.post(control, json={"webhook_url": posts_to}, trust_env=False)
        found = examine(**on)["sender"]
        assert found[0] == level
        assert says in found[1]


def test_a_sender_that_is_not_the_accounts_is_told(examine, on):  # noqa: F811
    level, says = examine(**(on | {"WHATSAPP_SENDER": "+971500000999"}))["sender"]
    assert level == "error"
    assert "+971500000999 is not one of this account's" in says


def test_the_doctor_makes_no_database(settings, tmp_path):  # noqa: F811
    nowhere = tmp_path / "none.sqlite"
    file = settings(DATABASE_URL=f"sqlite:///{nowhere}")
    result = CliRunner().invoke(cli, ["--env-file", str(file), "doctor"])
    assert "run `topup migrate`" in result.output
    assert not nowhere.exists()


def test_books_that_nobody_compared_for_days_are_a_warning(
    examine,
    stored,  # noqa: F811
):
    day = datetime.now(GULF).date() - timedelta(days=4)

    async def compared(database: Database) -> None:
        await SqlDifferences(database, SystemClock()).compared(day, {})

    stored(compared)
    level, says = examine()["books"]
    first = day + timedelta(days=1)
    assert (level, f"topup reconcile --date {first}" in says) == ("warning", True)
