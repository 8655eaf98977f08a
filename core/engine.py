"""The engine of everything that happens later, again or at a pace: DBOS.

Names of jobs and queues, and the version, are stored data: renaming one strands the
jobs in flight.
"""

import asyncio
import sqlite3
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from contextvars import Context
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum
from functools import partial, wraps
from typing import Any, Final, ParamSpec, TypeVar, TypeVarTuple

from dbos import DBOS, DBOSConfig, SetEnqueueOptions, SetWorkflowID, error
from sqlalchemy import Engine, ExceptionContext, create_engine, event, make_url
from tenacity import (
    AsyncRetrying,
    retry_if_exception_type,
    stop_after_delay,
    wait_exponential,
)

from core.bells import Bell, serve, serve_no_queue
from core.database.engine import AWAY, tune_sqlite

_VERSION = "1"
_POLLING_S = 0.05  # while there is something in a queue; it costs some 3 ms
_UNHURRIED_S = 0.25
_LOOKS = "later"  # the queue of jobs that looked after orders before the watch did
_ENDED: Final = ["SUCCESS", "ERROR", "CANCELLED", "MAX_RECOVERY_ATTEMPTS_EXCEEDED"]
_RUNNING: Final = "PENDING"
_AT_ONCE = 500
_DISK_TROUBLE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN}
_starting: dict[str, asyncio.Task[Any]] = {}  # by what each of them does
_bells: dict[str, Bell] = {}  # by the queue of each
Made = TypeVar("Made")
Ts = TypeVarTuple("Ts")
P = ParamSpec("P")


class Queue(StrEnum):
    """The queues, by what waits in them."""

    INBOX = "inbox"  # what people sent: one at a time per chat, in order
    OUTBOX = "outbox"  # messages that we start on Telegram, at its pace
    WHATSAPP_OUTBOX = "outbox-whatsapp"  # and those on WhatsApp
    CODES = "codes"  # messages that show a code which does not stand as they say


class Urgency(IntEnum):
    """Who goes first in a queue: the lower number, then the older job."""

    MONEY = 1  # cash has arrived, and the payer stands at the till
    ANSWER = 2  # the payer waits for it, phone in hand
    NEWS = 3  # good to know


# Priority and the limiter work on a queue as a whole. In one that is parted they would
# not: its parts are served one by one, in an order drawn by lot. So an outbox is not
# parted, and the pace of a single chat is kept by the courier. Each network has its own
# outbox: one that is slow holds up no other.

Paces = Mapping[Queue, int]
"""How many jobs a second may begin in each outbox, in all workers together."""


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


async def launch(paces: Paces) -> None:
    """Start working, first on what a crash left behind. Call it in the main loop."""
    serve_no_queue()
    DBOS.launch()
    await DBOS.register_queue_async(
        Queue.INBOX, partition_concurrency=1, polling_interval_sec=_POLLING_S
    )
    for outbox, per_second in paces.items():
        await DBOS.register_queue_async(
            outbox,
            limiter={"limit": per_second, "period": 1.0},
            polling_interval_sec=_POLLING_S,
        )
    await DBOS.register_queue_async(
        Queue.CODES, worker_concurrency=8, polling_interval_sec=_UNHURRIED_S
    )
    for queue in Queue:
        _bells[queue] = await serve(queue)


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
            await outlast(partial(work, *args, **kwargs))

        return outlasting

    return decorate


async def outlast(work: Callable[[], Coroutine[Any, Any, Made]]) -> Made:
    """Do the work, again and again (for about six hours) while the database is away."""
    return await AsyncRetrying(
        retry=retry_if_exception_type(AWAY),
        wait=wait_exponential(multiplier=0.2, max=60),
        stop=stop_after_delay(timedelta(hours=6)),
        reraise=True,
    )(work)


async def start(
    job_id: str, workflow: Callable[[*Ts], Coroutine[Any, Any, Any]], *args: *Ts
) -> None:
    """Run a workflow now, durably; a second start under the same id does nothing."""

    async def begin() -> None:
        with SetWorkflowID(job_id):
            await DBOS.start_workflow_async(workflow, *args)

    await _apart(f"start {job_id}", begin)


async def enqueue(
    queue: Queue,
    job_id: str,
    workflow: Callable[[*Ts], Coroutine[Any, Any, Any]],
    *args: *Ts,
    partition: str | None = None,
    urgency: Urgency | None = None,
) -> bool:
    """Put a workflow into a queue, once per id; false when that id was there already.

    It waits its turn behind others of the same partition.
    """
    once = SetWorkflowID(job_id, workflow_id_reuse_policy="reject")
    options = SetEnqueueOptions(queue_partition_key=partition, priority=urgency)

    async def put() -> bool:
        try:
            with once, options:
                await DBOS.enqueue_workflow_async(queue, workflow, *args)
        except error.DBOSWorkflowIDInUseError:
            return False
        _ring(queue)
        return True

    return await _apart(f"enqueue {job_id}", put)


