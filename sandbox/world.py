"""The outside world on your desk: the parts every stand-in shares."""

from dataclasses import dataclass, field

from sandbox.clock import Clock
from sandbox.config import Config
from sandbox.events import Events
from sandbox.faults import Faults


@dataclass(frozen=True, kw_only=True)
class World:
    """What each stand-in is built from; its own state it keeps itself."""

    config: Config
    clock: Clock
    faults: Faults = field(default_factory=Faults)
    events: Events = field(default_factory=Events)
