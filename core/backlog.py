"""Since when jobs of the engine wait for their turn.

The library's own list of waiting jobs goes through all that ever ran, oldest first; so
its table is asked here, in words that let both databases use the index on what waits.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import text
from sqlmodel import Session

from core.database.engine import Database

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_OLDEST = """
    select queue_name, min(created_at) from {table}
    where status in ('ENQUEUED', 'PENDING') and status = 'ENQUEUED'
    group by queue_name
"""


class Backlog:
    """What waits in the queues."""

    def __init__(self, database: Database) -> None:
        """Ask the engine's database, of which nothing is changed."""
        self._database = database

    async def oldest(self) -> Mapping[str, datetime]:
        """Return when the oldest waiting job of each queue came; none of empty ones."""
        return await self._database.read(_look)


def _look(session: Session) -> dict[str, datetime]:
    is_sqlite = session.connection().dialect.name == "sqlite"
    table = "workflow_status" if is_sqlite else "dbos.workflow_status"
    rows = session.connection().execute(text(_OLDEST.format(table=table)))
    return {queue: _EPOCH + timedelta(milliseconds=at) for queue, at in rows if queue}
