"""Errors outlive a crash, and each answers its caller's question."""

import pickle
from collections.abc import Iterator

import pytest

from bot import channel
from core.domain import errors
from core.domain.errors import GatewayRejected, TopUpError
from core.domain.limits import Breach, Rule
from core.domain.money import AmountFault, BadAmount, Money
from core.payby.codec import WireError
from tests.fakes import NOW

ARGUMENTS: dict[type[Exception], tuple[object, ...]] = {
    errors.TopUpError: (),
    errors.GatewayError: ("It failed.", "62016", "T261124-AAAA2222"),
    errors.GatewayUnavailable: ("It is away.", "402", "T261124-AAAA2222"),
    errors.GatewayResting: ("It rests.", "", "T261124-AAAA2222"),
    errors.GatewayRefusesUs: ("It refuses us.", "400", "T261124-AAAA2222"),
    errors.OutcomeUnknown: ("No answer.", "TIMEOUT", "T261124-AAAA2222"),
    errors.GatewayRejected: ("It refuses.", "62016", "T261124-AAAA2222"),
    errors.BadSignature: ("The signature is missing.",),
    errors.IllegalMove: ("T261124-AAAA2222", "paid", "open"),
    errors.OrderNotFound: ("T261124-AAAA2222",),
    errors.AccountNotCreditable: ("player-1019", True),
    errors.AmountOutOfLimits: (Money(500), Money(200_000)),
    errors.OverLimit: (Breach(Rule.PAYER_DAY, Money(500), NOW, with_unpaid=True),),
    errors.CodeIsLive: ("T261124-AAAA2222",),
    errors.Frozen: ("payer:tg:1",),
    errors.AtTheTill: ("T261124-AAAA2222",),
    errors.CannotExtend: ("T261124-AAAA2222",),
    errors.RefundNotFound: ("R261124-AAAA2222",),
    errors.NotRefundable: ("T261124-AAAA2222", "under_way"),
    errors.AccountSpent: ("player-1001", Money(1200)),
    errors.NothingToCredit: ("T261124-AAAA2222",),
    BadAmount: (AmountFault.TOO_LARGE,),
    WireError: ("The body is not JSON.",),
    channel.SendError: ("told to wait", 3.0),
    channel.NotSent: ("told to wait", 3.0),
    channel.Unconfirmed: ("ReadTimeout", 2.0),
    channel.Refused: ("chat not found", 0.0),
    channel.Unreachable: ("blocked", 0.0),
    channel.Unworded: ("not written to us for a day", 0.0),
}


def family(error: type[Exception]) -> Iterator[type[Exception]]:
    yield error
    for child in error.__subclasses__():
        if child.__module__.split(".")[0] in {"core", "bot", "webhooks"}:
            yield from family(child)


EVERY = [*family(TopUpError), *family(channel.SendError), BadAmount, WireError]


def test_no_error_is_forgotten_here():
    assert set(EVERY) == set(ARGUMENTS)


@pytest.mark.parametrize("kind", EVERY, ids=lambda kind: kind.__name__)
def test_every_error_survives_being_stored_by_the_engine(kind):
    error = kind(*ARGUMENTS[kind])
    again = pickle.loads(pickle.dumps(error))  # noqa: S301  (our own bytes)
    assert type(again) is kind
    assert again.args == error.args
    assert vars(again) == vars(error)
    assert str(again) == str(error)


@pytest.mark.parametrize("kind", [*family(TopUpError)], ids=lambda kind: kind.__name__)
def test_every_error_tells_its_caller_what_it_means(kind):
    assert kind.__doc__
    assert kind.__name__ in (errors.__doc__ or "")


def test_a_gateway_error_says_code_and_number_in_one_line():
    assert str(GatewayRejected("It refuses.")) == "It refuses."
    whole = GatewayRejected("It refuses.", "62016", "T1")
    assert str(whole) == "It refuses. (code 62016, T1)"
