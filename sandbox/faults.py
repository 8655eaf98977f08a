"""Faults: the stand-ins misbehave on command.

Each stand-in *offers* its targets with the modes it knows how to play, and *takes* a
fault where it answers a call. What it does with one is told where it is taken.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Literal, TypeAlias

Times: TypeAlias = int | Literal["until cleared"]


class UnknownFault(ValueError):
    """No stand-in can play this fault; the text is one sentence for its author."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What shall go wrong, and how often."""

    target: str
    """Which call: ``payby.placeOrder``, ``payby.notify``, ``telegram.sendPhoto`` …

    ``payby.*`` is every call of PayBy that knows the mode, ``telegram.*`` every method.
    """

    mode: str
    """What happens: ``timeout``, ``http500``, ``drop_after_accept``, ``429`` …"""

    times: Times = 1
    """How many calls it still spoils."""

    chance: float | None = None
    """How likely it spoils a call, up to 1; None: it spoils each."""

    seed: int | None = None
    """Lets chance fall alike for the same calls in the same order."""

    delay_ms: int | None = None
    """How long to wait, for the modes that wait; None: the stand-in's own idea."""

    retry_after: int | None = None
    """Seconds to ask the caller to wait, for the modes that say so."""

    about: str | None = None
    """The chat, phone number or merchantOrderNo whose calls it spoils; None: anyone's.

    A notice of a refund goes by the refund's own number.
    """


@dataclass(eq=False)
class _Waiting:
    fault: Fault
    dice: Random

    def strikes(self) -> bool:
        chance = self.fault.chance
        return chance is None or self.dice.random() < chance


class Faults:
    """The faults waiting for their call, first come first served."""

    def __init__(self) -> None:
        self._offers: dict[str, frozenset[str]] = {}
        self._aliases: dict[str, Mapping[str, str]] = {}
        self._waiting: list[_Waiting] = []

    def offer(
        self,
        targets: Iterable[str],
        modes: Collection[str],
        aliases: Mapping[str, str] | None = None,
    ) -> None:
        """Declare that a stand-in can play each of these modes on each target.

        `aliases` are other names of modes.
        """
        for target in targets:
            for name in (target, _family(target)):
                known = self._offers.get(name, frozenset())
                self._offers[name] = known | frozenset(modes)
                self._aliases[name] = {**self._aliases.get(name, {}), **(aliases or {})}

    def offers(self) -> dict[str, list[str]]:
        """Every target with its modes, in alphabetical order."""
        return {name: sorted(modes) for name, modes in sorted(self._offers.items())}

    def add(self, fault: Fault) -> None:
        """Let the next calls of a target go wrong; raises UnknownFault."""
        modes = self._offers.get(fault.target)
        if modes is None:
            raise UnknownFault(
                f"There is no fault target {fault.target!r}; "
                "GET /sandbox/faults lists them."
            )
        mode = self._aliases[fault.target].get(fault.mode, fault.mode)
        if mode not in modes:
            known = ", ".join(sorted(modes))
            raise UnknownFault(
                f"{fault.target} has no fault mode {fault.mode!r}; it knows {known}."
            )
        dice = Random(fault.seed)  # noqa: S311 (no secret hangs on it)
        self._waiting.append(_Waiting(replace(fault, mode=mode), dice))

    def take(self, target: str, about: str = "") -> Fault | None:
        """Give the fault this call has to play, used up once, or None.

        `about` is whom or what the call is about; empty for nobody and nothing.
        """
        for waiting in self._waiting:
            aims_here = waiting.fault.about in {None, about}
            is_meant = aims_here and self._is_meant(waiting.fault, target)
            if is_meant and waiting.strikes():
                fault = waiting.fault
                self._use_up(waiting)
                return fault
        return None

    def _is_meant(self, fault: Fault, target: str) -> bool:
        if fault.target == _family(target):
            return fault.mode in self._offers.get(target, ())
        return fault.target == target

    def _use_up(self, waiting: _Waiting) -> None:
        times = waiting.fault.times
        if times == 1:
            self._waiting.remove(waiting)
        elif isinstance(times, int):
            waiting.fault = replace(waiting.fault, times=times - 1)

    def waiting(self) -> list[Fault]:
        """Faults not yet used up, in the order they were added."""
        return [waiting.fault for waiting in self._waiting]

    def clear(self) -> None:
        """Forget every waiting fault; the offers stay."""
        self._waiting.clear()


def _family(target: str) -> str:
    """Name all of a stand-in's targets at once: ``payby.*``."""
    return target.partition(".")[0] + ".*"
