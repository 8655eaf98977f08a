"""Lets the engine look into a queue as soon as something is put there, else seldom.

DBOS 3.4 looks into each of its queues at a fixed pace, and nothing can wake it: often
costs an idle process a fifth of a core, seldom lets people wait. So what serves its
queues here is its own function in threads of ours, with a bell in place of the event
at which it waits between two looks.
"""

import threading
import time

from dbos import DBOS
from dbos._dbos import _get_dbos_instance as _dbos
from dbos._queue import queue_worker_thread

_LIVELY_FOR_S = 2.0
_SELDOM_S = 1.0  # what another process has put there, or left there when it died


class Bell(threading.Event):
    """Where a queue's thread waits for its next look; set, as any event, it ends."""

    def __init__(self) -> None:
        super().__init__()
        self._changed = threading.Condition()
        self._is_rung = False
        self._looked_at = 0.0
        self._lively_until = time.monotonic() + _LIVELY_FOR_S

    def ring(self) -> None:
        """Let the thread look soon: at once, if its last look is long enough ago."""
        with self._changed:
            self._is_rung = True
            self._changed.notify_all()

    def set(self) -> None:
        """Let the thread end."""
        super().set()
        self.ring()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the next look, `timeout` seconds after the last one or later.

        Not every job can begin at the first look after it came: for a while there are
        more of them. Return whether to end instead.
        """
        soonest_s = timeout or 0.0
        with self._changed:
            now = time.monotonic()
            is_lively = now < self._lively_until
            latest_s = soonest_s if is_lively else max(soonest_s, _SELDOM_S)
            self._changed.wait_for(self.is_set, self._looked_at + soonest_s - now)
            now = time.monotonic()
            self._changed.wait_for(
                lambda: self._is_rung, self._looked_at + latest_s - now
            )
            self._looked_at = time.monotonic()
            if self._is_rung:
                self._lively_until = self._looked_at + _LIVELY_FOR_S
            self._is_rung = False
        return self.is_set()


def serve_no_queue() -> None:
    """Keep DBOS from serving queues by itself; to be called before it is launched."""
    DBOS.listen_queues([])


async def serve(name: str) -> Bell:
    """Serve a registered queue until DBOS ends; ring where something is put there."""
    queue, dbos, bell = await DBOS.retrieve_queue_async(name), _dbos(), Bell()
    thread = threading.Thread(
        target=queue_worker_thread,
        args=(bell, dbos, queue),
        name=f"queue-{name}",
        daemon=True,
    )
    dbos.background_thread_stop_events.append(bell)
    dbos._background_threads.append(thread)  # noqa: SLF001  (DBOS ends it so)
    thread.start()
    return bell
