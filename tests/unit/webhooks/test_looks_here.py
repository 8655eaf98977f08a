"""Each process sees by itself when PayBy is away, the clock wrong or a door beset."""

from datetime import timedelta

import pytest

from core.domain.alarms import AlarmKind, Trouble
from core.payby.breaker import Away
from core.payby.exchange import Exchange
from tests.fakes import NOW, HandClock
from webhooks.looks_here import Answers, LooksHere
from webhooks.refusals import Refusals

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Here:
    """A process, and what it sees."""

    def __init__(self) -> None:
        self.away: Away | None = None
        self.answers = Answers()
        self.clock = HandClock()
        self.refusals = Refusals(self.clock, most=3)
        self._looks = LooksHere(
            gateway=self,
            answers=self.answers,
            refusals=self.refusals,
            clock=self.clock,
            worker="worker-1",
        )

    def hears(self, ahead: timedelta | None) -> None:
        """Get an answer of PayBy's, or none."""
        self.answers.heed(
            Exchange(
                call="getOrder",
                order_no="",
                code="0",
                msg="",
                trace_code="",
                duration_ms=1,
                at=NOW,
                clock_ahead=ahead,
            )
        )

    async def sees(self) -> list[Trouble]:
        return await self._looks.troubles()


@pytest.fixture
def here():
    return Here()


async def test_where_all_is_well_nothing_is_seen(here):
    here.hears(59 * SECOND)
    assert await here.sees() == []


async def test_payby_is_away_after_five_minutes_without_an_answer(here):
    since = NOW - 5 * MINUTE + SECOND
    here.away = Away(since=since, tried_at=NOW, said="No answer.")
    assert await here.sees() == []
    here.clock.pass_by(SECOND)
    [seen] = await here.sees()
    assert seen.kind is AlarmKind.PAYBY_AWAY
    assert seen.facts == {"since": "11:55", "why": "No answer."}


async def test_a_process_that_has_not_asked_lately_does_not_know_whether_it_is(here):
    here.away = Away(since=NOW - 9 * MINUTE, tried_at=NOW - 4 * MINUTE, said="")
    assert await here.sees() == []


@pytest.mark.parametrize("seconds", [60, -60, 86400])
async def test_a_clock_that_is_off_by_a_minute_is_seen(here, seconds):
    here.hears(seconds * SECOND)
    [seen] = await here.sees()
    assert seen.thing == (AlarmKind.CLOCK, "worker-1")
    assert seen.facts == {"seconds_ahead": f"{seconds:+}"}


async def test_the_clock_is_wrong_until_an_answer_says_that_it_is_right(here):
    here.hears(61 * SECOND)
    here.hears(None)
    assert len(await here.sees()) == 1
    here.hears(SECOND)
    assert await here.sees() == []


async def test_a_door_with_many_refusals_within_a_minute_is_seen(here):
    for _ in range(2):
        here.refusals.add("PayBy")
        here.refusals.add("Twilio")
    here.clock.pass_by(MINUTE - SECOND)
    assert await here.sees() == []
    here.refusals.add("PayBy")
    [seen] = await here.sees()
    assert seen.thing == (AlarmKind.BAD_SIGNATURES, "PayBy")
    here.clock.pass_by(SECOND)
    assert await here.sees() == []


async def test_refusals_that_are_spread_out_are_no_burst(here):
    for _ in range(9):
        here.refusals.add("PayBy")
        here.clock.pass_by(MINUTE / 2)
        assert await here.sees() == []
