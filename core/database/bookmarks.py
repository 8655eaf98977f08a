"""Up to when something outside has been looked at to the end."""

from datetime import datetime

from sqlmodel import Session

from core.database.engine import Database
from core.database.tables.workers import BookmarkRow


class SqlBookmarks:
    """Bookmarks on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def get(self, name: str) -> datetime | None:
        """Return up to when that was looked at; None if it never was."""

        def look(session: Session) -> datetime | None:
            row = session.get(BookmarkRow, name)
            return row.at if row else None

        return await self._database.read(look)

    async def keep(self, name: str, at: datetime) -> None:
        """Keep that all up to then has been looked at."""
        row = BookmarkRow(name=name, at=at)
        await self._database.write(lambda session: session.merge(row))
