"""Messages that are not sent are found among many."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_UNDELIVERED = sa.text("state != 'sent'")


def upgrade() -> None:
    """Go forward."""
    op.create_index(
        "ix_messages_undelivered",
        "messages",
        ["state"],
        sqlite_where=_UNDELIVERED,
        postgresql_where=_UNDELIVERED,
    )


def downgrade() -> None:
    """Go back."""
    op.drop_index("ix_messages_undelivered", "messages")
