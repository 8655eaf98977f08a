"""People on WhatsApp, and the prepared messages that Meta has approved."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select, update
from tenacity import retry, retry_if_exception_type, stop_after_attempt

from core.database.engine import Database
from core.database.menus import Menu, menu_from
from core.database.tables.whatsapp import WhatsAppContactRow, WhatsAppTemplateRow
from core.ports import Clock

PREFIX = "wa:"


@dataclass(frozen=True)
class Contact:
    """A person on WhatsApp."""

    conversation_id: str
    phone: str
    """`+` and digits; empty when only the user id is known."""
    user_id: str
    """The business-scoped id, like AE.123; empty when only the phone is known."""
    heard_at: datetime | None
    """When the person last wrote; None when that does not count any more."""
    menu: Menu
    """The choices shown last."""


@dataclass(frozen=True)
class Template:
    """A prepared message as Twilio keeps it."""

    name: str
    sid: str
    approval: str
    """Meta's word: approved, pending, rejected, paused …; empty before it is asked."""


class SqlContacts:
    """Contacts on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @retry(  # the same person's first messages may come at once
        retry=retry_if_exception_type(IntegrityError),
        stop=stop_after_attempt(3),
        reraise=True,
    )
    async def heard(self, phone: str, user_id: str, at: datetime) -> str:
        """Keep when somebody wrote, under either id or both; return the conversation.

        What comes late does not count as newer than what came before it. Who is known
        by one id and comes with both is known by both from then on. When the two were
        taken for two people, the one of the user id goes on: a phone number can pass to
        somebody else.
        """
        return await self._database.write(
            lambda session: _hear(session, phone, user_id, at)
        )

    async def get(self, conversation_id: str) -> Contact | None:
        """Return the contact; None when nobody has this conversation."""

        def look(session: Session) -> Contact | None:
            row = session.get(WhatsAppContactRow, conversation_id)
            return _contact(row) if row else None

        return await self._database.read(look)

    async def at(self, name: str) -> Contact | None:
        """Return who has this phone or user id; None when we know of nobody."""

        def look(session: Session) -> Contact | None:
            column = col(WhatsAppContactRow.phone)
            if not name.startswith("+"):
                column = col(WhatsAppContactRow.user_id)
            row = session.exec(select(WhatsAppContactRow).where(column == name)).first()
            return _contact(row) if row else None

        return await self._database.read(look)

    async def close_window(self, conversation_id: str) -> None:
        """Keep that Meta's 24 hours are over, whatever our clock says."""
        change = (
            update(WhatsAppContactRow)
            .where(col(WhatsAppContactRow.conversation_id) == conversation_id)
            .values(heard_at=None)
        )
        await self._database.write(lambda session: session.exec(change))


class SqlTemplates:
    """Prepared messages on SQLite or PostgreSQL."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def get(self, name: str) -> Template | None:
        """Return one of them; None when it was never brought to Twilio."""

        def look(session: Session) -> Template | None:
            row = session.get(WhatsAppTemplateRow, name)
            return Template(row.name, row.sid, row.approval) if row else None

        return await self._database.read(look)

    async def all(self) -> dict[str, Template]:
        """Return what is known, by name."""

        def look(session: Session) -> dict[str, Template]:
            rows = session.exec(select(WhatsAppTemplateRow))
            return {row.name: Template(row.name, row.sid, row.approval) for row in rows}

        return await self._database.read(look)

    async def checked(self) -> Sequence[tuple[Template, datetime]]:
        """Return what is known and when it was last looked at, by name."""
        by_name = select(WhatsAppTemplateRow).order_by(WhatsAppTemplateRow.name)

        def look(session: Session) -> Sequence[tuple[Template, datetime]]:
            return [
                (Template(row.name, row.sid, row.approval), row.checked_at)
                for row in session.exec(by_name)
            ]

        return await self._database.read(look)

    async def keep(self, templates: Sequence[Template]) -> None:
        """Keep how they stand now."""
        now = self._clock.now()

        def merge(session: Session) -> None:
            for each in templates:
                session.merge(WhatsAppTemplateRow(checked_at=now, **vars(each)))

        await self._database.write(merge)


def _hear(session: Session, phone: str, user_id: str, at: datetime) -> str:
    by_user = _row(session, WhatsAppContactRow.user_id, user_id)
    by_phone = _row(session, WhatsAppContactRow.phone, phone)
    if by_phone and _is_another(by_phone, by_user, user_id):
        by_phone.phone = None
        session.add(by_phone)
        session.flush()
        by_phone = None
    row = by_user or by_phone or _new()
    row.phone = phone or row.phone
    row.user_id = user_id or row.user_id
    row.heard_at = max(at, row.heard_at or at)
    session.add(row)
    return row.conversation_id


def _row(session: Session, column: str | None, value: str) -> WhatsAppContactRow | None:
    if not value:
        return None
    same = select(WhatsAppContactRow).where(column == value)
    return session.exec(same.with_for_update()).first()


def _is_another(
    by_phone: WhatsAppContactRow, by_user: WhatsAppContactRow | None, user_id: str
) -> bool:
    """Tell whether who had the phone is not who writes from it now."""
    if by_user:
        return by_user is not by_phone
    return bool(user_id and by_phone.user_id)


def _new() -> WhatsAppContactRow:
    return WhatsAppContactRow(
        conversation_id=f"{PREFIX}{secrets.token_hex(8)}", menu={}
    )


def _contact(row: WhatsAppContactRow) -> Contact:
    return Contact(
        conversation_id=row.conversation_id,
        phone=row.phone or "",
        user_id=row.user_id or "",
        heard_at=row.heard_at,
        menu=menu_from(row.menu),
    )
