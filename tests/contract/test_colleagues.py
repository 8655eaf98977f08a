"""A second person is asked in the desk's group, or each supervisor alone."""

import pytest

from bot.courier import Courier
from bot.messages import Outgoing
from bot.staff.colleagues import Colleagues
from core.database.messages import SqlMessages
from core.database.staff import SqlStaff
from core.domain.audit import AuditEntry
from core.domain.staff import Member, Role
from tests.fake_channel import FakeChannel, at_pace

GROUP = "tg:-100"
MESSAGE = Outgoing("Agree?")
PEOPLE = {
    "tg:1": ("One", Role.SUPERVISOR),
    "tg:2": ("Two", Role.SUPERVISOR),
    "tg:3": ("Three", Role.AGENT),
    "+971500000001": ("Four", Role.SUPERVISOR),  # has never written to us
}


@pytest.fixture
def channel():
    return FakeChannel()


@pytest.fixture
async def staff(database, clock):
    staff = SqlStaff(database, clock)
    for identity, (name, role) in PEOPLE.items():
        member = Member(identity=identity, name=name, role=role)
        entry = AuditEntry(act_id=identity, who="test", act="support add")
        await staff.put(member, entry)
    return staff


@pytest.fixture
def colleagues(staff, database, clock, channel):
    courier = Courier(channel, SqlMessages(database, clock), at_pace(1000))

    def make(group: str) -> Colleagues:
        return Colleagues(staff=staff, courier=courier, group=group)

    return make


async def test_without_a_group_each_other_supervisor_is_asked_once(colleagues, channel):
    for _ in range(2):  # as after a crash
        assert await colleagues("").ask_supervisors("tg:1", "One", MESSAGE, "p:1")
    assert channel.shown == {"tg:2": [MESSAGE]}


async def test_with_a_group_it_is_asked_there_unless_it_was_begun_there(
    colleagues, channel
):
    assert await colleagues(GROUP).ask_supervisors("tg:3", "Three", MESSAGE, "p:1")
    assert channel.shown == {GROUP: [MESSAGE]}
    assert await colleagues(GROUP).ask_supervisors(GROUP, "Three", MESSAGE, "p:2")
    assert channel.shown == {GROUP: [MESSAGE]}


async def test_where_there_is_no_other_supervisor_that_is_known(
    colleagues, staff, channel
):
    for identity in ("tg:2", "+971500000001"):
        await staff.remove(identity, AuditEntry(act_id=f"x{identity}", who="", act=""))
    assert not await colleagues("").ask_supervisors("tg:1", "One", MESSAGE, "p:1")
    assert channel.shown == {}


async def test_who_has_begun_it_hears_how_it_ended_unless_they_see_it(
    colleagues, channel
):
    await colleagues(GROUP).tell("Three", GROUP, MESSAGE, "p:1:done")
    assert channel.shown == {}
    await colleagues(GROUP).tell("Three", "tg:2", MESSAGE, "p:1:done")
    assert channel.shown == {"tg:3": [MESSAGE]}
