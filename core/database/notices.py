"""The notices we received, as they came, with what we made of them."""

from contextlib import suppress

from sqlalchemy.exc import IntegrityError

from core.database.engine import Database
from core.database.tables import NoticeRow
from core.ports import KeptNotice


class SqlNotices:
    """The Notices port on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, notice: KeptNotice) -> None:
        """Store a notice; the same one again changes nothing."""
        with suppress(IntegrityError):
            async with self._database.write() as session:
                session.add(NoticeRow(**vars(notice)))
