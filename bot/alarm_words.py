"""What staff read of an alarm: what is wrong, what to do, and what a tap does."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from bot.messages import Choice, Outgoing
from bot.staff.table import staff_button
from bot.staff.texts import clean, moment
from core.domain.alarms import Alarm, AlarmKind


@dataclass(frozen=True)
class _Words:
    """About one kind; the values are the alarm's facts, and what it is about."""

    what: str
    many: str
    """The same of many at once; empty where that cannot be."""
    advice: str
    over: str


_WORDS: dict[AlarmKind, _Words] = {
    AlarmKind.UNCREDITED: _Words(
        "Order {about}: {amount} paid at {paid} is not credited",
        "{count} paid orders are not credited, {first} first",
        "Try again; if it stays so, see whether the accounts' database answers.",
        "{about} waits for its credit no more, or a case tells of it",
    ),
    AlarmKind.NOTICES_SILENT: _Words(
        "PayBy's notices do not reach us: the last payments were found by asking",
        "",
        "Payers wait longer for their result. Run `topup doctor`; see that PayBy can "
        "reach TOPUP_PUBLIC_URL/payby/notices.",
        "PayBy's notices reach us again",
    ),
    AlarmKind.BAD_SIGNATURES: _Words(
        "Many posts at our door for {about} within a minute, all badly signed",
        "",
        "None was believed. If notices are missing too, fetch the other side's key or "
        "token anew; else it is a stranger: let the proxy hold the address back.",
        "no more badly signed posts at our door for {about}",
    ),
    AlarmKind.BACKLOG: _Words(
        "Work waits in {about} since {since}",
        "Work waits in {count} queues, {first} first",
        "See /readyz for what is slow; start another worker if all is only busy.",
        "no work waits long in {about} any more",
    ),
    AlarmKind.CLOCK: _Words(
        "The clock of {about} is off PayBy's by {seconds_ahead} s",
        "",
        "Set that server's time (NTP): at 15 minutes PayBy refuses us.",
        "the clock of {about} is right again",
    ),
    AlarmKind.PAYBY_AWAY: _Words(
        "PayBy gives no answer since {since}: {why}",
        "",
        "New codes are refused meanwhile, and all is caught up later. Run `topup payby "
        "ping`; call PayBy if it is not our network.",
        "PayBy answers again",
    ),
    AlarmKind.STORE_REPORTED: _Words(
        "Store {about} could not take {reports} payments of late",
        "{count} stores could not take payments of late, {first} first",
        "Payers see it last now. Look at the reports; hide it if they agree.",
        "store {about} is not reported any more, or hidden",
    ),
}
_MANY = "many of this kind"


def alarm_message(alarm: Alarm) -> Outgoing:
    """Say what is wrong and what to do, with buttons for it."""
    words = _WORDS[alarm.kind]
    again = "Still so. " if alarm.is_on else ""
    text = f"⚠ {again}{_what(alarm)}.\n\n{words.advice}"
    return Outgoing(text, tuple((each,) for each in _buttons(alarm)))


def over_message(alarm: Alarm) -> Outgoing:
    """Say that it is over."""
    over = _WORDS[alarm.kind].over.format(about=clean(alarm.about) or _MANY)
    return Outgoing(f"Over: {over}.")


def sentence(alarm: Alarm) -> str:
    """Say in one line what is wrong and since when."""
    return f"{_what(alarm)}, since {moment(alarm.since)}"


def _what(alarm: Alarm) -> str:
    words = _WORDS[alarm.kind]
    what = words.many if "count" in alarm.facts else words.what
    facts = {name: clean(value) for name, value in alarm.facts.items()}
    return what.format(about=clean(alarm.about), **facts)


def _buttons(alarm: Alarm) -> Iterator[Choice]:
    about, facts = alarm.about, alarm.facts
    match alarm.kind:
        case AlarmKind.UNCREDITED if about:
            yield staff_button("order", "Open the order", about)
            yield staff_button("retry", "Try again", about)
        case AlarmKind.UNCREDITED | AlarmKind.BACKLOG:
            yield staff_button("stuck", "What is stuck")
        case AlarmKind.NOTICES_SILENT:
            yield staff_button("order", "Open the newest order", facts["order"])
        case AlarmKind.STORE_REPORTED if about:
            with suppress(ValueError):  # an id that no button carries
                yield staff_button("store", "Look at the store", about)
                yield staff_button("hide", "Hide it", about)
        case _:
            pass
    yield staff_button("alarms", "What is wrong now")
