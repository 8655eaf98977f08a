"""How columns keep what the databases have no type for."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class UtcTime(TypeDecorator[datetime]):
    """An aware time, kept as whole milliseconds since the epoch, PayBy's unit."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(
        self, value: datetime | None, _dialect: Dialect
    ) -> int | None:
        """Turn a time into milliseconds."""
        return None if value is None else (value - _EPOCH) // timedelta(milliseconds=1)

    def process_result_value(
        self, value: int | None, _dialect: Dialect
    ) -> datetime | None:
        """Turn milliseconds into a time in UTC."""
        return None if value is None else _EPOCH + timedelta(milliseconds=value)


def utc_time() -> Any:  # noqa: ANN401  (SQLModel's Field is Any)
    """Make a column for a time that is always known."""
    return Field(sa_type=UtcTime, nullable=False)
