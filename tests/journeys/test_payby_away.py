"""PayBy is away for an hour: nobody is told anything false, and all is caught up."""

import time
from collections import Counter

import pytest

from tests.contract.sandbox.payby.merchant import now_ms
from tests.crowd import Waiting, let_wait
from tests.networks import on_both
from tests.phones import Code, Phone
from tests.sandbox_client import Json
from tests.waiting import until
from tests.world import World

SPEED = 360
HOUR_S = 3600 / SPEED
OPEN = 500
PAYING = 40
LOOKS_PER_SECOND = 50
RESTS_S = (2, 4, 8)
"""Each rest lasts at most so long, and at least half of it: the third gives a busy
machine four seconds to ask something of a product that leaves PayBy alone."""
AWAY = {"mode": "down", "times": "until cleared"}


REHEARSAL = {
    "rehearsal_speed": SPEED,
    "order_hours": 47,
    "payby_looks_per_second": LOOKS_PER_SECOND,
    "telegram_pushes_per_second": 100,
}
"""An hour lasts ten seconds."""


def test_while_payby_is_away_payers_hear_so_and_nothing_is_lost(world: World):
    """Payers on both networks sit it out together: our rests take their time."""
    payers, later = on_both(world), on_both(world)
    codes = [payer.order() for payer in payers]
    before = world.order_numbers()
    for each in later:
        each.ask()
    world.fault("payby.*", **AWAY)
    for _ in range(3):
        _check_in_vain(payers)
    for rest_s in RESTS_S[:-1]:
        time.sleep(rest_s)
        _check_in_vain(payers)
    for each in later:
        each.press("Confirm")
        told = each.wait_for("because PayBy does not answer", button="Try again")
        assert "Nothing was ordered or charged" in told.text
    assert not world.findings()["gateway_guard"]["ok"]
    assert world.order_numbers() == before
    for code in codes:
        code.pay()
        assert len(code.results()) == 1
    world.clear_faults()
    time.sleep(RESTS_S[-1])
    new = {_tries_again(each).number for each in later}
    assert world.order_numbers() - before == new


@pytest.mark.timeout(300)
def test_after_an_hour_without_payby_500_open_orders_are_caught_up_at_a_bounded_rate(
    rehearsal: World,
):
    world = rehearsal
    payers = on_both(world, OPEN)
    _greet(payers[:PAYING])
    crowd = let_wait(world, payers)
    paid, unpaid = crowd[:PAYING], crowd[PAYING:]
    gone_at = _go_away(world)
    for each in paid:
        world.scan(each.qr)
    time.sleep(HOUR_S)
    assert 1 <= len(_calls(world, since=gone_at)) <= OPEN / 5
    assert _told(world, since=gone_at) == set()
    back_at = _come_back(world)

    until(lambda: _all_are(world, paid, "credited"), "what was paid to be credited")
    until(lambda: _all_asked_for(world, gone_at, unpaid), "all to be asked for", 120)
    first = list(_asked_for(world, back_at))[: 2 * PAYING]
    assert {each.number for each in paid} <= set(first)
    assert _most_in_a_second(world, back_at) <= LOOKS_PER_SECOND * 1.2
    assert _all_are(world, unpaid, "open")
    for each in paid:
        assert world.found_by(each.number) == ["asking"]
        until(lambda: each.phone.said(each.number), "the result")  # noqa: B023  (called at once)
        (result,) = each.phone.said(each.number)
        assert "paid. Thank you!" in result.text
    assert _told(world, since=gone_at) == {each.phone.name for each in paid}


def _tries_again(payer: Phone) -> Code:
    payer.press("Try again")
    return payer.code()


def _check_in_vain(payers: list[Phone]) -> None:
    for payer in payers:
        payer.press("Check now")
        told = payer.wait_for("I cannot reach PayBy right now")
        assert "Your code stays valid until" in told.text


def _greet(payers: list[Phone]) -> None:
    """Let them open the chat."""
    for payer in payers:
        payer.type("/language")
    for payer in payers:
        payer.wait_for(button="English")


def _told(world: World, since: int) -> set[str]:
    """Tell which phones the bot has written to since then."""
    telegrams = world.get("telegram/calls", method="sendMessage")["calls"]
    twilios = world.get("twilio/calls", call="messages.create")["calls"]
    told = {str(call["chat_id"]) for call in telegrams if call["at"] >= since}
    return told | {
        call["params"]["To"].removeprefix("whatsapp:")
        for call in twilios
        if call["at"] >= since
    }


def _go_away(world: World) -> int:
    """Let PayBy neither answer nor bring notices; from when on, in ms."""
    world.fault("payby.notify", "no_notify", times="until cleared")
    world.fault("payby.*", **AWAY)
    return now_ms()


def _come_back(world: World) -> int:
    back_at = now_ms()
    world.clear_faults()
    return back_at


def _all_are(world: World, crowd: list[Waiting], status: str) -> bool:
    return all(world.our_status(each.number) == status for each in crowd)


def _all_asked_for(world: World, since: int, crowd: list[Waiting]) -> bool:
    time.sleep(1)  # so long a list is not read all the time
    return {each.number for each in crowd} <= _asked_for(world, since).keys()


def _calls(world: World, since: int) -> list[Json]:
    calls: list[Json] = world.get("payby/calls")["calls"]
    return [call for call in calls if call["at"] >= since]


def _asked_for(world: World, since: int) -> Counter[str]:
    """How often PayBy was asked for each order since then, the first ones first."""
    questions = world.payby_calls("getOrder")
    return Counter(call["merchantOrderNo"] for call in questions if call["at"] >= since)


def _most_in_a_second(world: World, since: int) -> int:
    times = [call["at"] for call in _calls(world, since)]
    return max(
        sum(begin <= at < begin + 1000 for at in times[index:])
        for index, begin in enumerate(times)
    )
