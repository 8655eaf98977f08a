"""What Twilio tells of our messages after it has taken them.

Its word comes late, twice, in the wrong order or not at all (CHANNELS.md B6): only what
brings a message further changes anything, and a failure changes it once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

import structlog

from bot.pushes import push_of, queue_of
from bot.twilio_client import (
    BUSY,
    CLOSED_WINDOW,
    FAILURES,
    GONE,
    NO_CONTENT,
    NO_TEMPLATE,
    PAUSED,
)
from bot.whatsapp_forms import Form
from bot.whatsapp_inbox import is_answer
from core import engine
from core.database.menus import SqlMenus
from core.database.messages import FAILED, UNWORDED, Delivery, Record, SqlMessages
from core.database.whatsapp import SqlContacts

log = structlog.get_logger()

_RANKS: Final = ("", "queued", "sending", "sent", "delivered", "read")
_MOST_FAILURES: Final = 3
_MOST_FAILURES_OF: Final = {63019: 1}  # a picture that it does not get from us
_TOO_MANY: Final = frozenset({63017, 63018})
_MUCH_LONGER: Final = 4
_FIRST_WAIT_S: Final = 0.25
_LONGEST_WAIT_S: Final = 60.0
_MAY_GO_WELL: Final = BUSY | {CLOSED_WINDOW}
_OTHERWISE: Final = (NO_CONTENT, NO_TEMPLATE)  # as a text, or in English
_UNWORDED: Final = NO_TEMPLATE | PAUSED

Again = Callable[[Record], Awaitable[None]]


class WhatsAppProgress:
    """Keeps how far messages have come, and begins anew what has failed."""

    def __init__(
        self,
        messages: SqlMessages,
        contacts: SqlContacts,
        menus: SqlMenus,
        again: Again,
        *,
        busy_s: float,
    ) -> None:
        """`again` brings once more what answered somebody, when its time has come.

        `busy_s` is how long Twilio or Meta are given at least when they are busy.
        """
        self._messages = messages
        self._contacts = contacts
        self._menus = menus
        self._again = again
        self._busy = timedelta(seconds=busy_s)

    async def heed(self, message_id: str, form: Form) -> None:
        """Take Twilio's word on one of our messages."""
        sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
        code = _number(form.get("ErrorCode", ""))
        if status not in FAILURES:
            await self._messages.change(message_id, partial(_further, sid, status))
            return
        log.warning("message_failed", message=message_id, code=code)
        if code == CLOSED_WINDOW:
            await self._close_window_of(message_id)
        failed = await self._messages.change(
            message_id, partial(_failed, sid, code), self._wait
        )
        if failed and code in GONE and await self._is_back(failed):
            failed = await self._messages.change(message_id, _once_more)
        if failed:
            await self._menus.take_back(failed.conversation_id, message_id)
            await self._begin_anew(failed)

    async def _begin_anew(self, failed: Record) -> None:
        """Let the job go on that sent it, to its next attempt or its last resort.

        The job that gave an answer would hold up what the person says next: another
        one brings it.
        """
        if not is_answer(failed.id):
            await _revive(failed)
        elif not failed.is_done:
            await self._again(failed)

    def _wait(self, failed: Record) -> timedelta:
        """Tell how long a message is left alone; longer after each failure.

        Whoever has sent too many must wait for minutes (63017: our sender; 63018: to
        this person, or to all).
        """
        code = _number(failed.trouble)
        if failed.state is not Delivery.WAITING or code not in BUSY:
            return timedelta()
        times = failed.failures - 1 + (code in _TOO_MANY)
        return self._busy * float(_MUCH_LONGER**times)

    async def _is_back(self, failed: Record) -> bool:
        """Tell whether the person has written since: then it may go well now.

        Asked once the failure is kept: who writes later than that is shown what is
        held.
        """
        contact = await self._contacts.get(failed.conversation_id)
        if contact is None or contact.heard_at is None or failed.began_at is None:
            return False
        return contact.heard_at > failed.began_at

    async def _close_window_of(self, message_id: str) -> None:
        if record := await self._messages.get(message_id):
            await self._contacts.close_window(record.conversation_id)


async def _revive(failed: Record) -> None:
    queue, push = queue_of(failed.conversation_id), push_of(failed.id)
    if not await engine.revive(queue, push):
        job = f"{push}:failed:{failed.provider_ref}"
        await engine.enqueue(queue, job, begin_anew, queue, push)


@engine.job("begin_anew")
async def begin_anew(queue: engine.Queue, push: str) -> None:
    """Let a push run again that was still running when one of its messages failed.

    It looks often at first: most are about to end. Some wait for long, for Twilio too.
    """
    wait_s = _FIRST_WAIT_S
    while not await engine.revive(queue, push):
        await asyncio.sleep(wait_s)
        wait_s = min(2 * wait_s, _LONGEST_WAIT_S)


def _further(sid: str, status: str, record: Record) -> Record | None:
    """Let a message come further, if this is about its newest attempt."""
    if status not in _RANKS or _is_of_before(sid, record):
        return None
    is_same = sid == record.provider_ref
    reached = record.progress if is_same else ""
    if reached == FAILED or _RANKS.index(status) <= _RANKS.index(reached):
        return None
    return replace(record, provider_ref=sid, progress=status, state=Delivery.SENT)


def _once_more(record: Record) -> Record | None:
    """Let what found the chat closed be tried again, unless it was shown by now."""
    is_held = record.state is Delivery.UNREACHABLE
    if not is_held or record.failures > _MOST_FAILURES:
        return None
    return replace(record, state=Delivery.WAITING)


def _failed(sid: str, code: int, record: Record) -> Record | None:
    """Let an attempt have failed, once; what may go well is to be tried again."""
    is_told = sid == record.provider_ref and record.progress == FAILED
    if is_told or _is_of_before(sid, record):
        return None
    failures = record.failures + 1
    most = _MOST_FAILURES_OF.get(code, _MOST_FAILURES)
    trouble = str(code)
    may_go_well = code in _MAY_GO_WELL or _goes_otherwise(code, record)
    if may_go_well and failures <= most:
        state = Delivery.WAITING
    elif code in _UNWORDED:
        state, trouble = Delivery.UNREACHABLE, UNWORDED
    else:
        state = Delivery.UNREACHABLE if code in GONE else Delivery.REFUSED
    return replace(
        record,
        state=state,
        provider_ref=sid,
        progress=FAILED,
        trouble=trouble,
        failures=failures,
    )


def _goes_otherwise(code: int, record: Record) -> bool:
    """Tell whether it is tried in another way, which it has not been for this."""
    before = _number(record.trouble)
    return any(code in way and before not in way for way in _OTHERWISE)


def _is_of_before(sid: str, record: Record) -> bool:
    """Tell whether it is about another attempt than the one that stands."""
    return record.state is Delivery.SENT and sid != record.provider_ref


def _number(code: str) -> int:
    return int(code) if code.isascii() and code.isdecimal() else 0
