"""What shall happen in a run, drawn in advance from one seed.

The same seed draws the same payers, faults and kills; what they meet is up to the
machine.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from tests.chaos.helps import Call, calls
from tests.networks import TELEGRAM, WHATSAPP

SPEED = 10
"""How many times faster the product asks PayBy what became of an order."""
_FIRST_CHAT = 900_001
_FIRST_NUMBER = 971_50_000_1000
_WALKS_IN_S = (0.2, 6.0)
_STORES_KNOWN = 40
_STORES_TRIED = 5
_KILLED_WHILE_STARTING = 0.2
_STARTS_FOR_S = (0.5, 4.0)
_READY = 0.7  # of the time between kills; the rest goes into starting
_AMOUNTS = ("5", "10", "12.50", "20", "35", "50")


class Mind(StrEnum):
    """What a payer does with the code."""

    PAYS = "pays"
    CHECKS = "pays, and taps Check now at the same time"
    LEAVES = "never pays"
    CANCELS = "cancels"
    CANCELS_AT_THE_TILL = "cancels while the cashier takes the cash"
    ASKS_ANEW = "wants another amount, and pays that"
    BLOCKS = "blocks us, pays, and comes back"


@dataclass(frozen=True, kw_only=True)
class Wish:
    """One payer's top-up, and how they go about it."""

    at: float
    """When they begin, in seconds from the start."""
    phone: str
    account: str
    amount: str
    mind: Mind
    taps: int
    """How often they tap Confirm at once."""
    walks_for: float
    """Seconds between seeing the code and standing at a till."""
    stores: tuple[str, ...]
    """Where they try to pay, in turn."""
    looks: bool
    """Whether the cashier looks at the code before entering the password."""
    cashiers: int
    """How many cashiers scan the code at the same time."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """A fault of the outside world, from a moment on for one call."""

    at: float
    target: str
    mode: str
    how: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Kill:
    """An end of the product, which is started again at once."""

    after: float
    """How many seconds it has lived then."""
    while_starting: bool
    """Whether these are counted from its start, and not from when it was ready."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that shall happen."""

    seed: int
    seconds: int
    wishes: tuple[Wish, ...]
    troubles: tuple[Trouble, ...]
    kills: tuple[Kill, ...]
    calls: tuple[Call, ...]


@dataclass(frozen=True, kw_only=True)
class _Spoiling:
    """How much of a kind of call goes wrong, and how."""

    target: str
    calls: float
    """How many of them a top-up makes, about; where it makes them on one network."""
    share: float
    modes: tuple[str, ...]


_MINDS = {
    Mind.PAYS: 65,
    Mind.CHECKS: 10,
    Mind.LEAVES: 5,
    Mind.CANCELS: 5,
    Mind.CANCELS_AT_THE_TILL: 5,
    Mind.ASKS_ANEW: 5,
    Mind.BLOCKS: 5,
}
_GATEWAY_MODES = (
    "SYSTEM_ERROR",
    "http500",
    "timeout",
    "drop_after_accept",
    "slow",
    "429",
    "bad_sign",
)
_TELEGRAM_MODES = ("429", "http500", "drop_after_accept", "timeout", "slow", "junk")
_TWILIO_MODES = (
    "429",
    "http500",
    "accept_then_500",
    "accept_then_timeout",
    "timeout",
    "fail_63012",
)
_WORD_MODES = ("lost", "doubled", "late", "reordered")
_REFUNDS = 0.1  # about, for each top-up
_SPOILINGS = (
    _Spoiling(target="payby.placeOrder", calls=1, share=0.05, modes=_GATEWAY_MODES),
    _Spoiling(target="payby.getOrder", calls=0.5, share=0.05, modes=_GATEWAY_MODES),
    _Spoiling(target="payby.cancelOrder", calls=0.1, share=0.1, modes=_GATEWAY_MODES),
    _Spoiling(
        target="payby.refund.placeOrder",
        calls=_REFUNDS,
        share=0.3,
        modes=_GATEWAY_MODES,
    ),
    _Spoiling(
        target="payby.refunds", calls=_REFUNDS, share=0.2, modes=("fails", "stays")
    ),
    _Spoiling(
        target="payby.notify",
        calls=1,
        share=0.3,
        modes=("no_notify", "no_notify", "duplicate", "delay"),
    ),
    _Spoiling(
        target="telegram.sendMessage", calls=3, share=0.05, modes=_TELEGRAM_MODES
    ),
    _Spoiling(target="telegram.sendPhoto", calls=1, share=0.05, modes=_TELEGRAM_MODES),
    _Spoiling(
        target="telegram.editMessageMedia", calls=1, share=0.05, modes=_TELEGRAM_MODES
    ),
    _Spoiling(
        target="telegram.answerCallbackQuery",
        calls=1,
        share=0.02,
        modes=_TELEGRAM_MODES,
    ),
    _Spoiling(target="twilio.messages", calls=4, share=0.05, modes=_TWILIO_MODES),
    _Spoiling(target="twilio.status", calls=8, share=0.1, modes=_WORD_MODES),
)
_MODES_THAT_WAIT = {"timeout", "accept_then_timeout", "slow", "delay", "late"}
_NETWORKS = (TELEGRAM, WHATSAPP)
_OUTAGES = (
    ("payby.*", "down", 25),
    ("payby.*", "http500", 25),
    ("payby.notify", "no_notify", 40),
)
"""What fails for so many calls in a row, each once in a run."""


