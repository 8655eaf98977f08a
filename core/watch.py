"""Looks after orders to which nothing happens: the net under lost notices and jobs.

Each order's row holds the time of its next look, so a round costs what is due and
nothing else. One worker at a time keeps the watch, at a bounded pace; when it dies
another one takes over within seconds. What a round was doing when it was cut off is
due again, and harmless to do twice.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog
from sqlalchemy.exc import SQLAlchemyError

from core.background import beside, over_and_over
from core.database.leases import SqlLeases
from core.domain.errors import GatewayError, GatewayResting
from core.domain.gulf import GULF
from core.domain.orders import Status
from core.parts import Parts

log = structlog.get_logger()

_ROUND_EVERY_S = 1.0
_AT_ONCE = 5
_LEASE = timedelta(seconds=15)
_RENEW_EVERY_S = 5.0
_LONGEST_ROUND_S = 5
_MOST_AT_ONCE = 100
_DUTY = "watch"
_WITHOUT_PAYBY = frozenset({Status.CREATING, Status.CREDITED})
_WITH_PAYBY = frozenset(Status) - _WITHOUT_PAYBY

Attend = Callable[[str], Awaitable[None]]


class Watch:
    """The one who looks after every order, in turn."""

    def __init__(
        self,
        parts: Parts,
        attend: Attend,
        *,
        follow_refunds: Callable[[], Awaitable[None]],
        leases: SqlLeases,
        worker: str,
        per_second: int,
    ) -> None:
        """`per_second` bounds how many orders PayBy is asked after, by all workers."""
        self._orders = parts.orders
        self._gateway = parts.gateway
        self._clock = parts.clock
        self._list_every = parts.terms.pace.list_every
        self._attend = attend
        self._follow_refunds = follow_refunds
        self._leases = leases
        self._worker = worker
        self._per_second = per_second
        self._free = asyncio.Semaphore(_AT_ONCE)
        self._list_at = parts.clock.now()
        self._on_duty = asyncio.Event()

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Keep the watch, or stand by while another worker does, until the end."""
        rounds = over_and_over(self._turn, name=_DUTY, every_s=_ROUND_EVERY_S)
        try:
            async with beside(self._hold(), rounds):
                yield
        finally:
            with suppress(SQLAlchemyError):
                await self._leases.let_go(_DUTY, self._worker)

    async def _hold(self) -> None:
        """Be on duty as long as the lease is ours."""
        while True:
            try:
                is_ours = await self._leases.take(_DUTY, self._worker, _LEASE)
            except SQLAlchemyError:
                is_ours = False
            if is_ours:
                self._on_duty.set()
            else:
                self._on_duty.clear()
            await asyncio.sleep(_RENEW_EVERY_S)

    async def _turn(self) -> None:
        await self._on_duty.wait()
        await self.round()

    async def round(self) -> int:
        """Look after what is due, as much as a few seconds allow; how many orders."""
        seen = await self._look_after_all(_WITHOUT_PAYBY, _MOST_AT_ONCE, pause_s=0)
        await self._read_the_list()
        await self._follow_refunds()
        if self._gateway.is_resting:
            return seen
        most, pause_s = _LONGEST_ROUND_S * self._per_second, 1 / self._per_second
        return seen + await self._look_after_all(_WITH_PAYBY, most, pause_s=pause_s)

    async def _look_after_all(
        self, statuses: frozenset[Status], most: int, *, pause_s: float
    ) -> int:
        due = await self._orders.due(statuses, most)
        async with asyncio.TaskGroup() as looks:
            for number in due:
                await self._free.acquire()
                look = looks.create_task(self._look_after(number))
                look.add_done_callback(lambda _: self._free.release())
                await asyncio.sleep(pause_s)
        return len(due)

    async def _look_after(self, merchant_order_no: str) -> None:
        try:
            await self._attend(merchant_order_no)
        except GatewayResting:
            log.debug("look_put_off", order=merchant_order_no)
        except Exception:
            log.exception("look_interrupted", order=merchant_order_no)
            now = self._clock.now()
            await self._orders.looked(merchant_order_no, since=now, is_done=False)

    async def _read_the_list(self) -> None:
        """Let those orders be looked at first that PayBy lists as paid.

        One question tells of a hundred orders: the cheapest one goes first.
        """
        now = self._clock.now()
        if now < self._list_at or self._gateway.is_resting:
            return
        self._list_at = now + self._list_every
        today = now.astimezone(GULF).date()
        try:
            paid = await self._gateway.paid_orders(today - timedelta(days=1), today)
        except GatewayError as trouble:
            log.warning("list_not_read", why=str(trouble))
            return
        found = await self._orders.look_now([o.merchant_order_no for o in paid])
        if found:
            log.warning("paid_without_notice_yet", orders=found)
