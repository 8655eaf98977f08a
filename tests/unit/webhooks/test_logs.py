"""Nothing secret stands in any line, whoever writes it and however."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Never

import pytest
import structlog

from bot.receipt_messages import receipt_words
from bot.words import words_in
from core.domain.money import Money
from core.receipt import ReceiptFacts, write_receipt
from webhooks.logs import configure_logs, without_tokens

TOKEN = "1234567890:SandboxBotTokenKnownToEverybody0000"
PHONE = "+971500000001"
SECRETS = (TOKEN, PHONE)


BOTH = pytest.mark.parametrize("as_json", [True, False], ids=["json", "console"])


@contextmanager
def logs(*, as_json: bool) -> Iterator[None]:
    """Log as the product does, for the length of the block."""
    root, engine = logging.getLogger(), logging.getLogger("dbos")
    handlers, level = root.handlers[:], root.level
    before = engine.handlers, engine.filters, engine.propagate
    configure_logs(as_json=as_json)
    try:
        yield
    finally:
        root.handlers, root.level = handlers, level
        engine.handlers, engine.filters, engine.propagate = before
        structlog.reset_defaults()


def fail() -> Never:
    raise ConnectionError(f"no answer to {PHONE} from /bot{TOKEN}/getMe")


def log_everything() -> None:
    log = structlog.get_logger()
    log.info("plain", url=f"https://api.telegram.org/bot{TOKEN}/sendMessage")
    event = f"in the event {TOKEN} {PHONE}"
    log.info(event)
    log.info("deep", facts={"to": [PHONE, {"token": TOKEN}]}, pair=(TOKEN, PHONE))
    log.info("odd", error=ValueError(f"{TOKEN} {PHONE}"), raw=TOKEN.encode())
    log.info("key", **{f"whatsapp:{PHONE}": "x"})
    try:
        fail()
    except ConnectionError:
        log.exception("failed")
        logging.getLogger("somebody").exception("failed %s", TOKEN)
    logging.getLogger("somebody").warning("POST %s for %s", TOKEN, PHONE)
    logging.getLogger("httpx").info("POST https://api.telegram.org/bot%s", TOKEN)


@BOTH
def test_no_token_and_no_phone_number_ever_stands_in_a_log(capsys, as_json):
    with logs(as_json=as_json):
        log_everything()
    written = capsys.readouterr().err
    assert "failed" in written
    assert written.count("[token]") >= 8
    assert written.count("[phone]") >= 5
    for secret in SECRETS:
        assert secret not in written


@BOTH
def test_order_numbers_times_and_amounts_stay_as_they_are(capsys, as_json):
    facts = {"order": "T261124-7K3QXMPA", "ms": 12, "url": "a.test/+1", "ok": True}
    with logs(as_json=as_json):
        structlog.get_logger().info("payby", chat="tg:700001", **facts)
    written = capsys.readouterr().err
    assert "T261124-7K3QXMPA" in written
    assert "tg:700001" in written
    assert "[phone]" not in written


def test_a_line_of_json_is_one_object_whoever_wrote_it(capsys):
    with logs(as_json=True):
        structlog.get_logger().info("ours", order="T1", text="two\nlines شحن")
        logging.getLogger("theirs").warning("of a %s", "library")
    lines = capsys.readouterr().err.splitlines()
    ours, theirs = map(json.loads, lines)
    assert (ours["event"], ours["level"], ours["order"]) == ("ours", "info", "T1")
    assert ours["text"] == "two\nlines شحن"
    assert (theirs["event"], theirs["level"]) == ("of a library", "warning")
    assert ours["timestamp"].endswith("Z")


def test_writing_a_receipt_logs_nothing(capsys):
    facts = ReceiptFacts(
        merchant="Oasis Games",
        product="Game top-up",
        amount=Money(5000),
        account="De••••on",
        paid_at="24 November 2026, 16:35",
        merchant_order_no="T261124-7K3QXMPA",
        payby_order_no="131404956265007836",
    )
    with logs(as_json=True):
        write_receipt(facts, receipt_words(words_in("en")))
    assert capsys.readouterr().err == ""


def test_a_text_for_people_loses_its_tokens():
    assert without_tokens(f"Unauthorized: /bot{TOKEN}") == "Unauthorized: /bot[token]"


def test_the_engine_warns_of_the_same_thing_once_a_second_and_of_errors_always(capsys):
    with logs(as_json=True):
        engine = logging.getLogger("dbos")
        for _ in range(30):
            engine.warning("the database is away")
        engine.warning("another trouble")
        for number in range(3):
            engine.error("job %s failed", number)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["event"] for line in lines] == [
        "the database is away",
        "another trouble",
        "job 0 failed",
        "job 1 failed",
        "job 2 failed",
    ]
