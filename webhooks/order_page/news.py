"""Tells those who look at a page when there is news of its order.

An order that anybody looks at is read once a second, however many look.
"""

import asyncio
import json
import time
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import chain

import structlog
from sqlalchemy.exc import SQLAlchemyError

from bot.page_words import PageState, page_state
from core.domain.orders import Order, Status
from core.ports import Clock, Orders

log = structlog.get_logger()

_LOOK_EVERY_S = 1.0
_MOST_VIEWERS = 500
_MOST_OF_ONE_ORDER = 5
_BEAT_EVERY_S = 15.0  # keeps proxies from closing what looks idle
_LONGEST_S = 600.0  # then the browser connects anew
_COME_BACK_MS = 3000
_BEAT = ": still here\n\n"


@dataclass(frozen=True)
class News:
    """How an order stands, as far as its page shows it."""

    version: str
    """Another one whenever the page shows something else."""
    is_final: bool
    """Whether nothing more is to be expected."""


def news_of(order: Order, now: datetime) -> News:
    """Tell how an order stands."""
    state = page_state(order, now)
    until = f"{order.expires_at.timestamp():.0f}"
    is_at_rest = order.is_over and (order.is_closed or state is PageState.FAILED)
    is_final = order.status is Status.CREDITED or is_at_rest
    facts = (state, until, "given-back" if order.is_given_back else "", is_final)
    return News("/".join(map(str, facts)), is_final)


class _Viewer:
    """Somebody who looks: what they were told last, and what they are to hear."""

    def __init__(self) -> None:
        self._told: News | None = None
        self._lines: asyncio.Queue[str] = asyncio.Queue()

    def tell(self, news: News) -> None:
        """Let them hear what is new, and the end after the last news."""
        if news == self._told:
            return
        self._told = news
        self._lines.put_nowait(f"data: {json.dumps(asdict(news))}\n\n")
        if news.is_final:
            self.end()

    def end(self) -> None:
        """Let them go."""
        self._lines.put_nowait("")

    async def next_line(self) -> str:
        """Wait for what they are to hear; empty at the end."""
        try:
            return await asyncio.wait_for(self._lines.get(), _BEAT_EVERY_S)
        except TimeoutError:
            return _BEAT


class Watching:
    """Who looks at which order's page, and the one loop that reads those orders."""

    def __init__(
        self, orders: Orders, clock: Clock, is_leaving: Callable[[], bool]
    ) -> None:
        self._orders = orders
        self._clock = clock
        self._is_leaving = is_leaving
        self._viewers: dict[str, set[_Viewer]] = {}
        self._looking: asyncio.Task[None] | None = None

    def has_room(self, token: str) -> bool:
        """Tell whether one more may look at that order's page."""
        everybody = sum(map(len, self._viewers.values()))
        here = len(self._viewers.get(token, ()))
        return everybody < _MOST_VIEWERS and here < _MOST_OF_ONE_ORDER

    async def events(self, order: Order) -> AsyncGenerator[str, None]:
        """Send how the order stands, now and whenever that changes.

        It ends with the last news, after some minutes, or when the server stops.
        """
        end_s = time.monotonic() + _LONGEST_S
        with self._viewing(order) as viewer:
            yield f"retry: {_COME_BACK_MS}\n\n"
            while time.monotonic() < end_s and (line := await viewer.next_line()):
                yield line

    @contextmanager
    def _viewing(self, order: Order) -> Iterator[_Viewer]:
        viewer, token = _Viewer(), order.page_token
        viewer.tell(news_of(order, self._clock.now()))
        self._viewers.setdefault(token, set()).add(viewer)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        try:
            yield viewer
        finally:
            self._viewers[token].remove(viewer)
            if not self._viewers[token]:
                del self._viewers[token]

    async def _look(self) -> None:
        """Read, once a second, each order that is looked at; until none is."""
        while self._viewers:
            await asyncio.sleep(_LOOK_EVERY_S)
            for token in tuple(self._viewers):
                if self._is_leaving():
                    self._let_go()
                    return
                await self._read(token)

    async def _read(self, token: str) -> None:
        """Tell an order's viewers how it stands; later, if nobody knows now."""
        try:
            order = await self._orders.of_page(token)
        except SQLAlchemyError as error:
            log.warning("order_page_not_read", why=type(error).__name__)
            return
        if order:
            news = news_of(order, self._clock.now())
            for viewer in self._viewers.get(token, ()):
                viewer.tell(news)

    def _let_go(self) -> None:
        for viewer in chain.from_iterable(self._viewers.values()):
            viewer.end()
