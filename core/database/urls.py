"""Which databases we know, by their addresses."""

from sqlalchemy import URL, make_url

_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}


def database_url(url: str) -> URL:
    """Return the URL with the driver we use. Raises ValueError for other databases."""
    parsed = make_url(url)
    driver = _DRIVERS.get(parsed.get_backend_name())
    if driver is None:
        raise ValueError(
            f"{parsed.get_backend_name()} is neither sqlite nor postgresql"
        )
    return parsed.set(drivername=driver)
