"""A hundred thousand open orders, with all that a day of them leaves behind.

One order is made as any payer makes one. Then every row that it left, in the product's
database and in the engine's, is written again and again under other numbers and times.
"""

import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing

from tests.bench.stage import Stage
from tests.waiting import until

PHONE = "840000"
_HOUR_MS = 3_600_000
_SPREAD_MS = 20 * _HOUR_MS  # none of them ends, or is reminded, while we measure
_LIFE_MS = 24 * _HOUR_MS
_LOOKED_AT_MS = 4 * _HOUR_MS  # what the watch comes to with a code of some hours

_NUMBER = "'T261124-' || printf('%08X', (n * 2654435761) % 4294967296)"
"""Numbers as scattered as real ones, and no two alike."""
_CHAT = "'tg:' || (50000000 + n)"


def crowd(stage: Stage, count: int) -> None:
    """Make so many open orders; the product must not be running."""
    now = int(time.time() * 1000)
    with closing(sqlite3.connect(stage.world.desk.database)) as product:
        (number,) = product.execute(
            "select merchant_order_no from orders where conversation_id = ?",
            [f"tg:{PHONE}"],
        ).fetchone()
        _write_orders(product, number, now, count)
    with closing(sqlite3.connect(stage.data / "engine.sqlite")) as engine:
        for table in _tables_with(engine, "workflow_uuid"):
            again = {"workflow_uuid": _renamed("workflow_uuid", number)}
            _multiply(engine, table, again, "true", count)


def one_order(stage: Stage) -> None:
    """Let a payer make the order that the crowd is made of, and all jobs end."""
    stage.send(PHONE, text="/topup 5 player-1004")
    stage.wait_for(PHONE, "text", "Is this right?")
    stage.send(PHONE, press="Confirm")
    stage.wait_for(PHONE, "text", "How to pay")
    until(stage.world.is_quiet, "the order's jobs to end")


def _write_orders(
    product: sqlite3.Connection, number: str, now: int, count: int
) -> None:
    created = f"{now} - {_SPREAD_MS} * n / {count}"
    same_order = f"merchant_order_no = '{number}'"
    same_chat = f"conversation_id = 'tg:{PHONE}'"
    orders = {
        "merchant_order_no": _NUMBER,
        "draft_id": "draft_id || n",
        "conversation_id": _CHAT,
        "live_for": f"{_CHAT} || ' ' || account_id",
        "payby_order_no": "payby_order_no || n",
        "token_url": "token_url || n",
        "page_token": "page_token || n",
        "created_at": created,
        "expires_at": f"{created} + {_LIFE_MS}",
        "look_at": f"{now} + {_HOUR_MS} + n * 7919 % {_LOOKED_AT_MS}",
        "looks": "8",
    }
    happenings = {"id": "null", "merchant_order_no": _NUMBER, "at": created}
    messages = {
        "id": _renamed("id", number),
        "conversation_id": _CHAT,
        "merchant_order_no": f"iif(merchant_order_no = '', '', {_NUMBER})",
        "at": created,
    }
    chats = {"id": _CHAT, "update_id": "update_id || '-' || n"}
    _multiply(product, "orders", orders, same_order, count)
    _multiply(product, "happenings", happenings, same_order, count)
    _multiply(product, "messages", messages, same_chat, count)
    _multiply(product, "conversations", chats, f"id = 'tg:{PHONE}'", count)


def _tables_with(database: sqlite3.Connection, column: str) -> list[str]:
    """Name the tables that have such a column."""
    question = (
        "select m.name from sqlite_master m, pragma_table_info(m.name) c"
        " where m.type = 'table' and c.name = ?"
    )
    return [name for (name,) in database.execute(question, [column])]


def _renamed(column: str, number: str) -> str:
    """Say in SQL how a name becomes another's: by its order's number, or a suffix."""
    return (
        f"iif(instr({column}, '{number}'), replace({column}, '{number}', {_NUMBER}),"
        f" {column} || '-' || n)"
    )


def _multiply(
    database: sqlite3.Connection,
    table: str,
    changes: Mapping[str, str],
    which: str,
    count: int,
) -> None:
    """Write rows of a table again, so many times, with changes in terms of `n`."""
    info = database.execute(f"pragma table_info({table})").fetchall()
    names = [name for _, name, *_ in info]
    columns = ", ".join(names)
    values = ", ".join(changes.get(name, name) for name in names)
    with database:
        database.execute(
            f"with recursive counted(n) as"  # noqa: S608  (all of it our own words)
            f" (select 1 union all select n + 1 from counted where n < {count})"
            f" insert into {table} ({columns})"
            f" select {values} from counted, (select * from {table} where {which})"
        )
