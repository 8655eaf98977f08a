"""The clock on the wall."""

from datetime import UTC, datetime


class SystemClock:
    """The Clock port: this machine's time."""

    def now(self) -> datetime:
        """Return the time, in UTC, aware."""
        return datetime.now(UTC)
