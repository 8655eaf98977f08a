"""An order goes only where money can follow."""

import re
from datetime import timedelta
from itertools import product

import pytest

from core.domain.errors import IllegalMove
from core.domain.orders import Status, new_order_no
from tests.fakes import NOW, an_order

LEGAL = {
    "creating": "open paid failed cancelled",
    "open": "paid expired cancelled",
    "paid": "credited",
    "credited": "",
    "expired": "paid",
    "cancelled": "paid",
    "failed": "paid",
}


@pytest.mark.parametrize(("here", "there"), [*product(Status, Status)])
def test_every_pair_of_statuses_is_a_legal_move_or_refused(here, there):
    order = an_order(status=here)
    if there in LEGAL[here].split():
        assert order.moved(there).status is there
        return
    with pytest.raises(IllegalMove, match=f"is {here} and cannot become {there}"):
        order.moved(there)


def test_a_late_payment_is_never_refused():
    unpaid = [s for s in Status if s not in {Status.PAID, Status.CREDITED}]
    assert all(an_order(status=status).moved(Status.PAID).is_paid for status in unpaid)


def test_a_move_changes_nothing_but_the_copy_it_returns():
    order = an_order()
    opened = order.opened("1314", "https://x/?ft=1", NOW + timedelta(hours=2))
    assert order.status is Status.CREATING
    assert (opened.status, opened.payby_order_no) == (Status.OPEN, "1314")
    assert opened.token_url == "https://x/?ft=1"
    assert opened.expires_at == NOW + timedelta(hours=2)


def test_a_paid_order_knows_when_and_where():
    paid = an_order(status=Status.OPEN).paid("1314", NOW, "store-007")
    assert (paid.paid_at, paid.store_id) == (NOW, "store-007")
    assert paid.is_paid
    assert not paid.is_waiting


def test_only_an_order_without_an_end_is_waiting():
    waiting = {status for status in Status if an_order(status=status).is_waiting}
    assert waiting == {Status.CREATING, Status.OPEN}


def test_an_order_number_suits_payby_and_is_read_aloud_without_doubt():
    number = new_order_no(NOW)
    assert re.fullmatch(r"T261124-[2-9A-HJ-NP-Z]{8}", number)
    assert len({new_order_no(NOW) for _ in range(1000)}) == 1000
