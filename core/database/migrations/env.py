"""Alembic's entry: bring the database behind `-x url=…` to the wanted version."""

from alembic import context
from sqlalchemy import MetaData, create_engine

from core.database.urls import database_url


def tables_to_compare() -> MetaData | None:
    """Load the tables of the code for the `alembic` command.

    `topup migrate`, which reads no file of Alembic's, compares nothing and does
    without them.
    """
    if context.config.config_file_name is None:
        return None
    from sqlmodel import SQLModel  # noqa: PLC0415  (half of the time of a migration)

    from core.database.tables import declare_all  # noqa: PLC0415  (same)

    declare_all()
    return SQLModel.metadata


engine = create_engine(database_url(context.get_x_argument(as_dictionary=True)["url"]))
with engine.begin() as connection:
    context.configure(
        connection=connection,
        target_metadata=tables_to_compare(),
        render_as_batch=True,
        transaction_per_migration=False,
    )
    context.run_migrations()
engine.dispose()
