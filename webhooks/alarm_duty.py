"""Puts the alarms together: what each worker looks at, and where it is told."""

from bot.alarm_desk import AlarmDesk
from bot.courier import Courier
from core.alarms import DUTY, AlarmParts, Alarms
from core.backlog import Backlog
from core.database.alarm_looks import SqlLooks
from core.database.alarms import SqlAlarms
from core.database.engine import Database
from core.database.leases import SqlLeases
from core.duties import Duty
from core.ports import Clock
from webhooks.looks_here import LooksHere
from webhooks.settings import Settings


def alarm_duty(
    settings: Settings,
    *,
    database: Database,
    backlog: Backlog,
    looks_here: LooksHere,
    courier: Courier,
    clock: Clock,
) -> Duty:
    """Make the duty that every worker has for itself."""
    leases, every = SqlLeases(database, clock), settings.alarm_looks_every
    desk = AlarmDesk(courier, settings.support_conversation)
    parts = AlarmParts(
        alarms=SqlAlarms(database, clock),
        looks=SqlLooks(database),
        backlog=backlog,
        look_here=looks_here.troubles,
        tell=desk.tell,
        tell_over=desk.tell_over,
        leases=leases,
        clock=clock,
    )
    worker = settings.worker
    turn = Alarms(parts, worker, every).turn
    return Duty(f"{DUTY}:{worker}", turn, every=every, leases=leases, worker=worker)