def drawn(seed: int, *, orders: int, seconds: int, kills: int, accounts: int) -> Plan:
    """Draw a run: so many top-ups within so many seconds, for so many accounts."""
    dice = random.Random(seed)  # noqa: S311  (the same run for the same seed)
    return Plan(
        seed=seed,
        seconds=seconds,
        wishes=tuple(
            _wish(dice, number, dice.uniform(0, seconds), accounts)
            for number in range(orders)
        ),
        troubles=tuple(_troubles(dice, orders, seconds)),
        kills=tuple(_kill(dice, seconds / kills) for _ in range(kills)),
        calls=tuple(calls(dice, orders)),
    )


def _wish(dice: random.Random, number: int, at: float, accounts: int) -> Wish:
    stores = range(1, _STORES_KNOWN + 1)
    tried = dice.sample(stores, _STORES_TRIED)
    return Wish(
        at=at,
        phone=_phone(dice.choice(_NETWORKS), number),
        account=f"tester-{number % accounts}",
        amount=dice.choice(_AMOUNTS),
        mind=dice.choices(tuple(_MINDS), tuple(_MINDS.values()))[0],
        taps=3 if dice.random() < 0.05 else 1,
        walks_for=dice.uniform(*_WALKS_IN_S),
        stores=tuple(f"store-{place:03}" for place in tried),
        looks=dice.random() < 0.3,
        cashiers=2 if dice.random() < 0.05 else 1,
    )


def network_of(phone: str) -> str:
    """Tell where a payer's phone is: a number is on WhatsApp."""
    return WHATSAPP if phone.startswith("+") else TELEGRAM


def _phone(network: str, number: int) -> str:
    if network == WHATSAPP:
        return f"+{_FIRST_NUMBER + number}"
    return str(_FIRST_CHAT + number)


def _troubles(dice: random.Random, orders: int, seconds: int) -> Iterator[Trouble]:
    for spoiling in _SPOILINGS:
        on_network = spoiling.target.partition(".")[0] != "payby"
        top_ups = orders / len(_NETWORKS) if on_network else orders
        for _ in range(round(top_ups * spoiling.calls * spoiling.share)):
            mode = dice.choice(spoiling.modes)
            yield Trouble(
                at=dice.uniform(0, seconds),
                target=spoiling.target,
                mode=mode,
                how=_how(dice, mode),
            )
    for target, mode, times in _OUTAGES:
        most = max(1, min(times, orders // 4))
        at = dice.uniform(0, seconds)
        yield Trouble(at=at, target=target, mode=mode, how={"times": most})


def _how(dice: random.Random, mode: str) -> dict[str, int]:
    """Draw how long it takes: less or more than the product's own patience."""
    if mode in _MODES_THAT_WAIT:
        return {"delay_ms": dice.randint(500, 12_000)}
    return {"retry_after": dice.randint(1, 3)} if mode == "429" else {}


def _kill(dice: random.Random, every: float) -> Kill:
    if dice.random() < _KILLED_WHILE_STARTING:
        return Kill(dice.uniform(*_STARTS_FOR_S), while_starting=True)
    return Kill(dice.uniform(0, 2 * every * _READY), while_starting=False)
