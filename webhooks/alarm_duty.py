"""Puts the alarms together: what each worker looks at, and where it is told."""

from bot.alarm_desk import AlarmDesk
from bot.courier import Courier
from core.alarms import DUTY, AlarmParts, Alarms
from core.backlog import Backlog
from core.database.alarm_looks import SqlLooks
from core.database.alarms import SqlAlarms
from core.duties import Duty
from webhooks.books import Books
from webhooks.ground import Ground
from webhooks.looks_here import LooksHere
from webhooks.settings import Settings


def alarm_duty(
    settings: Settings,
    ground: Ground,
    books: Books,
    courier: Courier,
    backlog: Backlog,
    looks_here: LooksHere,
) -> Duty:
    """Make the duty that every worker has for itself."""
    leases, every = books.leases, settings.alarm_looks_every
    desk = AlarmDesk(courier, ground.support_chat)
    parts = AlarmParts(
        alarms=SqlAlarms(ground.database, ground.clock),
        looks=SqlLooks(ground.database),
        backlog=backlog,
        look_here=looks_here.troubles,
        tell=desk.tell,
        tell_over=desk.tell_over,
        leases=leases,
        clock=ground.clock,
    )
    worker = settings.worker
    turn = Alarms(parts, worker, every).turn
    return Duty(f"{DUTY}:{worker}", turn, every=every, leases=leases, worker=worker)
