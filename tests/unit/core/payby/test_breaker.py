"""PayBy is left alone while it is in trouble, and found again when it is back."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from structlog.testing import capture_logs

from core.domain.errors import (
    GatewayError,
    GatewayRefusesUs,
    GatewayRejected,
    GatewayResting,
    GatewayUnavailable,
    OutcomeUnknown,
)
from core.domain.money import Money
from core.domain.terms import Pace
from core.payby.breaker import Breaker
from core.payby.guarded import GuardedGateway
from core.ports import NewOrder
from tests.fake_gateway import FakeGateway
from tests.fakes import HandClock

DOWN = GatewayUnavailable("PayBy can't be reached.", "CONNECT")
SILENT = OutcomeUnknown("PayBy did not answer in time.", "TIMEOUT")
REFUSED = GatewayRejected("ORDER_PAID", "62001")
UNREADABLE = OutcomeUnknown("PayBy's answer can't be read.", "UNREADABLE")
OUR_CLOCK = GatewayRefusesUs("PayBy refuses our clock.", "400")
SECOND = timedelta(seconds=1)
A_LITTLE = timedelta(milliseconds=1)


@pytest.fixture
def clock():
    return HandClock()


@pytest.fixture
def breaker(clock):
    return Breaker(clock, Pace())


def call(breaker: Breaker, error: GatewayError | None = None) -> None:
    """Make one guarded call, which ends with the error if there is one."""
    try:
        with breaker.guarding("T261124-AAAA2222"):
            if error:
                raise error
    except GatewayError as caught:
        assert caught is error  # noqa: PT017  (being turned away is another)


def open_up(breaker: Breaker) -> None:
    for _ in range(5):
        call(breaker, SILENT)


def rest_of(breaker: Breaker, clock: HandClock) -> timedelta:
    """Let the rest pass by and tell how long it was, to the tenth of a second."""
    begun = clock.now()
    while breaker.is_resting:
        clock.pass_by(SECOND / 10)
    return clock.now() - begun


@pytest.mark.parametrize("trouble", [DOWN, SILENT])
def test_five_troubles_in_a_row_bring_a_rest(breaker, trouble):
    for _ in range(4):
        call(breaker, trouble)
        assert not breaker.is_resting
    call(breaker, trouble)
    assert breaker.is_resting


@pytest.mark.parametrize("answer", [None, REFUSED, UNREADABLE])
def test_an_answer_in_between_starts_the_count_anew(breaker, answer):
    for _ in range(3):
        for _ in range(4):
            call(breaker, DOWN)
        call(breaker, answer)
    assert not breaker.is_resting


def test_a_refusal_of_our_set_up_brings_a_rest_at_once(breaker):
    call(breaker, OUR_CLOCK)
    assert breaker.is_resting


def test_a_call_that_is_turned_away_says_since_when_and_why(breaker):
    assert breaker.why == ""
    open_up(breaker)
    with pytest.raises(GatewayResting) as caught, breaker.guarding("T261124-BBBB2222"):
        pytest.fail("The call went ahead.")
    assert caught.value.order_no == "T261124-BBBB2222"
    assert caught.value.message == breaker.why
    assert breaker.why == (
        "PayBy is left alone since 2026-11-24 08:00:00 UTC. "
        "Last trouble: PayBy did not answer in time."
    )


def test_every_rest_is_twice_as_long_up_to_a_minute(breaker, clock):
    open_up(breaker)
    for seconds in (2, 4, 8, 16, 32, 60, 60):
        rest = rest_of(breaker, clock)
        assert seconds * SECOND / 2 <= rest <= seconds * SECOND + SECOND / 10
        call(breaker, DOWN)
        assert breaker.is_resting
    assert "since 2026-11-24 08:00:00" in breaker.why


def test_in_a_rehearsal_rests_pass_as_fast_as_all_else(clock):
    breaker = Breaker(clock, Pace().faster(20))
    call(breaker, OUR_CLOCK)
    clock.pass_by(2 * SECOND / 20)
    assert not breaker.is_resting
    for _ in range(9):
        call(breaker, DOWN)
        clock.pass_by(60 * SECOND / 20)
        assert not breaker.is_resting


def test_rests_differ_so_that_workers_do_not_come_back_together(clock):
    rests = set()
    for _ in range(50):
        breaker = Breaker(clock, Pace())
        call(breaker, OUR_CLOCK)
        rests.add(rest_of(breaker, clock))
    assert len(rests) > 3


def test_only_one_call_finds_out_whether_payby_is_back(breaker, clock):
    open_up(breaker)
    rest_of(breaker, clock)
    with breaker.guarding():
        assert breaker.is_resting
        with pytest.raises(GatewayResting), breaker.guarding():
            pytest.fail("A second call went ahead.")
    assert not breaker.is_resting


@pytest.mark.parametrize("answer", [None, REFUSED, UNREADABLE])
def test_any_answer_ends_the_rests(breaker, clock, answer):
    open_up(breaker)
    rest_of(breaker, clock)
    call(breaker, DOWN)
    rest_of(breaker, clock)
    call(breaker, answer)
    assert breaker.why == ""
    open_up(breaker)
    assert rest_of(breaker, clock) <= 2 * SECOND + SECOND / 10


@pytest.mark.parametrize("end", [asyncio.CancelledError, RuntimeError])
def test_a_probe_that_is_cancelled_lets_the_next_call_find_out(breaker, clock, end):
    open_up(breaker)
    rest_of(breaker, clock)
    with pytest.raises(end), breaker.guarding():
        raise end
    assert not breaker.is_resting
    assert breaker.why
    call(breaker)
    assert breaker.why == ""


def test_calls_from_before_a_rest_say_nothing_of_the_time_after_it(breaker, clock):
    hanging = [breaker.guarding() for _ in range(5)]
    for one in hanging:
        one.__enter__()
    open_up(breaker)
    rest_of(breaker, clock)
    call(breaker)
    for one in hanging:
        one.__exit__(OutcomeUnknown, SILENT, None)
    assert not breaker.is_resting


def test_a_late_answer_does_not_end_a_rest(breaker, clock):
    late = breaker.guarding()
    late.__enter__()
    open_up(breaker)
    late.__exit__(None, None, None)
    assert breaker.is_resting


def test_a_clock_that_is_set_back_makes_no_rest_longer(breaker, clock):
    call(breaker, OUR_CLOCK)
    clock.pass_by(timedelta(minutes=-20))
    assert not breaker.is_resting
    call(breaker)
    assert breaker.why == ""


def test_a_rest_and_its_end_are_logged_once_each(breaker, clock):
    with capture_logs() as lines:
        open_up(breaker)
        rest_of(breaker, clock)
        call(breaker, DOWN)
        rest_of(breaker, clock)
        call(breaker)
    resting, back = lines
    assert resting["event"] == "payby_resting"
    assert 1 <= resting["rest_s"] <= 2
    assert resting["why"] == "PayBy did not answer in time."
    assert back["event"] == "payby_back"
    assert 3 <= back["away_s"] <= 6.2


DAY = date(2026, 11, 24)
NUMBER = "T261124-AAAA2222"
LATER = datetime.fromisoformat("2026-11-25T08:00:00Z")
CALLS = {
    "create": lambda gateway: gateway.create_order(
        NewOrder(
            merchant_order_no=NUMBER,
            amount=Money(5000),
            subject="Coins",
            expires_at=LATER,
        )
    ),
    "get": lambda gateway: gateway.get_order(NUMBER),
    "cancel": lambda gateway: gateway.cancel_order(NUMBER),
    "expiry": lambda gateway: gateway.change_expiry(NUMBER, LATER),
    "scanned": lambda gateway: gateway.was_scanned("https://checkout.test/1"),
    "list": lambda gateway: gateway.paid_orders(DAY, DAY),
}


@pytest.mark.parametrize("name", CALLS)
async def test_every_call_of_the_gateway_is_guarded(name, clock):
    fake = FakeGateway(clock)
    gateway = GuardedGateway(fake, clock, Pace())
    fake.fails(name, SILENT, times=5)
    for _ in range(5):
        with pytest.raises(OutcomeUnknown):
            await CALLS[name](gateway)
    assert gateway.is_resting
    with pytest.raises(GatewayResting):
        await CALLS[name](gateway)
    assert [call for call, _ in fake.calls] == [name] * 5
    assert "did not answer in time" in gateway.why


async def test_of_many_calls_at_once_one_probes_and_the_rest_are_turned_away(clock):
    fake = FakeGateway(clock)
    gateway = GuardedGateway(fake, clock, Pace())
    fake.fails("get", DOWN, times=100)
    asked = [gateway.get_order(NUMBER) for _ in range(20)]
    await asyncio.gather(*asked, return_exceptions=True)
    before = len(fake.calls)
    clock.pass_by(2 * SECOND)
    asked = [gateway.get_order(NUMBER) for _ in range(20)]
    ends = await asyncio.gather(*asked, return_exceptions=True)
    assert len(fake.calls) == before + 1
    assert [type(end) for end in ends].count(GatewayResting) == 19
