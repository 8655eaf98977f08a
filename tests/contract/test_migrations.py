"""The migrations build exactly the tables that the code expects."""

from argparse import Namespace
from datetime import timedelta

import pytest
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, create_engine, inspect, text
from sqlmodel import SQLModel

from core.database.cases import SqlCases
from core.database.engine import Database
from core.database.migrate import migrate, newest_version
from core.database.orders import SqlOrders
from core.database.tables import declare_all
from core.database.urls import database_url
from core.domain.cases import CaseKind
from tests.fakes import HandClock

declare_all()
OURS = set(SQLModel.metadata.tables)


@pytest.fixture
def engine(empty_database_url):
    engine = create_engine(database_url(empty_database_url))
    yield engine
    engine.dispose()


def differences(engine: Engine) -> list[object]:
    """Compare the database with the rows of the code, types and all."""
    from alembic.autogenerate import compare_metadata  # noqa: PLC0415  (slow import)

    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, SQLModel.metadata))


def names(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def test_an_empty_database_grows_to_what_the_code_expects(empty_database_url, engine):
    migrate(empty_database_url)
    assert differences(engine) == []
    assert names(engine) == {*OURS, "alembic_version"}


def test_the_comparison_notices_a_table_that_no_migration_makes(engine):
    assert len(differences(engine)) >= len(OURS)


def test_the_alembic_command_finds_nothing_to_add(empty_database_url):
    migrate(empty_database_url)
    config = Config("alembic.ini", cmd_opts=Namespace(x=[f"url={empty_database_url}"]))
    command.check(config)


def test_migrating_twice_changes_nothing(empty_database_url, engine):
    migrate(empty_database_url)
    migrate(empty_database_url)
    with engine.connect() as connection:
        version = MigrationContext.configure(connection).get_current_revision()
    assert version == newest_version()


def test_every_migration_can_be_taken_back(empty_database_url, engine):
    migrate(empty_database_url)
    config = Config(cmd_opts=Namespace(x=[f"url={empty_database_url}"]))
    config.set_main_option("script_location", "core/database/migrations")
    command.downgrade(config, "base")
    assert names(engine) == {"alembic_version"}
    migrate(empty_database_url)
    assert differences(engine) == []


def test_the_rows_of_the_code_are_the_tables_of_the_product():
    rows = [row for row in SQLModel.__subclasses__() if hasattr(row, "__table__")]
    assert all(row.__module__.startswith("core.database.tables.") for row in rows)
    assert {row.__tablename__ for row in rows} == OURS


def _upgrade(url: str, revision: str) -> None:
    config = Config(cmd_opts=Namespace(x=[f"url={url}"]))
    config.set_main_option("script_location", "core/database/migrations")
    command.upgrade(config, revision)


async def test_of_codes_from_before_the_newest_is_live_and_the_others_can_be_paid(
    empty_database_url, engine
):
    """One payer had several for an account, before that was ruled out."""
    _upgrade(empty_database_url, "0001")
    insert = text(
        "insert into orders (merchant_order_no, draft_id, conversation_id, account_id,"
        " account_name, amount_fils, status, created_at, expires_at, payby_order_no,"
        " token_url, store_id) values (:number, :number, 'tg:1', :account, 'De•on',"
        " 5000, :status, :made, 9999999999999, '1', 'https://qr', '')"
    )
    before = [
        ("older", "p-1", "open", 1),
        ("newer", "p-1", "open", 2),
        ("other", "p-2", "creating", 2),
        ("ended", "p-2", "expired", 3),
    ]
    with engine.begin() as connection:
        for number, account, status, made in before:
            facts = {"number": number, "account": account, "status": status}
            connection.execute(insert, {**facts, "made": made})
    migrate(empty_database_url)
    database = Database(empty_database_url)
    orders = SqlOrders(database, HandClock())
    live = [await orders.live("tg:1", account) for account in ("p-1", "p-2")]
    assert [order and order.merchant_order_no for order in live] == ["newer", "other"]
    for number in ("older", "newer"):
        longer = (await orders.get(number)).expires_at - timedelta(days=1)
        assert (await orders.extended(number, longer)).expires_at == longer
    await database.close()


async def test_a_case_of_before_is_its_refunds_and_the_next_refund_has_another(
    empty_database_url, clock
):
    _upgrade(empty_database_url, "0013")
    engine = create_engine(database_url(empty_database_url))
    insert = text(
        "insert into cases (kind, merchant_order_no, conversation_id, facts, opened_at)"
        " values ('refund_failing', 'T1', 'tg:1', :facts, 1)"
    )
    with engine.begin() as connection:
        connection.execute(insert, {"facts": '{"refund": "R1"}'})
    engine.dispose()
    migrate(empty_database_url)
    database = Database(empty_database_url)
    first, second = [
        await SqlCases(database, clock).open(
            CaseKind.REFUND_FAILING, "T1", "tg:1", {}, refund_no=refund_no
        )
        for refund_no in ("R1", "R2")
    ]
    assert (first.facts, second.facts) == ({"refund": "R1"}, {})
    await database.close()


async def test_a_code_cancelled_before_is_not_told_to_its_payer_now(
    empty_database_url, engine
):
    """Whose wish it was did not stand in its row."""
    _upgrade(empty_database_url, "0014")
    insert = text(
        "insert into orders (merchant_order_no, draft_id, conversation_id, account_id,"
        " account_name, amount_fils, status, created_at, expires_at, payby_order_no,"
        " token_url, store_id) values (:number, :number, 'tg:1', 'p-1', 'De•on', 5000,"
        " :number, 1, 2, '1', 'https://qr', '')"
    )
    with engine.begin() as connection:
        for status in ("cancelled", "expired"):
            connection.execute(insert, {"number": status})
    migrate(empty_database_url)
    database = Database(empty_database_url)
    orders = SqlOrders(database, HandClock())
    known = [(await orders.get(each)).called_off for each in ("cancelled", "expired")]
    assert known == [True, False]
    await database.close()
