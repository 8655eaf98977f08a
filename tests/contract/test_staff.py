"""Who works at the desk is found by any chat that is theirs."""

import pytest

from core.database.audit import SqlAudit
from core.database.engine import Database
from core.database.links import SqlLinks
from core.database.orders import SqlOrders
from core.database.staff import SqlStaff
from core.database.tables.whatsapp import WhatsAppContactRow
from core.domain.audit import AuditEntry
from core.domain.staff import Member, Role
from tests.fakes import an_order

PHONE = "+971500000001"


@pytest.fixture
def staff(database, clock):
    return SqlStaff(database, clock)


def entry(act_id: str = "1") -> AuditEntry:
    return AuditEntry(act_id=act_id, who="the server", act="support add")


def a_member(identity: str, name: str = "Agent One", role: Role = Role.AGENT) -> Member:
    return Member(identity=identity, name=name, role=role)


async def a_whatsapp_chat(database: Database, phone: str) -> str:
    chat = f"wa:{phone.removeprefix('+'):0>16}"
    row = WhatsAppContactRow(conversation_id=chat, phone=phone, menu={})
    await database.write(lambda session: session.add(row))
    return chat


async def test_a_member_is_known_by_their_chat_until_removed(staff):
    member = a_member("tg:1")
    await staff.put(member, entry("1"))
    assert await staff.who_is("tg:1") == member
    assert await staff.who_is("tg:11") is None
    assert await staff.remove("tg:1", entry("2"))
    assert await staff.who_is("tg:1") is None
    assert not await staff.remove("tg:1", entry("3"))


async def test_a_member_is_known_by_the_phone_of_their_whatsapp_chat(staff, database):
    await staff.put(a_member(PHONE), entry())
    chat = await a_whatsapp_chat(database, PHONE)
    other = await a_whatsapp_chat(database, "+971500000002")
    known = await staff.who_is(chat)
    assert known
    assert known.name == "Agent One"
    assert await staff.who_is(other) is None


async def test_a_member_is_written_to_in_the_chat_of_their_phone_once_known(
    staff, database
):
    assert await staff.chat_of(a_member("tg:1")) == "tg:1"
    assert await staff.chat_of(a_member(PHONE)) == ""
    chat = await a_whatsapp_chat(database, PHONE)
    assert await staff.chat_of(a_member(PHONE)) == chat


async def test_putting_a_member_again_changes_name_and_role(staff):
    await staff.put(a_member("tg:1"), entry("1"))
    better = a_member("tg:1", role=Role.SUPERVISOR)
    await staff.put(better, entry("2"))
    assert await staff.all() == [better]


async def test_all_chats_of_a_person_are_theirs_linked_ones_too(staff, database, clock):
    await staff.put(a_member("tg:1"), entry("1"))
    await staff.put(a_member(PHONE), entry("2"))
    await staff.put(a_member("tg:5", "Agent Two"), entry("3"))
    chat = await a_whatsapp_chat(database, PHONE)
    links = SqlLinks(database, clock)
    await links.give("tg:1", "digest")
    await links.join("digest", "tg:2")
    assert await staff.chats_of("Agent One") == {"tg:1", PHONE, chat, "tg:2"}
    assert await staff.chats_of("Nobody") == frozenset()


async def test_a_person_tops_up_the_accounts_of_their_orders_in_any_of_their_chats(
    staff, database, clock
):
    await staff.put(a_member("tg:1"), entry("1"))
    links = SqlLinks(database, clock)
    await links.give("tg:1", "digest")
    await links.join("digest", "tg:2")
    orders = SqlOrders(database, clock)
    for chat, account in (("tg:2", "own-1"), ("tg:3", "other-1")):
        order = an_order(f"T-{account}", conversation_id=chat, account_id=account)
        await orders.add(order)
    assert await staff.tops_up("Agent One", "own-1")
    assert not await staff.tops_up("Agent One", "other-1")
    assert not await staff.tops_up("Nobody", "own-1")


async def test_who_was_put_in_and_taken_out_is_audited(staff, database, clock):
    await staff.put(a_member("tg:1"), entry("1"))
    await staff.remove("tg:1", entry("2"))
    lines = await SqlAudit(database, clock).newest(9)
    assert [line.entry.act_id for line in lines] == ["2", "1"]
