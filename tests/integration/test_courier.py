"""A message is tried as often as is decent, and shown at most once too often."""

import asyncio
import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.channel import NotSent, Refused, Unconfirmed, Unreachable
from bot.channels import Channels
from bot.courier import Courier, Parcel
from bot.messages import CardPicture, Outgoing
from core.database.engine import Database
from core.database.messages import FAILED, Delivery, Record, SqlMessages
from tests.fake_channel import FakeChannel, at_pace
from tests.fakes import HandClock

CHAT = "tg:700001"
PAID = Outgoing("✅ PAID", card=CardPicture("T1", "paid"))
CODE = Outgoing("Show this code", card=CardPicture("T1"))
SCANNED = Outgoing("The cashier has it", card=CardPicture("T1"))


@pytest_asyncio.fixture(loop_scope="session")
async def messages(migrated_sqlite, tmp_path):
    shutil.copy(migrated_sqlite, tmp_path / "topup.sqlite")
    database = Database(f"sqlite:///{tmp_path}/topup.sqlite")
    yield SqlMessages(database, HandClock())
    await database.close()


@pytest.fixture
def channel():
    return FakeChannel()


@pytest.fixture
def courier(channel, messages):
    return Courier(channel, messages, at_pace(1000))


def parcel(message=CODE, parcel_id="T1:ready:0", tries=9, **how) -> Parcel:
    return Parcel(parcel_id, CHAT, message, tries, "T1", **how)


def push(number: int, chat: str = CHAT) -> Parcel:
    name = f"T{number}:expired:0"
    return Parcel(name, chat, Outgoing("News"), 9, f"T{number}", keeps_distance=True)


