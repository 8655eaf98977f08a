"""`topup whatsapp templates sync` brings our sentences to Twilio, or says why not."""

import re

import pytest

from bot.whatsapp_templates import WORDINGS
from sandbox.config import Config
from tests.contract.test_commands import (  # noqa: F401  (fixtures)
    fail,
    run,
    settings,
    stored,
)


@pytest.fixture
def on(sandbox):
    """The settings that open WhatsApp."""
    return {
        "WHATSAPP_SENDER": Config.whatsapp_sender,
        "TWILIO_ACCOUNT_SID": Config.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": Config.twilio_auth_token,
        "TWILIO_URL": f"{sandbox.url}/twilio",
        "TWILIO_CONTENT_URL": f"{sandbox.url}/twilio",
    }


NOBODY = "http://127.0.0.1:9"
SYNC = ("whatsapp", "templates", "sync")


def test_a_dry_run_looks_and_the_next_run_makes_and_keeps_all(run, on):  # noqa: F811
    away = on | {"TWILIO_URL": NOBODY, "TWILIO_CONTENT_URL": NOBODY}
    assert "Nothing is at Twilio yet" in run("whatsapp", "templates", **away)
    dry = run(*SYNC, "--dry-run", **on)
    wet = run(*SYNC, **on)
    for name in WORDINGS:
        assert name in dry
        assert name in wet
    assert "missing" in dry
    assert "missing" not in wet
    assert wet.count("HX") == len(WORDINGS)
    kept = run("whatsapp", "templates", **away).splitlines()
    for made in wet.splitlines():
        if made.startswith(tuple(WORDINGS)):
            (line,) = [line for line in kept if line.startswith(made)]
            assert re.search(r" 20\d\d-\d\d-\d\d \d\d:", line)


def test_a_token_that_twilio_refuses_is_told(fail, on):  # noqa: F811
    wrong = on | {"TWILIO_AUTH_TOKEN": "f" * 32}
    assert "20003" in fail(*SYNC, **wrong)


def test_without_whatsapp_there_is_nothing_to_bring(fail):  # noqa: F811
    assert "WhatsApp is off" in fail(*SYNC)
