"""What was said in payers' chats, in the database: the rows and how they are kept."""

from collections.abc import Sequence

from sqlmodel import Session, col, delete, select

from core.database.tables.cases import ChatLineRow
from core.domain.talks import Line

_CHAT_LINES = 10


def keep_chat_lines(
    session: Session, conversation_id: str, lines: Sequence[Line]
) -> None:
    """Keep what payer and bot have said, the last few lines only."""
    for line in lines:
        if named(session, line.name) is None:
            keep_line(session, line, conversation_id, None)
    newest = (
        select(ChatLineRow.id)
        .where(
            ChatLineRow.conversation_id == conversation_id,
            col(ChatLineRow.case_number).is_(None),
        )
        .order_by(col(ChatLineRow.id).desc())
        .offset(_CHAT_LINES)
    )
    if surplus := session.exec(newest).all():
        session.exec(delete(ChatLineRow).where(col(ChatLineRow.id).in_(surplus)))


def named(session: Session, name: str) -> ChatLineRow | None:
    """Return the line of that name; None when it was not kept."""
    return session.exec(select(ChatLineRow).where(ChatLineRow.name == name)).first()


def keep_line(
    session: Session, line: Line, conversation_id: str, case_number: int | None
) -> Line:
    """Add a line to a chat, and to a case if it was said in one."""
    row = ChatLineRow(
        name=line.name,
        conversation_id=conversation_id,
        case_number=case_number,
        at=line.at,
        who=line.who,
        text=line.text,
        medium=line.medium,
        medium_ref=line.medium_ref,
    )
    session.add(row)
    session.flush()
    return line_of(row)


def line_of(row: ChatLineRow) -> Line:
    """Return what a row keeps."""
    known = row.model_dump(exclude={"is_held", "id"})
    return Line(id=row.id or 0, **known)
