"""What an order waits for, in a sentence for staff."""

from datetime import datetime

from bot.staff.texts import moment
from core.database.order_files import OrderFile
from core.domain.acts import Standing
from core.domain.orders import Status


def what_waits(file: OrderFile, standing: Standing) -> str:
    """Say what waits for what, and when it is tried next."""
    order, refund = file.order, standing.unfinished_refund
    if refund and refund.is_under_way:
        return f"We wait for PayBy to give back {refund.amount}."
    match order.status:
        case Status.CREATING:
            what = "We wait for PayBy to make the code."
        case Status.OPEN if standing.can_be_paid:
            what = f"The payer has until {moment(order.expires_at)} to pay."
        case Status.OPEN:
            what = "The time to pay is over; PayBy has not told yet how it ended."
        case Status.PAID:
            what = "The money waits for an account that can be credited."
        case Status.CREDITED if standing.is_told:
            return "Nothing waits: paid, credited and told."
        case Status.CREDITED:
            what = "Credited; the payer may not have heard of it."
        case _ if order.is_closed:
            what = "Closed at PayBy. Money that comes late would be credited."
        case _:
            what = "PayBy has not confirmed yet that nobody can pay it."
    return f"{what}{_next_look(file.look_at, standing.now)}"


def _next_look(look_at: datetime | None, now: datetime) -> str:
    if look_at is None:
        return ""
    return f" Next look: {moment(look_at) if look_at > now else 'now'}."