async def bring(courier: Courier, *parcels: Parcel) -> float:
    """Bring parcels, and return how many seconds that took."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    for each in parcels:
        await courier.deliver(each)
    return loop.time() - began


async def test_a_message_is_sent_once_however_often_it_is_brought(
    courier, channel, messages
):
    await bring(courier, parcel(), parcel())
    assert channel.shown == {CHAT: [CODE]}
    record = await messages.get("T1:ready:0")
    assert (record.state, record.provider_ref) == (Delivery.SENT, "0")
    assert record.shows_code


async def test_two_jobs_that_bring_the_same_at_once_send_it_once(courier, channel):
    async def take_a_while() -> None:
        await asyncio.sleep(0.2)

    channel.meanwhile.append(take_a_while)
    await asyncio.gather(bring(courier, parcel()), bring(courier, parcel()))
    assert channel.shown == {CHAT: [CODE]}


async def test_a_message_that_was_not_sent_is_tried_until_it_is(
    courier, channel, messages
):
    channel.fails(NotSent("ConnectError"))
    await bring(courier, parcel())
    assert channel.shown == {CHAT: [CODE]}
    record = await messages.get("T1:ready:0")
    assert (record.state, record.unconfirmed) == (Delivery.SENT, 0)


async def test_a_network_that_asks_to_wait_is_given_its_time(courier, channel):
    channel.fails(NotSent("told to wait", 0.9))
    assert await bring(courier, parcel()) >= 0.9
    assert channel.shown == {CHAT: [CODE]}


async def test_a_message_of_unknown_end_is_sent_once_more_and_never_a_third_time(
    courier, channel, messages
):
    channel.fails(Unconfirmed("ReadTimeout"), arrives=True)
    channel.fails(Unconfirmed("ReadTimeout"), arrives=True)
    await bring(courier, parcel(), parcel())
    assert channel.tries == 2
    assert channel.shown == {CHAT: [CODE, CODE]}
    assert (await messages.get("T1:ready:0")).state is Delivery.UNKNOWN


async def test_a_message_of_unknown_end_is_looked_up_where_the_network_keeps_a_list(
    courier, channel, messages
):
    channel.reads = True
    channel.fails(Unconfirmed("ReadTimeout"), arrives=True)
    await bring(courier, parcel())
    assert channel.shown == {CHAT: [CODE]}
    record = await messages.get("T1:ready:0")
    assert (record.state, record.provider_ref) == (Delivery.SENT, "0")


async def test_a_message_of_unknown_end_that_arrives_again_is_sent(
    courier, channel, messages
):
    channel.fails(Unconfirmed("ReadTimeout"))
    await bring(courier, parcel())
    assert channel.shown == {CHAT: [CODE]}
    assert (await messages.get("T1:ready:0")).state is Delivery.SENT


@pytest.mark.parametrize(
    ("crashes", "tries", "end"), [(1, 1, Delivery.SENT), (2, 0, Delivery.UNKNOWN)]
)
async def test_a_crash_while_sending_counts_as_an_unknown_end(
    courier, channel, messages, crashes, tries, end
):
    left_behind = Record(
        id="T1:ready:0",
        conversation_id=CHAT,
        state=Delivery.SENDING,
        unconfirmed=crashes,
    )
    await messages.save(left_behind)
    await bring(courier, parcel())
    assert channel.tries == tries
    assert (await messages.get("T1:ready:0")).state is end


async def test_an_attempt_is_written_down_before_it_is_made(courier, channel, messages):
    seen = []

    async def look() -> None:
        record = await messages.get("T1:ready:0")
        seen.append((record.state, record.unconfirmed))

    channel.meanwhile.append(look)
    await bring(courier, parcel())
    assert seen == [(Delivery.SENDING, 1)]


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (Refused("chat not found"), Delivery.REFUSED),
        (Unreachable("blocked"), Delivery.UNREACHABLE),
    ],
)
async def test_what_will_never_arrive_is_not_tried_again(
    courier, channel, messages, error, end
):
    channel.fails(error)
    await bring(courier, parcel(), parcel())
    assert channel.tries == 1
    assert (await messages.get("T1:ready:0")).state is end


@pytest.mark.parametrize(
    ("is_known", "a_moment_s", "end"),
    [
        (True, 60.0, Delivery.SENT),
        (True, 0.0, Delivery.PASSED),
        (False, 60.0, Delivery.PASSED),
    ],
)
async def test_whether_it_is_true_is_asked_unless_that_is_known_just_now(
    courier, messages, monkeypatch, is_known, a_moment_s, end
):
    async def never() -> bool:
        return False

    monkeypatch.setattr("bot.courier._A_MOMENT_S", a_moment_s)
    await courier.deliver(parcel(is_true=never, is_known=is_known))
    assert (await messages.get("T1:ready:0")).state is end


async def test_what_is_known_is_asked_again_before_another_try(
    courier, channel, messages
):
    async def never() -> bool:
        return False

    channel.fails(NotSent("ConnectError"))
    await courier.deliver(parcel(is_true=never, is_known=True))
    assert (await messages.get("T1:ready:0")).state is Delivery.PASSED


async def test_after_the_last_try_a_message_waits_for_another_day(
    courier, channel, messages
):
    channel.fails(NotSent("ConnectError"))
    await bring(courier, parcel(tries=1))
    assert (await messages.get("T1:ready:0")).state is Delivery.WAITING
    await bring(courier, parcel(tries=1))
    assert channel.shown == {CHAT: [CODE]}


async def show_two_codes(courier: Courier) -> None:
    await courier.deliver(parcel())
    await courier.deliver(parcel(parcel_id="tg:1:7:0"))
    await courier.deliver(parcel(Outgoing("How to pay"), "T1:ready:1"))


async def test_every_message_that_shows_the_code_is_amended_once(courier, channel):
    await show_two_codes(courier)
    before = channel.tries
    await courier.amend_code("T1", PAID, PAID)
    await courier.amend_code("T1", PAID, PAID)
    assert channel.shown == {CHAT: [PAID, PAID, Outgoing("How to pay")]}
    assert channel.tries == before + 2


async def test_a_message_amended_to_another_look_of_the_code_is_amended_again(
    courier, channel
):
    await courier.deliver(parcel())
    await courier.amend_code("T1", SCANNED, SCANNED)
    assert channel.shown == {CHAT: [SCANNED]}
    await courier.amend_code("T1", PAID, PAID)
    assert channel.shown == {CHAT: [PAID]}


@pytest.mark.parametrize(
    "error", [NotSent("ConnectError"), Unconfirmed("ReadTimeout", 0.0)]
)
async def test_amending_is_tried_until_it_is_certain(courier, channel, error):
    await show_two_codes(courier)
    channel.fails(error)
    await courier.amend_code("T1", PAID, PAID)
    assert channel.shown[CHAT][:2] == [PAID, PAID]


async def test_amending_waits_as_long_as_the_network_asks(courier, channel):
    await courier.deliver(parcel())
    channel.fails(NotSent("told to wait", 0.9))
    loop = asyncio.get_running_loop()
    began = loop.time()
    await courier.amend_code("T1", PAID, PAID)
    assert loop.time() - began >= 0.9


async def test_a_message_that_cannot_be_amended_holds_up_no_other(courier, channel):
    await show_two_codes(courier)
    channel.fails(Refused("message to edit not found"))
    await courier.amend_code("T1", PAID, PAID)
    assert sorted(m.text for m in channel.shown[CHAT][:2]) == sorted(
        [CODE.text, PAID.text]
    )
    before = channel.tries
    await courier.amend_code("T1", PAID, PAID)
    assert channel.tries == before


async def test_nothing_is_kept_to_be_amended_where_nothing_can_be(
    courier, channel, messages
):
    channel.amends = False
    await courier.deliver(parcel())
    assert not await messages.showing_code("T1")


async def test_what_is_for_a_network_that_is_switched_off_is_refused(channel, messages):
    courier = Courier(Channels({"tg:": channel}), messages, at_pace(1000))
    for each in (push(1, chat="wa:1"), parcel(), push(2)):
        await courier.deliver(each)
    assert (await messages.get("T1:expired:0")).state is Delivery.REFUSED
    assert list(channel.shown) == [CHAT]


async def test_other_orders_messages_stay_as_they_are(courier, channel):
    await courier.deliver(parcel())
    await courier.amend_code("T2", PAID, PAID)
    assert channel.shown == {CHAT: [CODE]}


async def test_a_message_of_unknown_end_may_be_shown_once_more_and_then_never_again(
    courier, channel, messages
):
    for _ in range(5):
        channel.fails(Unconfirmed("ReadTimeout"), arrives=True)
    assert await courier.deliver(parcel()) is Delivery.UNKNOWN
    unknown = await messages.get("T1:ready:0")
    await messages.save(replace(unknown, state=Delivery.WAITING))
    state = await courier.deliver(parcel(most_unconfirmed=3))
    assert (state, channel.tries) == (Delivery.UNKNOWN, 3)


@pytest.mark.parametrize("kills", [1, 2, 3])
async def test_killed_in_the_middle_of_sending_a_message_is_shown_twice_at_most(
    courier, channel, messages, kills
):
    """What a killed process leaves behind is what a cancelled task leaves behind."""
    for _ in range(kills):

        async def be_killed() -> None:
            raise asyncio.CancelledError

        channel.afterwards.append(be_killed)
        with pytest.raises(asyncio.CancelledError):
            await courier.deliver(parcel())
        if channel.tries == 2:
            break
    await courier.deliver(parcel())
    assert channel.shown == {CHAT: [CODE, CODE]}
    end = Delivery.SENT if kills == 1 else Delivery.UNKNOWN
    assert (await messages.get("T1:ready:0")).state is end


async def test_a_database_that_goes_away_after_sending_makes_no_second_copy(
    channel, postgres, migrated_postgres
):
    url = postgres.create(migrated_postgres)
    database = Database(url)
    courier = Courier(channel, SqlMessages(database, HandClock()), at_pace(1000))
    away = postgres.away(url)

    async def go_away() -> None:
        await asyncio.to_thread(away.__enter__)

    channel.meanwhile.append(go_away)
    delivering = asyncio.create_task(courier.deliver(parcel()))
    await asyncio.sleep(0.5)
    assert not delivering.done()
    await asyncio.to_thread(away.__exit__, None, None, None)
    assert await delivering is Delivery.SENT
    assert channel.shown == {CHAT: [CODE]}
    await database.close()
    postgres.drop(url)


async def test_pushes_to_one_chat_are_a_gap_apart_and_hold_up_no_other(
    courier, channel
):
    channel.distance = timedelta(seconds=2)
    assert await bring(courier, push(1)) < 1.5
    assert await bring(courier, push(2)) > 0.4
    assert await bring(courier, push(3, chat="tg:700002")) < 1.5


@pytest.mark.parametrize("keeps_distance", [True, False])
async def test_what_failed_after_it_was_sent_is_tried_again_when_it_has_waited(
    courier, channel, messages, keeps_distance
):
    failed = Record(id="T1:ready:0", conversation_id=CHAT, progress=FAILED)
    await messages.save(failed, wait=timedelta(seconds=0.5))
    waiting = parcel(keeps_distance=keeps_distance)
    assert await bring(courier, waiting) >= 0.5
    assert channel.shown == {CHAT: [CODE]}


async def test_an_answer_is_not_held_back_by_what_was_said_before(courier, channel):
    channel.distance = timedelta(seconds=20)
    assert await bring(courier, push(1), parcel()) < 10


async def test_a_chat_that_a_push_must_leave_alone_is_left_alone_by_the_next_one_too(
    courier, channel
):
    channel.distance = timedelta(seconds=0.1)
    channel.fails(NotSent("told to wait", 3))
    waiting = asyncio.create_task(bring(courier, push(1)))
    await asyncio.sleep(0.2)
    assert await bring(courier, push(3, chat="tg:700002")) < 2
    assert await bring(courier, push(2)) > 0.6
    await waiting


async def test_pushes_leave_one_by_one_at_the_pace_of_the_channel(channel, messages):
    courier = Courier(channel, messages, at_pace(50))
    loop = asyncio.get_running_loop()
    began = loop.time()
    chats = [push(number, chat=f"tg:{number}") for number in range(1, 27)]
    await asyncio.gather(*map(courier.deliver, chats))
    assert 0.5 <= loop.time() - began < 5


async def test_a_network_with_a_slower_pace_holds_up_no_other(channel, messages):
    courier = Courier(channel, messages, at_pace(1, whatsapp=100))
    slow = [push(number, chat=f"tg:{number}") for number in range(1, 9)]
    slowly = [asyncio.create_task(courier.deliver(each)) for each in slow]
    await asyncio.sleep(0.1)
    assert await bring(courier, push(9, chat="wa:1"), push(10, chat="wa:2")) < 5
    assert len(channel.turns) < len(slow)
    for each in slowly:
        each.cancel()
