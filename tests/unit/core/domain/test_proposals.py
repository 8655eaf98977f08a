"""What is proposed is done once, in time, and by whom it may be."""

from dataclasses import replace
from datetime import timedelta

import pytest

from core.domain.acts import Act
from core.domain.money import Money
from core.domain.proposals import (
    APPROVE_WITHIN,
    CONFIRM_WITHIN,
    Fault,
    Proposal,
    Stage,
    approved,
    confirmed,
    dropped,
    reasoned,
)
from core.domain.staff import Member, Role, is_identity
from tests.fakes import NOW

ONE = Member(identity="tg:1", name="One", role=Role.AGENT)
TWO = Member(identity="tg:2", name="Two", role=Role.AGENT)
CHIEF = Member(identity="tg:3", name="Chief", role=Role.SUPERVISOR)
MOMENT = timedelta(milliseconds=1)


def a_proposal(**facts: object) -> Proposal:
    usual: dict[str, object] = {
        "id": "ABCD2345",
        "act": Act.REFUND,
        "merchant_order_no": "T1",
        "amount": Money(100),
        "left": Money(100),
        "reason": "payer asked",
        "proposed_by": "One",
        "needs_second": False,
        "stage": Stage.ASKED,
        "made_at": NOW,
        "answer_until": NOW + CONFIRM_WITHIN,
    }
    return Proposal(**(usual | facts))  # type: ignore[arg-type]


def waiting(**facts: object) -> Proposal:
    proposal = a_proposal(needs_second=True, **facts)
    wait = confirmed(proposal, ONE, "m1", NOW)
    assert isinstance(wait, Proposal)
    return wait


def test_what_is_confirmed_in_time_is_done():
    last = NOW + CONFIRM_WITHIN - MOMENT
    done = confirmed(a_proposal(), ONE, "m1", last)
    assert done == a_proposal(stage=Stage.GOING, settled_by="m1")


def test_two_minutes_later_it_is_too_late():
    late = NOW + CONFIRM_WITHIN
    assert confirmed(a_proposal(), ONE, "m1", late) is Fault.TOO_LATE


def test_a_reason_gives_two_minutes_more():
    asked = a_proposal(reason="")
    then = NOW + timedelta(seconds=110)
    assert confirmed(asked, ONE, "m1", then) is Fault.NO_REASON
    given = reasoned(asked, ONE, "paid twice", then)
    assert given == replace(
        asked, reason="paid twice", answer_until=then + CONFIRM_WITHIN
    )


def test_a_second_tap_is_told_so_and_the_same_tap_again_is_the_first():
    done = confirmed(a_proposal(), ONE, "m1", NOW)
    assert isinstance(done, Proposal)
    assert confirmed(done, ONE, "m2", NOW) is Fault.DONE
    much_later = NOW + timedelta(hours=1)
    assert confirmed(done, ONE, "m1", much_later) == done


@pytest.mark.parametrize("by", [TWO, CHIEF])
def test_only_who_has_begun_it_confirms_it(by):
    assert confirmed(a_proposal(), by, "m1", NOW) is Fault.NOT_YOURS
    assert reasoned(a_proposal(), by, "x", NOW) is Fault.NOT_YOURS


def test_what_needs_two_waits_for_the_second_a_quarter_of_an_hour():
    wait = waiting()
    assert wait.stage is Stage.WAITING
    in_time = NOW + APPROVE_WITHIN - MOMENT
    done = approved(wait, CHIEF, "m2", in_time)
    assert isinstance(done, Proposal)
    assert (done.stage, done.approved_by) == (Stage.GOING, "Chief")
    assert approved(wait, CHIEF, "m2", NOW + APPROVE_WITHIN) is Fault.TOO_LATE


def test_the_second_person_is_another_and_a_supervisor():
    assert approved(waiting(), TWO, "m2", NOW) is Fault.NO_SUPERVISOR
    same = replace(CHIEF, name="One")
    assert approved(waiting(), same, "m2", NOW) is Fault.SAME_PERSON


def test_nobody_agrees_to_what_is_not_confirmed_or_is_done():
    assert approved(a_proposal(), CHIEF, "m2", NOW) is Fault.NOT_CONFIRMED
    done = approved(waiting(), CHIEF, "m2", NOW)
    assert isinstance(done, Proposal)
    assert approved(done, CHIEF, "m3", NOW) is Fault.DONE
    assert approved(done, CHIEF, "m2", NOW) == done
    assert confirmed(waiting(), ONE, "m9", NOW) is Fault.WAITS


def test_what_is_dropped_is_never_done():
    gone = dropped(waiting(), CHIEF, "m2")
    assert isinstance(gone, Proposal)
    assert approved(gone, CHIEF, "m3", NOW) is Fault.DROPPED
    assert confirmed(gone, ONE, "m3", NOW) is Fault.DROPPED
    assert dropped(gone, ONE, "m3") is Fault.DROPPED
    assert dropped(a_proposal(), TWO, "m2") is Fault.NOT_YOURS


def test_what_is_being_done_cannot_be_dropped():
    done = confirmed(a_proposal(), ONE, "m1", NOW)
    assert isinstance(done, Proposal)
    assert dropped(done, ONE, "m2") is Fault.DONE


@pytest.mark.parametrize(
    ("role", "included"),
    [
        (Role.VIEWER, {Role.VIEWER}),
        (Role.AGENT, {Role.VIEWER, Role.AGENT}),
        (Role.SUPERVISOR, set(Role)),
    ],
)
def test_each_role_may_do_what_the_lesser_ones_may(role, included):
    assert {other for other in Role if role.includes(other)} == included


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("tg:123", True),
        ("wa:0123456789abcdef", True),
        ("+971500000001", True),
        ("tg:-100", False),
        ("wa:1", False),
        ("971500000001", False),
        ("", False),
    ],
)
def test_an_identity_is_a_private_chat_or_a_phone(text, is_one):
    assert is_identity(text) is is_one
