"""An order's timeline, a line each."""

from collections.abc import Callable, Mapping, Sequence

from bot.staff.texts import clean
from core.domain.gulf import GULF
from core.ports import Happening

_LONGEST = 110
_ANSWERS = ("tg:", "wa:")  # what answers a message is named after that message
_AGAIN = "again-"  # what staff showed once more

Facts = Mapping[str, str]


def lines_of(happenings: Sequence[Happening]) -> list[str]:
    """Write what happened and when, with a line for each day in the Gulf."""
    lines = []
    day = None
    for happening in happenings:
        local = happening.at.astimezone(GULF)
        if local.date() != day:
            day = local.date()
            lines.append(f"{local:%-d %b}")
        what = clean(f"{local:%H:%M:%S} {_told(happening)}", _LONGEST)
        lines.append(what)
    return lines


def _told(happening: Happening) -> str:
    if happening.kind.startswith("refund_"):
        return _refund(happening)
    write = _WRITERS.get(happening.kind)
    return write(happening.facts) if write else _plainly(happening)


def _plainly(happening: Happening) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in happening.facts.items())
    return f"{happening.kind.replace('_', ' ')}: {facts}".rstrip(": ")


def _refund(happening: Happening) -> str:
    """Tell of a refund's step; who wanted it, and why, stands in another line."""
    facts = happening.facts
    trouble = facts.get("trouble")
    why = f" ({trouble})" if trouble else ""
    step = f"{happening.kind.replace('_', ' ')}: {facts.get('amount', '')}"
    return f"{step}, {facts.get('refund', '')}{why}"


def _ordered(facts: Facts) -> str:
    return f"ordered, {facts.get('amount', '')}"


def _payby(facts: Facts) -> str:
    says = facts.get("msg") or facts.get("code") or "no answer"
    trace = facts.get("trace_code")
    behind = f", trace {trace}" if trace else ""
    took = facts.get("ms", "?")
    return f"asked PayBy {facts.get('call', '')}: {says} ({took} ms{behind})"


def _notice(facts: Facts) -> str:
    return f"notice from PayBy: {facts.get('verdict', '')}"


def _settled(facts: Facts) -> str:
    return f"paid, we heard by {facts.get('found_by', '')}"


def _opened(_facts: Facts) -> str:
    return "PayBy made the code"


def _credited(facts: Facts) -> str:
    return f"credited to {facts.get('account', '')}"


def _message(facts: Facts) -> str:
    """Tell of a message by its push's name, and which of its parts it is."""
    message = facts.get("message", "")
    if message.startswith(_ANSWERS):
        return f"answered the payer: {facts.get('state', '')}"
    _, _, rest = message.partition(":")
    push, _, part = rest.rpartition(":")
    event, _, detail = (push or rest).partition(":")
    again = " again" if detail.startswith(_AGAIN) else ""
    which = f", part {int(part) + 1}" if part.isdecimal() and int(part) else ""
    what = f"{event.replace('_', ' ')}{again}{which}"
    return f"told {what}: {facts.get('state', '')}"


def _amended(_facts: Facts) -> str:
    return "a message that shows the code was brought up to date"


def _staff(facts: Facts) -> str:
    rest = {k: v for k, v in facts.items() if k not in {"who", "act", "reason"}}
    came_of_it = ", ".join(f"{name} {value}" for name, value in rest.items())
    reason = facts.get("reason")
    why = f" ({reason})" if reason else ""
    who_and_what = f"{facts.get('who', '')}: {facts.get('act', '')}{why}"
    return f"{who_and_what} → {came_of_it}" if came_of_it else who_and_what


_WRITERS: dict[str, Callable[[Facts], str]] = {
    "ordered": _ordered,
    "payby": _payby,
    "opened": _opened,
    "credited": _credited,
    "notice": _notice,
    "settled": _settled,
    "message": _message,
    "amended": _amended,
    "staff": _staff,
}
