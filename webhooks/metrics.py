"""`GET /metrics`: how the money stands, for Prometheus; only for who has the token.

What happens in this process is counted in its tally. How things stand is asked of the
databases at each scrape, so every worker tells the same of it. While a database does
not answer, those lines are missing and `topup_standing_known` is 0.
"""

import asyncio
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from fastapi import APIRouter, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from core.backlog import Backlog
from core.database.figures import Payments, SqlFigures, Standing
from core.database.messages import Delivery
from core.domain.orders import Status
from core.domain.refunds import RefundStatus
from core.engine import Queue
from core.ports import Clock, RestingGateway
from webhooks.tally import Tally

log = structlog.get_logger()

_DAY = timedelta(days=1)
_NOTICES_TAKE = timedelta(minutes=10)
_PATIENCE_S = 8  # Prometheus gives up after ten


class _Found(Collector):
    """Gauges that were asked for before, since asking takes time."""

    def __init__(self, gauges: list[GaugeMetricFamily]) -> None:
        self._gauges = gauges

    def collect(self) -> list[GaugeMetricFamily]:
        return self._gauges


@dataclass(frozen=True, kw_only=True)
class Metrics:
    """Where to ask for all that is told."""

    tally: Tally
    figures: SqlFigures
    backlog: Backlog
    gateway: RestingGateway
    clock: Clock

    async def text(self) -> bytes:
        """Return all of it in Prometheus' text format."""
        gauges = [_one("payby_resting", _RESTING, self.gateway.is_resting)]
        try:
            async with asyncio.timeout(_PATIENCE_S):
                gauges += await self._standing()
        except (SQLAlchemyError, TimeoutError) as error:
            log.warning("metrics_without_standing", why=type(error).__name__)
            gauges.append(_one("standing_known", _KNOWN, 0))
        else:
            gauges.append(_one("standing_known", _KNOWN, 1))
        found = CollectorRegistry()
        found.register(_Found(gauges))
        return generate_latest(found) + generate_latest(self.tally.registry)

    async def _standing(self) -> list[GaugeMetricFamily]:
        now = self.clock.now()
        standing = await self.figures.standing()
        payments = await self.figures.payments(now - _DAY, now - _NOTICES_TAKE)
        waiting = await self.backlog.oldest()
        return [*_standing(standing, now), *_payments(payments), _queues(waiting, now)]


def metrics(token: str, looks: Metrics) -> APIRouter:
    """Make the address that Prometheus asks with `Authorization: Bearer <token>`."""
    router = APIRouter()
    expected = f"Bearer {token}".encode()

    @router.get("/metrics")
    async def scrape(request: Request) -> Response:
        shown = request.headers.get("authorization", "").encode()
        if not hmac.compare_digest(shown, expected):
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        return Response(await looks.text(), media_type=CONTENT_TYPE_LATEST)

    return router


_RESTING = "1 while PayBy is left alone since it gave no answer, else 0."
_KNOWN = "1 if the databases answered this scrape, else 0: then much is missing."


def _standing(standing: Standing, now: datetime) -> list[GaugeMetricFamily]:
    undelivered = [each for each in Delivery if each is not Delivery.SENT]
    return [
        _many(
            "orders", "Orders by status.", "status", _of_all(Status, standing.orders)
        ),
        _one(
            "uncredited_oldest_seconds",
            "How long the oldest paid order has waited to be credited; 0 for none.",
            _age(standing.uncredited_since, now),
        ),
        _many(
            "messages_undelivered",
            "Messages that are not sent: held, refused, unconfirmed or on their way.",
            "state",
            _of_all(undelivered, standing.undelivered),
        ),
        _one(
            "notices_unheeded",
            "Notices that are kept and that nothing was done about yet.",
            standing.unheeded,
        ),
        _one(
            "notices_unheeded_oldest_seconds",
            "How long the oldest of them has waited; 0 for none.",
            _age(standing.unheeded_since, now),
        ),
        _many(
            "refunds",
            "Refunds by status.",
            "status",
            _of_all(RefundStatus, standing.refunds),
        ),
    ]


def _payments(payments: Payments) -> list[GaugeMetricFamily]:
    return [
        _one("payments_last_day", "Payments of the last 24 hours.", payments.count),
        _one(
            "payments_last_day_unannounced",
            "Those of them that no notice told of: found only by asking PayBy.",
            payments.unannounced,
        ),
    ]


def _queues(waiting: Mapping[str, datetime], now: datetime) -> GaugeMetricFamily:
    return _many(
        "queue_oldest_seconds",
        "How long the oldest job of a queue has waited for its turn; 0 for none.",
        "queue",
        {queue: _age(waiting.get(queue), now) for queue in Queue},
    )


def _of_all(names: Iterable[str], counts: Mapping[str, int]) -> dict[str, float]:
    """Return a count for every name, so that what an alarm looks at is never absent."""
    return {name: counts.get(name, 0) for name in names}


def _one(name: str, says: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"topup_{name}", says, value=value)


def _many(
    name: str, says: str, label: str, values: Mapping[str, float]
) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(f"topup_{name}", says, labels=[label])
    for each, value in values.items():
        gauge.add_metric([each], value)
    return gauge


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0
