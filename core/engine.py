"""The engine of everything that happens later, again or at a pace: DBOS.

Names of jobs and queues, and the version, are stored data: renaming one strands the
jobs in flight.
"""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from datetime import timedelta
from enum import StrEnum
from functools import partial, wraps
from typing import Any, ParamSpec, TypeVarTuple

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID
from sqlalchemy import Engine, create_engine, event, make_url
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_delay,
    wait_exponential,
)

from core.database.engine import AWAY, tune_sqlite

_VERSION = "1"
_RESULTS_POLLING_S = 0.03  # a payer waits at the till; costs 3 % of a core
_POLLING_S = 0.05
_UNHURRIED_S = 0.25
_SLOW_POLLING_S = 1.0
_starting: set[asyncio.Task[None]] = set()  # the loop itself holds tasks but weakly
Ts = TypeVarTuple("Ts")
P = ParamSpec("P")


class Queue(StrEnum):
    """The queues, by what waits in them."""

    INBOX = "inbox"  # what people sent: one at a time per chat, in order
    OUTBOX = "outbox"  # messages that we start, at the channel's pace
    CODES = "codes"  # messages that show a code which has been paid or has ended
    LATER = "later"  # looks at an order at a set time


def configure(url: str, worker: str) -> None:
    """Prepare the engine on its database; workflows may be registered from now on.

    `worker` names this process: after a crash its jobs go on when a process of the
    same name starts.
    """
    config = DBOSConfig(
        name="topup",
        system_database_url=url,
        application_version=_VERSION,
        executor_id=worker,
        log_level="WARNING",
    )
    if url.startswith("sqlite"):
        config["system_database_engine"] = _sqlite(url)
    DBOS(config=config)


async def launch(pushes_per_second: int) -> None:
    """Start working, first on what a crash left behind. Call it in the main loop."""
    DBOS.launch()
    await DBOS.register_queue_async(
        Queue.INBOX, partition_concurrency=1, polling_interval_sec=_POLLING_S
    )
    await DBOS.register_queue_async(
        Queue.OUTBOX,
        limiter={"limit": pushes_per_second, "period": 1.0},
        polling_interval_sec=_RESULTS_POLLING_S,
    )
    await DBOS.register_queue_async(
        Queue.CODES, worker_concurrency=2, polling_interval_sec=_UNHURRIED_S
    )
    await DBOS.register_queue_async(
        Queue.LATER, worker_concurrency=10, polling_interval_sec=_SLOW_POLLING_S
    )


async def answers() -> bool:
    """Tell whether the engine runs and its database answers."""
    return len(await DBOS.list_queues_async()) >= len(Queue)


async def stop() -> None:
    """Stop taking jobs; those not done in five seconds go on at the next start.

    Waits in a thread of its own: the jobs that it waits for run in this loop.
    """
    stopping = partial(DBOS.destroy, workflow_completion_timeout_sec=5)
    with ThreadPoolExecutor(1) as own:
        await asyncio.get_running_loop().run_in_executor(own, stopping)


def job(
    name: str,
) -> Callable[
    [Callable[P, Coroutine[Any, Any, None]]], Callable[P, Coroutine[Any, Any, None]]
]:
    """Make a durable job, kept under this name.

    It runs again from its beginning after a crash, and whenever the database went
    away under it (for about six hours): all that it does must be harmless to do twice.
    """

    def decorate(
        work: Callable[P, Coroutine[Any, Any, None]],
    ) -> Callable[P, Coroutine[Any, Any, None]]:
        @DBOS.workflow(name=name)
        @wraps(work)
        async def outlasting(*args: P.args, **kwargs: P.kwargs) -> None:
            async for attempt in _while_the_database_is_away():
                with attempt:
                    await work(*args, **kwargs)

        return outlasting

    return decorate


def _while_the_database_is_away() -> AsyncRetrying:
    return AsyncRetrying(
        retry=retry_if_exception_type(AWAY),
        wait=wait_exponential(multiplier=0.2, max=60),
        stop=stop_after_delay(timedelta(hours=6)),
        reraise=True,
    )


async def start(
    job_id: str, workflow: Callable[[*Ts], Coroutine[Any, Any, Any]], *args: *Ts
) -> None:
    """Run a workflow now, durably; a second start under the same id does nothing."""

    async def begin() -> None:
        with SetWorkflowID(job_id):
            await DBOS.start_workflow_async(workflow, *args)

    await _apart(begin())


async def enqueue(
    queue: Queue,
    job_id: str,
    workflow: Callable[[*Ts], Coroutine[Any, Any, Any]],
    *args: *Ts,
    partition: str | None = None,
    delay: timedelta | None = None,
) -> None:
    """Put a workflow into a queue, once per id.

    It waits its turn behind others of the same partition, and at least `delay`.
    """
    options = SetEnqueueOptions(
        queue_partition_key=partition,
        delay_seconds=max(delay.total_seconds(), 0.0) if delay else None,
    )

    async def put() -> None:
        with SetWorkflowID(job_id), options:
            await DBOS.enqueue_workflow_async(queue, workflow, *args)

    await _apart(put())


async def _apart(begin: Coroutine[Any, Any, None]) -> None:
    """Start a job as nobody's child, and to the end, even if nobody waits for it.

    A fixed id makes a start harmless to repeat, so the job that asks for it need not
    remember having done so, and may ask from within a step. A start that was given up
    half-way would leave a job that is written down and that nobody runs.
    """
    starting = asyncio.create_task(begin, context=Context())
    _starting.add(starting)
    starting.add_done_callback(_starting.discard)
    await asyncio.shield(starting)


def _sqlite(url: str) -> Engine:
    engine = create_engine(make_url(url))
    event.listen(engine, "connect", tune_sqlite)

    @event.listens_for(engine, "connect")
    def lock_on_begin(connection: Any, _record: object) -> None:  # noqa: ANN401
        connection.isolation_level = "IMMEDIATE"

    return engine
