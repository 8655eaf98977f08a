"""What a run says at its end."""

from collections.abc import Iterator

from sandbox.demo_settings import Desk
from tests.chaos.findings import Comparison, Defect
from tests.chaos.plan import Plan

_MUST_BE_NONE = (
    Defect.LOST,
    Defect.DOUBLE,
    Defect.REFUND,
    Defect.STUCK,
    Defect.UNTOLD,
    Defect.WITHHELD,
    Defect.UNTRUE,
)


def table(plan: Plan, found: Comparison) -> Iterator[str]:
    """Write the table, a line each."""
    yield (
        f"{len(plan.wishes)} top-ups in {plan.seconds} s, {len(plan.troubles)} faults, "
        f"{len(plan.kills)} kills, {len(plan.calls)} calls to support, "
        f"seed {plan.seed}"
    )
    yield _row("orders made", found.orders)
    yield _row("paid at PayBy", found.paid)
    yield _row("given back at PayBy", found.refunds)
    for defect in _MUST_BE_NONE:
        yield _row(defect, found.count(defect), "0")
    yield _row("shown only at the next contact", found.withheld)
    yield _row("unknown outcomes", found.unknown_ends)
    yield _row("visible duplicates", found.duplicates, "one per unknown outcome")
    yield _row("shown again knowingly, and saying so", found.marked, "one per two")
    yield _row("chats with more than that", found.count(Defect.REPEATED), "0")


def _row(what: str, count: int, aim: str = "") -> str:
    return f"{what:<44}{count:<8}{aim}".rstrip()


def evidence(found: Comparison, desk: Desk) -> Iterator[str]:
    """Name every defect, and where to look."""
    for finding in sorted(found.findings, key=lambda one: one.defect):
        where = " ".join(filter(None, (finding.number, f"phone {finding.phone}")))
        yield f"{finding.defect}: {where}: {finding.sentence}"
        if chat := found.chats.get(finding.phone):
            yield from (f"    {one.id} {one.told}: {one.text!r}" for one in chat.said)
    yield f"What was said and done: {desk.log_file.parent}, {desk.database}."
    yield (
        f"One order: python -m webhooks --env-file {desk.env_file} order NUMBER; "
        f"its log: grep NUMBER {desk.log_file}"
    )
