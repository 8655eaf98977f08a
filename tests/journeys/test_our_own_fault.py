"""PayBy refuses us, for our clock or our key: payers hear so, and nothing is wrong.

Nothing is made at PayBy meanwhile, codes that are out still work, and when the clock
or the key is right again all goes on by itself.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from itertools import cycle

import pytest

from tests.networks import TELEGRAM, WHATSAPP
from tests.phones import Code, Phone
from tests.waiting import until
from tests.world import World

Wrong = Callable[[], AbstractContextManager[None]]

SAYS = {
    "clock": ("PayBy refuses our clock by", "set this server's time"),
    "key": ("PayBy does not accept our signature", "public key in the merchant portal"),
}


@pytest.fixture(params=["clock", "key"])
def fault(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def wrong(world: World, fault: str) -> Wrong:
    """Let our clock be 20 minutes wrong, or PayBy not know our key, for a while."""

    @contextmanager
    def wrong() -> Iterator[None]:
        if fault == "clock":
            world.post("clock", {"ahead_seconds": 1200})
        else:
            world.fault("payby.*", "bad_request_sign", times="until cleared")
        try:
            yield
        finally:
            world.post("clock", {"ahead_seconds": 0})
            world.clear_faults()

    return wrong


def test_payers_are_told_the_truth_and_all_goes_on_when_it_is_mended(
    world: World, wrong: Wrong
):
    code, before = world.phone().order(), world.order_numbers()
    with wrong():
        payers = list(_until_one_is_turned_away(world))
        told = payers[-1].wait_for("I cannot make a code", button="Try again")
        assert "Nothing was ordered or charged" in told.text
        code.pay()
        assert len(code.results()) == 1
        assert world.order_numbers() == before
    codes = [_code_after_all(world, payer) for payer in payers]
    assert world.order_numbers() - before == {code.number for code in codes}
    for code in codes:
        code.pay()
        assert len(code.results()) == 1
    assert not any(payer.said("could not be made") for payer in payers)


def _until_one_is_turned_away(world: World) -> Iterator[Phone]:
    """Let payers confirm, until PayBy rests when one of them does: rests grow.

    They come on both networks in turn.
    """
    for network in cycle((WHATSAPP, TELEGRAM)):
        payer = world.phone(network=network)
        payer.confirm()
        until(partial(_is_answered, payer), "an answer to the confirmation")
        yield payer
        if _is_turned_away(payer):
            return


def _is_answered(payer: Phone) -> bool:
    return _is_waiting(payer) or _is_turned_away(payer)


def _is_waiting(payer: Phone) -> bool:
    return bool(payer.said("PayBy needs a little longer"))


def _is_turned_away(payer: Phone) -> bool:
    """At once, since somebody else's order had shown that PayBy refuses us."""
    return bool(payer.said("I cannot make a code right now"))


def _code_after_all(world: World, payer: Phone) -> Code:
    until(lambda: _has_code(payer), f"a code; the chat: {payer.texts()}", within=90)
    return Code(world, payer, payer.said("", kind="photo")[-1])


def _has_code(payer: Phone) -> bool:
    if payer.said("", kind="photo"):
        return True
    if _is_turned_away(payer):  # PayBy is asked again a few seconds later
        payer.press("Try again")
        time.sleep(1)
    return False


def test_the_state_says_what_is_wrong_and_what_to_do(
    world: World, wrong: Wrong, fault: str
):
    with wrong():
        world.kill_product()
        world.start_product()
        until(lambda: not _is_well(world, "gateway_guard"), "the guard to tell")
        found = world.findings()
        for part in SAYS[fault]:
            assert part in found["payby"]["says"]
        assert found["clock"]["ok"] == (fault != "clock")
        assert found["database"]["ok"]
    payer = world.phone()
    payer.confirm()
    _code_after_all(world, payer)
    for name in ("payby", "clock", "gateway_guard"):
        until(partial(_is_well, world, name), f"{name} to be well")


def _is_well(world: World, name: str) -> bool:
    return world.findings()[name]["ok"]
