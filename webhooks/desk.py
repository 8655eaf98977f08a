"""Puts the support desk together."""

from bot.staff.desk import StaffDesk
from core.database.engine import Database
from core.database.staff import SqlStaff
from core.ports import Clock


def staff_desk(database: Database, clock: Clock) -> StaffDesk:
    """Make every part of the desk."""
    return StaffDesk(SqlStaff(database, clock), [])
