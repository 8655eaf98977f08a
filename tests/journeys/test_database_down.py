"""The database is away for a while: it is owned up to, and nothing is lost.

The sandbox's PayBy comes again after two seconds, which are its two minutes, and its
Telegram after fractions of a second.
"""

from collections.abc import Iterator
from functools import partial

import pytest

from tests.networks import TELEGRAM, WHATSAPP, on_both
from tests.phones import Code
from tests.postgres import Postgres
from tests.waiting import until
from tests.world import World, opened

SENDS = ("telegram.sendMessage", "twilio.messages")


def test_a_notice_that_cannot_be_kept_is_asked_for_again(world: World):
    """On WhatsApp; for Telegram see PostgreSQL."""
    payer = world.phone(network=WHATSAPP)
    code = payer.order()
    with world.database_held("topup.sqlite"):
        code.pay()
        until(partial(ended_with, code, 503), "the notice to be sent back")
    until(partial(ended_with, code, 200), "the notice to be kept")
    assert len(code.results()) == 1
    assert "AED 50.00" in payer.balance()


def ended_with(code: Code, status: int) -> bool:
    """Tell whether that was the last answer to the order's notice."""
    return code.notices_answered()[-1:] == [status]


def test_a_result_waits_for_the_engine_s_database(world: World):
    payers = on_both(world)
    codes = [payer.order() for payer in payers]
    with world.database_held("engine.sqlite"):
        for code in codes:
            code.pay()
        for payer, code in zip(payers, codes, strict=True):
            until(partial(ended_with, code, 200), "the notice to be answered")
            until(partial(is_credited, world, code), "the credit")
            assert not payer.said("paid. Thank you!")
    for payer, code in zip(payers, codes, strict=True):
        assert len(code.results()) == 1
        assert "AED 50.00" in payer.balance()


def is_credited(world: World, code: Code) -> bool:
    """Tell whether the money is on the account."""
    return world.our_status(code.number) == "credited"


@pytest.mark.parametrize(
    ("network", "file"),
    [
        (TELEGRAM, "topup.sqlite"),
        (TELEGRAM, "engine.sqlite"),
        (WHATSAPP, "topup.sqlite"),
    ],
    indirect=["network"],
)
def test_a_payer_hears_that_we_cannot_work_and_is_answered_later(
    world: World, file: str
):
    payer = world.phone()
    with world.database_held(file):
        payer.type("/help")
        payer.wait_for("I cannot work right now")
        assert not payer.said("How it works")
    payer.wait_for("How it works")
    assert len(payer.texts()) == 2


def test_a_tap_is_owned_up_to_as_well_in_the_phones_language(world: World):
    payers, before = on_both(world, language="ar"), world.order_numbers()
    for payer in payers:
        payer.type(f"اشحن ٥٠ {payer.account}")
        payer.wait_for(button="تأكيد")
    with world.database_held("engine.sqlite"):
        for payer in payers:
            payer.press("تأكيد")
        for payer in payers:
            payer.wait_for("لا أستطيع العمل الآن")
        assert world.order_numbers() == before
    codes = [payer.code() for payer in payers]
    assert world.order_numbers() - before == {code.number for code in codes}


@pytest.fixture(scope="module")
def on_postgres(
    postgres: Postgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    """The whole on PostgreSQL."""
    ours, engines = postgres.create(), postgres.create()
    with opened(
        tmp_path_factory.mktemp("postgres"),
        database_url=ours,
        engine_database_url=engines,
    ) as world:
        yield world
    postgres.drop(ours)
    postgres.drop(engines)


def test_on_postgresql_cash_becomes_balance_as_well(on_postgres: World):
    for payer in on_both(on_postgres):
        code = payer.order()
        code.pay()
        assert len(code.results()) == 1
        code.is_shown_as("credited")
        assert "AED 50.00" in payer.balance()


@pytest.mark.parametrize(
    ("network", "which"),
    [(TELEGRAM, "database_url"), (WHATSAPP, "engine_database_url")],
    indirect=["network"],
)
def test_postgresql_can_go_and_come_back(
    on_postgres: World, postgres: Postgres, which: str
):
    payer = on_postgres.phone()
    code = payer.order()
    with postgres.away(on_postgres.setting(which)):
        code.pay()
        until(code.notices_answered, "the notice to be answered")
        payer.type("/help")
        payer.wait_for("I cannot work right now")
        assert not payer.said("paid. Thank you!")
    until(partial(ended_with, code, 200), "the notice to be kept")
    assert len(code.results()) == 1
    until(lambda: payer.said("How it works"), "the answer")
    assert "AED 50.00" in payer.balance()


def test_killed_on_postgresql_after_the_notice_was_answered(on_postgres: World):
    payers = on_both(on_postgres)
    codes = [payer.order() for payer in payers]
    for payer, target in zip(payers, SENDS, strict=True):
        on_postgres.fault(target, "timeout", about=payer.name)
    for code in codes:
        code.pay()
    until(on_postgres.fault_is_met, "the networks to be asked")
    on_postgres.kill_product()
    on_postgres.start_product()
    for payer, code in zip(payers, codes, strict=True):
        assert len(code.results()) == 1
        assert "AED 50.00" in payer.balance()
