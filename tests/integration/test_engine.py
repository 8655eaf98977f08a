"""Jobs: the urgent ones first, none lost for having failed, none kept for ever."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from dbos import DBOS, SetWorkflowID

from core import engine
from core.engine import Queue, Urgency
from tests.integration.conftest import done, held_back, until
from tests.integration.worker import Hand, Trouble

NUMBERS = count(1)


def pressed(folder: Path) -> list[str]:
    """What was done, in turn."""
    lines = (folder / "diary").read_text().splitlines()
    return [line.split()[-1] for line in lines]


async def press(hand: Hand, urgency: Urgency | None = None) -> str:
    what = f"press-{next(NUMBERS)}"
    assert await engine.enqueue(Queue.OUTBOX, what, hand.press, what, urgency=urgency)
    return what


async def test_the_urgent_overtakes_what_came_before_it(hand, folder):
    by_lot = [Urgency.NEWS, Urgency.MONEY, Urgency.ANSWER, Urgency.MONEY]
    queue = await held_back(Queue.OUTBOX)
    jobs = [await press(hand, urgency) for urgency in by_lot]
    await queue.set_worker_concurrency_async(1)
    await asyncio.gather(*map(done, jobs))
    await queue.set_worker_concurrency_async(None)
    assert pressed(folder)[-4:] == [jobs[1], jobs[3], jobs[2], jobs[0]]


async def test_an_id_is_taken_once(hand, folder):
    what = await press(hand)
    assert not await engine.enqueue(Queue.OUTBOX, what, hand.press, what)
    await done(what)
    assert not await engine.enqueue(Queue.OUTBOX, what, hand.press, what)
    assert pressed(folder).count(what) == 1


async def test_of_the_jobs_that_are_asked_for_those_are_known_that_there_are(hand):
    job = await press(hand)
    await done(job)
    assert await engine.known([job, "never-begun"]) == {job}
    assert await engine.known([]) == set()


async def test_a_job_that_failed_is_not_tried_again_by_itself(hand, folder):
    (folder / "trouble").touch()
    what = await press(hand)
    with pytest.raises(Trouble):
        await done(what)
    (folder / "trouble").unlink()
    await asyncio.sleep(0.3)
    assert pressed(folder).count(what) == 1


async def test_a_job_that_failed_runs_again_when_it_is_revived(hand, folder):
    (folder / "trouble").touch()
    what = await press(hand)
    with pytest.raises(Trouble):
        await done(what)
    (folder / "trouble").unlink()
    await asyncio.gather(*(engine.revive(Queue.OUTBOX, what) for _ in range(5)))
    await done(what)
    assert pressed(folder).count(what) == 2


@pytest.mark.parametrize("end", ["SUCCESS", "CANCELLED"])
async def test_a_job_that_ended_without_doing_its_work_can_run_again(hand, folder, end):
    what = await press(hand)
    await done(what)
    if end == "CANCELLED":
        await _make_it_cancelled(what)
    await engine.revive(Queue.OUTBOX, what)
    await done(what)
    assert pressed(folder).count(what) == 2


async def _make_it_cancelled(job_id: str) -> None:
    await DBOS.rewind_workflow_async(job_id, queue_name="nobody-s")
    await DBOS.cancel_workflow_async(job_id)


async def test_a_job_that_runs_is_left_alone(hand, folder):
    (folder / "better").unlink(missing_ok=True)
    what = f"toil-{next(NUMBERS)}"
    await engine.enqueue(Queue.OUTBOX, what, hand.toil, what)

    async def has_begun() -> bool:
        return (folder / "diary").exists() and what in pressed(folder)

    await until(has_begun)
    await engine.revive(Queue.OUTBOX, what)
    assert await engine.take_over("test-worker") == 0
    (folder / "better").touch()
    await done(what)
    assert pressed(folder).count(what) == 2  # it began and ended


async def test_reviving_what_never_was_does_nothing(hand):
    await engine.revive(Queue.OUTBOX, "never")
    assert await DBOS.get_workflow_status_async("never") is None


async def test_old_jobs_are_forgotten_once_they_have_ended(hand, folder):
    ended, waiting = await press(hand), f"waits-{next(NUMBERS)}"
    await done(ended)
    (folder / "better").unlink(missing_ok=True)
    await engine.enqueue(Queue.OUTBOX, waiting, hand.toil, waiting)
    now = datetime.now(UTC)
    await engine.forget_finished(now - timedelta(minutes=5))
    assert await DBOS.get_workflow_status_async(ended)
    assert await engine.forget_finished(now + timedelta(minutes=5))
    assert await DBOS.get_workflow_status_async(ended) is None
    assert await DBOS.get_workflow_status_async(waiting)
    (folder / "better").touch()
    await done(waiting)


async def test_looks_of_before_the_watch_are_forgotten_with_their_queue(hand):
    """Nothing would ever end them: their name is not known any more."""
    await DBOS.register_queue_async("later", polling_interval_sec=100)
    with SetWorkflowID("look-of-before"):
        await DBOS.enqueue_workflow_async("later", hand.look_of_before, "T1")
    assert await engine.forget_looks() == 1
    assert await DBOS.get_workflow_status_async("look-of-before") is None
    assert "later" not in {queue.name for queue in await DBOS.list_queues_async()}
    assert await engine.forget_looks() == 0
