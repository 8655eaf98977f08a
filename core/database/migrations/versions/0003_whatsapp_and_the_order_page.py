"""WhatsApp: its people, templates and delivery; linked chats; the order page."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Go forward; orders of before have no page."""
    with op.batch_alter_table("orders") as orders:
        orders.add_column(sa.Column("page_token", sa.String(32), nullable=True))
        orders.create_unique_constraint("uq_orders_page_token", ["page_token"])
    with op.batch_alter_table("messages") as messages:
        for name in ("progress", "trouble"):
            messages.add_column(
                sa.Column(name, sa.String(16), nullable=False, server_default="")
            )
        messages.add_column(
            sa.Column("failures", sa.Integer(), nullable=False, server_default="0")
        )
        messages.add_column(sa.Column("began_at", sa.BigInteger(), nullable=True))
    op.create_table(
        "whatsapp_contacts",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("phone", sa.String(32), nullable=True),
        sa.Column("user_id", sa.String(64), nullable=True),
        sa.Column("heard_at", sa.BigInteger(), nullable=True),
        sa.Column("menu", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id"),
        sa.UniqueConstraint("phone"),
        sa.UniqueConstraint("user_id"),
    )
    op.create_table(
        "whatsapp_templates",
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("sid", sa.String(64), nullable=False),
        sa.Column("approval", sa.String(32), nullable=False),
        sa.Column("checked_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )
    op.create_table(
        "links",
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("payer_id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("conversation_id"),
    )
    op.create_index("ix_links_payer_id", "links", ["payer_id"])
    op.create_table(
        "link_codes",
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("conversation_id", sa.String(64), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest"),
        sa.UniqueConstraint("conversation_id"),
    )


def downgrade() -> None:
    """Go back."""
    for table in ("link_codes", "links", "whatsapp_templates", "whatsapp_contacts"):
        op.drop_table(table)
    with op.batch_alter_table("messages") as messages:
        for column in ("began_at", "failures", "trouble", "progress"):
            messages.drop_column(column)
    with op.batch_alter_table("orders") as orders:
        orders.drop_constraint("uq_orders_page_token", type_="unique")
        orders.drop_column("page_token")
