"""Which message showed the choices on the screen, and those before, in a menu."""

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Go forward; a number typed for choices of before is a number."""
    op.execute("UPDATE whatsapp_contacts SET menu = '{}'")


def downgrade() -> None:
    """Go back."""
    op.execute("UPDATE whatsapp_contacts SET menu = '[]'")
