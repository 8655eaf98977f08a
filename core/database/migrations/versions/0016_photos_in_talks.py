"""Photos and documents that payers send in their talks."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Go forward; of what was sent before nothing is known."""
    for name, most in (("medium", 16), ("medium_ref", 128)):
        op.add_column(
            "chat_lines",
            sa.Column(name, sa.String(most), nullable=False, server_default=""),
        )


def downgrade() -> None:
    """Go back."""
    with op.batch_alter_table("chat_lines") as lines:
        lines.drop_column("medium_ref")
        lines.drop_column("medium")
