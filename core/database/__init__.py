"""The database: rows, transactions and migrations; SQLite or PostgreSQL."""
