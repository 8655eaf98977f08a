"""What was for a chat, is about no order, and could not be brought."""

from collections.abc import Sequence

from sqlmodel import Session, col, select, update

from core.database.engine import Database
from core.database.messages import Delivery
from core.database.tables.messages import MessageRow

_MOST = 500


class SqlLostMessages:
    """Lost messages on SQLite or PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of(self, conversation_id: str) -> Sequence[str]:
        """Return the names of what was lost in a chat, oldest first."""
        lost = (
            select(MessageRow.id)
            .where(
                MessageRow.conversation_id == conversation_id,
                MessageRow.merchant_order_no == "",
                col(MessageRow.state).in_((Delivery.UNREACHABLE, Delivery.REFUSED)),
            )
            .order_by(col(MessageRow.at), MessageRow.id)
            .limit(_MOST)
        )
        return await self._database.read(lambda session: session.exec(lost).all())

    async def pass_over(self, names: Sequence[str]) -> None:
        """Keep that these are of no use any more."""
        over = update(MessageRow).where(col(MessageRow.id).in_(names))

        def write(session: Session) -> None:
            session.exec(over.values(state=Delivery.PASSED))

        await self._database.write(write)
