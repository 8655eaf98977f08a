"""What happened in this process since it started, counted for Prometheus."""

from typing import Final

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    disable_created_metrics,
)

from core.payby.exchange import Exchange

BADLY_SIGNED: Final = "badly_signed"
_ANSWERS = ("accepted", BADLY_SIGNED, "unreadable", "too_large", "not_kept")
_SECONDS = (0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20)


class Tally:
    """Counts notices at our door and questions to PayBy."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call]  # of no use
        self.registry = CollectorRegistry()
        self._notices = Counter(
            "topup_notices",
            "PayBy's notices at our door, by the answer that they got.",
            ["answer"],
            registry=self.registry,
        )
        for answer in _ANSWERS:
            self._notices.labels(answer)  # none yet, but never absent
        self._seconds = Histogram(
            "topup_payby_seconds",
            "How long PayBy took to answer, every try for itself.",
            ["call"],
            buckets=_SECONDS,
            registry=self.registry,
        )
        self._answers = Counter(
            "topup_payby_answers",
            "PayBy's answers by code: 0 is success, a word is trouble on the way.",
            ["call", "code"],
            registry=self.registry,
        )

    def notice(self, answer: str) -> None:
        """Count a notice by what became of it at the door."""
        self._notices.labels(answer).inc()

    def exchange(self, exchange: Exchange) -> None:
        """Count a question to PayBy, and how long it took."""
        self._seconds.labels(exchange.call).observe(exchange.duration_ms / 1000)
        self._answers.labels(exchange.call, exchange.code).inc()
