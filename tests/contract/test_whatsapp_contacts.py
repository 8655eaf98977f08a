"""Who is who on WhatsApp, and what Meta has approved, in the database."""

import asyncio
from datetime import timedelta

import pytest

from core.database.menus import Item, Menu, SqlMenus
from core.database.whatsapp import SqlContacts, SqlTemplates, Template
from tests.fakes import NOW

PHONE, OTHER_PHONE, USER = "+971500000001", "+971500000002", "AE.1234567890"


OLD = Menu((Item("v1:c", "Old"),))
NEW = Menu(
    (Item("v1:b", "Second", "2nd"), Item("v1:a", "First")), (Item("v1:d", "Another"),)
)


@pytest.fixture
def contacts(database):
    return SqlContacts(database)


@pytest.fixture
def menus(database):
    return SqlMenus(database)


async def test_somebody_new_gets_a_conversation_that_does_not_hold_the_phone(
    contacts,
):
    conversation = await contacts.heard(PHONE, "", NOW)
    assert conversation.startswith("wa:")
    assert PHONE[1:] not in conversation
    known = await contacts.get(conversation)
    assert (known.phone, known.user_id, known.menu) == (PHONE, "", Menu())
    assert known.heard_at == NOW


async def test_the_same_phone_is_the_same_person_and_another_is_another(contacts):
    first = await contacts.heard(PHONE, "", NOW)
    assert await contacts.heard(PHONE, "", NOW) == first
    assert await contacts.heard(OTHER_PHONE, "", NOW) != first


@pytest.mark.parametrize("known", [(PHONE, ""), ("", USER)], ids=["phone", "user id"])
async def test_who_comes_with_both_ids_is_known_by_either_from_then_on(contacts, known):
    first = await contacts.heard(*known, NOW)
    for ids in ((PHONE, USER), ("", USER), (PHONE, "")):
        assert await contacts.heard(*ids, NOW) == first


async def test_two_that_turn_out_to_be_one_go_on_as_the_one_of_the_user_id(contacts):
    by_phone, by_user = (
        await contacts.heard(PHONE, "", NOW),
        await contacts.heard("", USER, NOW),
    )
    assert by_phone != by_user
    assert await contacts.heard(PHONE, USER, NOW) == by_user
    assert await contacts.heard(PHONE, "", NOW) == by_user


async def test_a_phone_that_passes_to_somebody_else_does_not_bring_their_chat(contacts):
    first = await contacts.heard(PHONE, USER, NOW)
    assert await contacts.heard(PHONE, "AE.999", NOW) != first
    assert (await contacts.get(first)).user_id == USER


async def test_ten_first_messages_at_once_are_of_one_person(contacts):
    found = await asyncio.gather(*(contacts.heard(PHONE, USER, NOW) for _ in range(10)))
    assert len(set(found)) == 1


async def test_when_somebody_last_wrote_is_kept_until_the_window_is_closed(contacts):
    conversation = await contacts.heard(PHONE, "", NOW)
    later = NOW + timedelta(hours=1)
    await contacts.heard(PHONE, "", later)
    assert (await contacts.get(conversation)).heard_at == later
    await contacts.close_window(conversation)
    assert (await contacts.get(conversation)).heard_at is None


async def test_what_was_written_before_and_comes_late_is_not_the_newest(contacts):
    conversation = await contacts.heard(PHONE, "", NOW)
    await contacts.heard(PHONE, "", NOW - timedelta(hours=1))
    assert (await contacts.get(conversation)).heard_at == NOW


async def test_the_last_menu_is_kept_in_order(contacts, menus):
    conversation = await contacts.heard(PHONE, "", NOW)
    await menus.show(conversation, OLD, "first")
    await menus.show(conversation, NEW, "second")
    assert (await contacts.get(conversation)).menu == NEW


async def test_the_menu_of_a_message_that_did_not_go_out_gives_way_to_the_one_before(
    contacts, menus
):
    conversation = await contacts.heard(PHONE, "", NOW)
    await menus.show(conversation, OLD, "first")
    for _ in range(2):  # it is tried twice
        await menus.show(conversation, NEW, "second")
    await menus.take_back(conversation, "second")
    assert (await contacts.get(conversation)).menu == OLD


async def test_a_menu_stays_when_a_message_before_it_did_not_arrive(contacts, menus):
    conversation = await contacts.heard(PHONE, "", NOW)
    await menus.show(conversation, OLD, "first")
    await menus.show(conversation, NEW, "second")
    await menus.take_back(conversation, "first")
    assert (await contacts.get(conversation)).menu == NEW


async def test_a_conversation_of_nobody_has_no_contact(contacts, menus):
    assert await contacts.get("wa:0000") is None
    await menus.show("wa:0000", NEW, "first")


async def test_a_template_is_kept_as_it_stood_last(database, clock):
    templates = SqlTemplates(database, clock)
    pending = Template("topup_paid_en", "HX1", "pending")
    approved = Template("topup_paid_en", "HX1", "approved")
    other = Template("topup_paid_ar", "HX2", "rejected")
    await templates.keep([pending, other])
    await templates.keep([approved])
    assert await templates.get(approved.name) == approved
    assert await templates.get("topup_held_en") is None
    assert await templates.all() == {each.name: each for each in (approved, other)}
