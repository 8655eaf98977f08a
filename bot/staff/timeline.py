"""An order's timeline, a line each."""

from collections.abc import Callable, Mapping

from bot.staff.texts import clean, exactly
from core.ports import Happening

_LONGEST = 110

Facts = Mapping[str, str]


def line_of(happening: Happening) -> str:
    """Write what happened and when."""
    write = _WRITERS.get(happening.kind)
    what = write(happening.facts) if write else _plainly(happening)
    return clean(f"{exactly(happening.at)} {what}", _LONGEST)


def _plainly(happening: Happening) -> str:
    facts = ", ".join(f"{name} {value}" for name, value in happening.facts.items())
    return f"{happening.kind.replace('_', ' ')}: {facts}".rstrip(": ")


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


def _message(facts: Facts) -> str:
    message = facts.get("message", "").partition(":")[2]
    return f"message {message}: {facts.get('state', '')}"


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
    "notice": _notice,
    "settled": _settled,
    "message": _message,
    "amended": _message,
    "staff": _staff,
}
