"""Faults: the stand-ins misbehave on command.

Each stand-in *offers* its targets with the modes it knows how to play, and *takes* a
fault where it answers a call. What it does with one is told where it is taken.
"""

from collections import defaultdict, deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace


class UnknownFault(ValueError):
    """No stand-in can play this fault; the text is one sentence for its author."""


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What shall go wrong, and how often."""

    target: str
    """Which call: ``payby.placeOrder``, ``payby.notify``, ``telegram.sendPhoto`` …"""

    mode: str
    """What happens: ``timeout``, ``http500``, ``drop_after_accept``, ``429`` …"""

    times: int = 1
    """How many calls it still spoils."""

    delay_ms: int | None = None
    """How long to wait, for the modes that wait; None: the stand-in's own idea."""

    retry_after: int | None = None
    """Seconds to ask the caller to wait, for the modes that say so."""


class Faults:
    """The faults waiting for their call, first come first served per target."""

    def __init__(self) -> None:
        self._offers: dict[str, frozenset[str]] = {}
        self._aliases: dict[str, Mapping[str, str]] = {}
        self._waiting: dict[str, deque[Fault]] = defaultdict(deque)

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
            self._offers[target] = frozenset(modes)
            self._aliases[target] = aliases or {}

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
        self._waiting[fault.target].append(replace(fault, mode=mode))

    def take(self, target: str) -> Fault | None:
        """Give the fault this call has to play, used up once, or None."""
        queue = self._waiting[target]
        if not queue:
            return None
        fault = queue[0]
        if fault.times > 1:
            queue[0] = replace(fault, times=fault.times - 1)
        else:
            queue.popleft()
        return fault

    def waiting(self) -> list[Fault]:
        """Faults not yet used up, by target."""
        return [fault for _, queue in sorted(self._waiting.items()) for fault in queue]

    def clear(self) -> None:
        """Forget every waiting fault; the offers stay."""
        self._waiting.clear()
