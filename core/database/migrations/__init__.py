"""How the database changes from one version to the next (Alembic)."""
