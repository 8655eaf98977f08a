"""Alembic's entry: bring the database behind `-x url=…` to the wanted version."""

from alembic import context
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from core.database.tables import declare_all
from core.database.urls import database_url

declare_all()
engine = create_engine(database_url(context.get_x_argument(as_dictionary=True)["url"]))
with engine.begin() as connection:
    context.configure(
        connection=connection,
        target_metadata=SQLModel.metadata,
        render_as_batch=True,
        transaction_per_migration=False,
    )
    context.run_migrations()
engine.dispose()
