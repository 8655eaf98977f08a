"""Twilio's word on a message counts once, whenever and however often it comes."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.whatsapp_progress import WhatsAppProgress
from core.database.menus import Item, Menu, SqlMenus
from core.database.messages import (
    AT_ONCE,
    FAILED,
    UNWORDED,
    Delivery,
    Record,
    SqlMessages,
)
from core.database.whatsapp import SqlContacts
from tests.fakes import NOW

SID, OTHER_SID = "SM" + "1" * 32, "SM" + "2" * 32
PHONE = "+971500000001"
SENT = Record(
    id="wa:SM9:0",
    conversation_id="wa:1",
    state=Delivery.SENT,
    provider_ref=SID,
)


@pytest.fixture
def messages(database, clock):
    return SqlMessages(database, clock)


@pytest.fixture
def contacts(database):
    return SqlContacts(database)


@pytest.fixture
def menus(database):
    return SqlMenus(database)


@pytest.fixture
def again():
    """The messages of answers that are to be brought once more."""
    return []


@pytest.fixture
def progress(messages, contacts, menus, again):
    async def bring_again(failed: Record) -> None:
        again.append(failed.id)

    return WhatsAppProgress(messages, contacts, menus, bring_again, busy_s=30)


@pytest.fixture
def told(messages, progress):
    """Let Twilio tell things of a message; return what is known of it then."""

    async def tell(record: Record, *words: tuple[str, str, str]) -> Record:
        await messages.save(record)
        for sid, status, code in words:
            form = {"MessageSid": sid, "MessageStatus": status, "ErrorCode": code}
            await progress.heed(record.id, form)
        known = await messages.get(record.id)
        assert known
        return known

    return tell


def about(*statuses: str) -> list[tuple[str, str, str]]:
    return [(SID, status, "") for status in statuses]


@pytest.mark.parametrize(
    ("statuses", "reached"),
    [
        (("sent", "delivered", "read"), "read"),
        (("read", "delivered", "sent"), "read"),
        (("sent", "delivered", "sent", "delivered"), "delivered"),
        (("sent", "teleported", ""), "sent"),
    ],
)
async def test_a_message_only_ever_comes_further(told, statuses, reached):
    known = await told(SENT, *about(*statuses))
    assert (known.state, known.progress) == (Delivery.SENT, reached)


async def test_word_of_a_message_that_is_not_ours_changes_nothing(messages, progress):
    await progress.heed("unknown", {"MessageSid": SID, "MessageStatus": "sent"})
    await progress.heed("unknown", {})
    assert await messages.get("unknown") is None


@pytest.mark.parametrize("state", [Delivery.SENDING, Delivery.WAITING])
async def test_word_of_an_attempt_in_doubt_proves_that_it_was_taken(
    told, messages, state
):
    doubtful = replace(SENT, state=state, provider_ref="", unconfirmed=1)
    known = await told(doubtful, *about("sent"))
    assert (known.state, known.provider_ref) == (Delivery.SENT, SID)
    waiting = replace(doubtful, state=Delivery.WAITING)
    kept = await messages.save(waiting)  # its sender saw a time-out
    assert kept == known == await messages.get(SENT.id)


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("63016", Delivery.WAITING),
        ("63012", Delivery.WAITING),
        ("63018", Delivery.WAITING),
        ("63019", Delivery.WAITING),
        ("63014", Delivery.UNREACHABLE),
        ("63024", Delivery.UNREACHABLE),
        ("63005", Delivery.WAITING),
        ("63027", Delivery.WAITING),
        ("63041", Delivery.UNREACHABLE),
        ("", Delivery.REFUSED),
        ("²", Delivery.REFUSED),
    ],
)
@pytest.mark.parametrize("status", ["failed", "undelivered"])
async def test_a_failure_tells_whether_it_is_tried_again(told, status, code, state):
    known = await told(SENT, (SID, status, code))
    assert (known.state, known.progress, known.failures) == (state, FAILED, 1)


@pytest.mark.parametrize(
    ("codes", "state", "trouble"),
    [
        (("63021", "63021"), Delivery.REFUSED, "63021"),
        (("63016", "63027"), Delivery.WAITING, "63027"),
        (("63027", "63029"), Delivery.UNREACHABLE, UNWORDED),
        (("63021", "63016", "63027"), Delivery.WAITING, "63027"),
    ],
)
async def test_what_is_not_taken_in_one_way_is_tried_once_in_another(
    told, codes, state, trouble
):
    known = SENT
    for number, code in enumerate(codes):
        sid = f"SM{number:032x}"
        resent = replace(known, state=Delivery.SENT, provider_ref=sid, progress="")
        known = await told(resent, (sid, "failed", code))
    assert (known.state, known.trouble) == (state, trouble)


@pytest.mark.parametrize("code", ["63021", "63012", "63018", "63019"])
async def test_an_answer_that_may_go_well_is_brought_once_more(told, again, code):
    await told(SENT, (SID, "failed", code), (SID, "failed", code))
    assert again == [SENT.id]


@pytest.mark.parametrize("code", ["63032", "63014", "63041"])
async def test_an_answer_that_never_will_go_well_is_given_up(told, again, code):
    await told(SENT, (SID, "failed", code))
    assert again == []


async def test_choices_that_did_not_arrive_do_not_hide_those_before(
    told, contacts, menus
):
    conversation_id = await contacts.heard(PHONE, "", NOW)
    sent = replace(SENT, conversation_id=conversation_id)
    before = Menu((Item("v1:a:", "Before"),))
    await menus.show(conversation_id, before, "before")
    await menus.show(conversation_id, Menu((Item("v1:b:", "After"),)), sent.id)
    await told(sent, (SID, "failed", "63014"))
    assert (await contacts.get(conversation_id)).menu == before


@pytest.mark.parametrize(
    ("wrote", "state"),
    [(timedelta(minutes=-1), Delivery.UNREACHABLE), (timedelta(1), Delivery.WAITING)],
)
async def test_who_had_blocked_us_and_has_written_since_is_written_to_again(
    told, contacts, wrote, state
):
    chat = await contacts.heard(PHONE, "", NOW + wrote)
    blocked = replace(SENT, conversation_id=chat, began_at=NOW)
    known = await told(blocked, (SID, "undelivered", "63014"))
    assert known.state is state


async def test_a_failure_counts_once_and_a_late_word_of_it_undoes_nothing(told):
    failed = (SID, "failed", "63012")
    known = await told(SENT, failed, failed, *about("sent", "delivered"))
    assert (known.state, known.failures) == (Delivery.WAITING, 1)


async def test_word_of_an_attempt_before_changes_nothing_on_the_one_that_stands(told):
    known = await told(SENT, (OTHER_SID, "failed", "63012"), (OTHER_SID, "read", ""))
    assert known == SENT


@pytest.mark.parametrize(
    ("code", "waits_s", "state"),
    [
        ("63012", [30, 120, 480], Delivery.REFUSED),
        ("63018", [120, 480, 1920], Delivery.REFUSED),
        ("63019", [30], Delivery.REFUSED),
        ("63016", [0, 0, 0], Delivery.REFUSED),
        ("63014", [], Delivery.UNREACHABLE),
    ],
)
async def test_whoever_is_busy_is_left_alone_for_longer_each_time(
    told, messages, code, waits_s, state
):
    known, waits = SENT, []
    for number in range(len(waits_s) + 1):
        sid = f"SM{number:032x}"
        resent = replace(known, state=Delivery.SENT, provider_ref=sid, progress="")
        known = await told(resent, (sid, "failed", code))
        if not known.is_done:
            waits.append(await messages.begin(known, AT_ONCE))
    assert [wait.total_seconds() for wait in waits] == waits_s
    assert known.state is state


async def test_a_message_that_keeps_failing_is_given_up(told):
    known = SENT
    for number in range(4):
        sid = f"SM{number:032x}"
        resent = replace(known, state=Delivery.SENT, provider_ref=sid, progress="")
        known = await told(resent, (sid, "failed", "63012"))
    assert (known.state, known.failures) == (Delivery.REFUSED, 4)


async def test_a_failure_that_is_told_before_its_sender_knows_stands(told, messages):
    sending = replace(SENT, state=Delivery.SENDING, provider_ref="", unconfirmed=1)
    known = await told(sending, (SID, "failed", "63012"))
    kept = await messages.save(SENT)
    assert kept == known
    assert kept.state is Delivery.WAITING


async def test_a_closed_window_is_known_from_then_on(told, contacts):
    chat = await contacts.heard(PHONE, "", NOW)
    await told(replace(SENT, conversation_id=chat), (SID, "failed", "63016"))
    known = await contacts.get(chat)
    assert known
    assert known.heard_at is None
