"""The choices that a person on WhatsApp sees last, which an answer may name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from core.database.engine import Database
from core.database.tables.whatsapp import WhatsAppContactRow


@dataclass(frozen=True)
class Item:
    """A choice: what it brings back, and what it says."""

    id: str
    title: str
    short: str = ""
    """What it says where there is little room; empty for the title."""


@dataclass(frozen=True)
class Menu:
    """The choices of a message."""

    shown: tuple[Item, ...] = ()
    """Those on the screen, in order."""
    all: tuple[Item, ...] = ()
    """With those that did not fit on the screen."""


class SqlMenus:
    """Menus on SQLite or PostgreSQL.

    A menu is kept before its message goes out, as an answer may come at once; the one
    before it is kept too, for when the message does not go out.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def show(self, conversation_id: str, menu: Menu, message_id: str) -> None:
        """Keep the choices of a message that is about to be sent, maybe once more."""

        def put(row: WhatsAppContactRow) -> None:
            is_again = row.menu.get("message") == message_id
            before = row.menu.get("before", {}) if is_again else _alone(row.menu)
            row.menu = {"message": message_id, **_json(menu), "before": before}

        await self._change(conversation_id, put)

    async def take_back(self, conversation_id: str, message_id: str) -> None:
        """Let the choices before those of a message that did not arrive hold again."""

        def put(row: WhatsAppContactRow) -> None:
            if row.menu.get("message") == message_id:
                row.menu = row.menu["before"]

        await self._change(conversation_id, put)

    async def _change(
        self, conversation_id: str, put: Callable[[WhatsAppContactRow], None]
    ) -> None:
        def change(session: Session) -> None:
            row = session.get(WhatsAppContactRow, conversation_id, with_for_update=True)
            if row:
                put(row)
                session.add(row)

        await self._database.write(change)


def menu_from(kept: dict[str, Any]) -> Menu:
    """Read a menu as it is kept."""
    shown, everything = kept.get("shown", []), kept.get("all", [])
    return Menu(tuple(Item(*it) for it in shown), tuple(Item(*it) for it in everything))


def _json(menu: Menu) -> dict[str, Any]:
    return {
        "shown": [[item.id, item.title, item.short] for item in menu.shown],
        "all": [[item.id, item.title, item.short] for item in menu.all],
    }


def _alone(kept: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in kept.items() if name != "before"}
