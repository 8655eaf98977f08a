"""State by state, what each command does there: the desk's table, acted out."""

import pytest

from core.domain.acts import Act
from core.domain.orders import Order, Status
from tests.integration.clerks import hired
from tests.integration.conftest import Town
from tests.integration.refunding import held, paid
from tests.integration.telling import an_order_in

NO = "is not possible now."
PREVIEW = "Nothing is done yet."
SENT = "it was sent"
ANEW = "a new order in its place"
ACTS = (
    *(Act.CHECK, Act.RETRY, Act.RESEND, Act.SAY),
    *(Act.CANCEL, Act.EXTEND, Act.REFUND, Act.REVOKE),
)
"""What is done to an order; freezing is about its account or payer."""
TABLE = {
    Status.CREATING: (
        *("still creating", "under the same number", NO, SENT),
        *(NO, NO, NO, NO),
    ),
    Status.OPEN: (
        *("still open", NO, SENT, SENT),
        *(PREVIEW, PREVIEW, NO, PREVIEW),
    ),
    Status.PAID: (
        *("still paid", "It is paid", SENT, SENT),
        *(NO, NO, PREVIEW, PREVIEW),
    ),
    Status.CREDITED: (
        *("still credited", NO, SENT, SENT),
        *(NO, NO, PREVIEW, PREVIEW),
    ),
    Status.EXPIRED: (*("still expired", ANEW, SENT, SENT), *(NO, NO, NO, NO)),
    Status.CANCELLED: (*("still cancelled", NO, SENT, SENT), *(NO, NO, NO, NO)),
    Status.FAILED: (*("still failed", ANEW, SENT, SENT), *(NO, NO, NO, NO)),
}
CELLS = [
    pytest.param(status, act, said, id=f"{status}-{act}")
    for status, row in TABLE.items()
    for act, said in zip(ACTS, row, strict=True)
]


async def one_in(town: Town, status: Status) -> Order:
    """Bring an order as far as that; what is paid, PayBy knows too."""
    match status:
        case Status.PAID:
            return await held(town)
        case Status.CREDITED:
            return await paid(town)
        case Status.OPEN:
            return await town.created()
        case _:
            return await an_order_in(town, status)


@pytest.mark.parametrize(("status", "act", "said"), CELLS)
async def test_each_command_does_in_each_state_what_the_table_says(
    town: Town, status: Status, act: Act, said: str
):
    agent = await hired(town)
    order = await one_in(town, status)
    answer = await agent.types(f"/{act} {order.merchant_order_no} payer asked")
    note = answer.partition("\n\n")[0]
    assert said in (answer if said == PREVIEW else note)


def test_the_table_has_every_state():
    assert set(TABLE) == set(Status)