async def revive(queue: Queue, job_id: str) -> bool:
    """Let a job that has ended, well or badly, run again; one that has not goes on.

    False if it is running: it may have passed by already what it is to see.
    """

    async def rewind() -> bool:
        job = await DBOS.get_workflow_status_async(job_id)
        if job and job.status in _ENDED:
            with suppress(error.DBOSException):  # somebody else has just done it
                await DBOS.rewind_workflow_async(job_id, queue_name=queue)
                _ring(queue)
        return job is None or job.status != _RUNNING

    return await _apart(f"revive {job_id}", rewind)


async def known(job_ids: Sequence[str]) -> set[str]:
    """Return which of these jobs there are, ended or not."""
    if not job_ids:  # the engine would list all jobs
        return set()
    found = await DBOS.list_workflows_async(
        workflow_ids=list(job_ids), load_input=False, load_output=False
    )
    return {job.workflow_id for job in found}


async def take_over(worker: str) -> int:
    """Let the living run what a dead worker left half done; return how many jobs.

    To be called by one worker at a time. What this worker itself runs is left alone.
    """
    if worker == DBOS.executor_id:
        return 0
    left = await DBOS.list_workflows_async(
        status="PENDING", executor_id=worker, load_input=False, load_output=False
    )
    for job in left:
        await DBOS.resume_workflow_async(job.workflow_id, queue_name=job.queue_name)
        _ring(job.queue_name)
    return len(left)


async def forget_finished(before: datetime) -> int:
    """Delete the jobs that ended before that time; return how many.

    Their ids may be used again then: what must never happen twice is also guarded by
    rows of its own, or cannot come so late.
    """
    return await _delete(status=_ENDED, completed_before=before.isoformat())


async def forget_looks() -> int:
    """Delete the jobs that looked after orders before the watch did; return how many.

    Nothing answers to their name any more: each would be taken up at every start, in
    vain.
    """
    if await DBOS.retrieve_queue_async(_LOOKS) is None:
        return 0
    deleted = await _delete(name="look")
    await DBOS.delete_queue_async(_LOOKS)
    return deleted


async def _delete(**which: Any) -> int:  # noqa: ANN401  (the engine's own filters)
    deleted = 0
    while found := await DBOS.list_workflows_async(
        **which, limit=_AT_ONCE, load_input=False, load_output=False
    ):
        await DBOS.delete_workflows_async([job.workflow_id for job in found])
        deleted += len(found)
    return deleted


async def _apart(what: str, begin: Callable[[], Coroutine[Any, Any, Made]]) -> Made:
    """Start a job as nobody's child, and to the end, even if nobody waits for it.

    A fixed id makes a start harmless to repeat, so the job that asks for it need not
    remember having done so, and may ask from within a step. A start that was given up
    half-way would leave a job that is written down and that nobody runs.

    One that waits for a database that is away holds a thread. Whoever asks for the
    same meanwhile waits for the same.
    """
    starting = _starting.get(what)
    if starting is None:
        starting = asyncio.create_task(begin(), context=Context())
        _starting[what] = starting
        starting.add_done_callback(lambda _: _starting.pop(what))
    return await asyncio.shield(starting)


def _ring(queue: str | None) -> None:
    """Let this process look into the queue, if it serves it."""
    if bell := _bells.get(queue or ""):
        bell.ring()


def _sqlite(url: str) -> Engine:
    engine = create_engine(make_url(url))
    event.listen(engine, "connect", tune_sqlite)

    @event.listens_for(engine, "connect")
    def lock_on_begin(connection: Any, _record: object) -> None:  # noqa: ANN401
        connection.isolation_level = "IMMEDIATE"
        connection.create_function("strftime", 2, _now_s)

    event.listen(engine, "handle_error", _wait_for_the_disk)
    return engine


def _now_s(_seconds: str, _now: str) -> float:
    """Tell SQLite the time as the engine asks for it, but in whole milliseconds.

    Under Python 3.11 it asks for whole seconds; jobs of the same second would be done
    in the order of their ids, and so a chat's messages in any.
    """
    return time.time_ns() // 1_000_000 / 1000


def _wait_for_the_disk(trouble: ExceptionContext) -> None:
    """Let the engine wait for a full or failing disk as for a database that is away.

    Else a job whose end cannot be written down would stay unfinished, and hold up its
    chat, until the next start.
    """
    code = getattr(trouble.original_exception, "sqlite_errorcode", 0)
    if code & 0xFF in _DISK_TROUBLE:  # the rest of the number tells details
        trouble.is_disconnect = True
