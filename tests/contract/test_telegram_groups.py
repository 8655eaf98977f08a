"""In a group of Telegram's, our messages arrive, and what goes wrong is told apart."""

import re

import pytest

from bot.channel import NotSent, Refused, Unreachable
from bot.messages import Choice, Outgoing
from tests.contract.test_telegram_channel import (  # noqa: F401  (fixtures)
    HELLO,
    MESSAGE_ID,
    WARNS,
    channel,
    desk,
    painter,
)

GROUP, OLD_GROUP = -1001234567890, -4321
CHAT, OLD_CHAT = f"tg:{GROUP}", f"tg:{OLD_GROUP}"
ONE, OTHER = "1002", "1003"
CASE = Outgoing("Case 1", ((Choice("s1:take:1", "Take"),),))


@pytest.fixture
async def group(desk):  # noqa: F811
    """A Telegram with a group in it."""
    await desk.group(GROUP, members=[ONE, OTHER])
    return desk


async def test_only_who_tapped_reads_why_nothing_came_of_it(channel, group):  # noqa: F811
    await channel.send(CHAT, CASE, MESSAGE_ID)
    await group.send(ONE, group=GROUP, press="Take")
    tap = (await group.bot.get_updates())[-1].callback_query
    await channel.acknowledge(tap.id, "This is not for you.")
    assert (await group.state(ONE))["last_answer"]["text"] == "This is not for you."
    assert (await group.state(OTHER))["last_answer"] is None


async def test_a_group_that_has_put_us_out_is_unreachable(channel, group):  # noqa: F811
    await group.group(GROUP, bot="kicked")
    with pytest.raises(Unreachable, match="kicked"):
        await channel.send(CHAT, CASE, MESSAGE_ID)


async def test_a_group_that_became_another_refuses_and_names_it(channel, group):  # noqa: F811
    await group.group(OLD_GROUP, upgraded_to=GROUP)
    with pytest.raises(Refused, match=re.escape(str(GROUP))):
        await channel.send(OLD_CHAT, CASE, MESSAGE_ID)


@WARNS
async def test_a_group_that_has_had_enough_for_a_minute_is_waited_for(channel, group):  # noqa: F811
    for _ in range(20):
        await channel.send(CHAT, HELLO, MESSAGE_ID)
    with pytest.raises(NotSent) as caught:
        await channel.send(CHAT, CASE, MESSAGE_ID)
    assert 0 < caught.value.wait_s <= 60
    group.clock.passed_ms += int(caught.value.wait_s * 1000)
    assert await channel.send(CHAT, CASE, MESSAGE_ID)


async def test_messages_that_keep_a_groups_distance_are_never_too_many(channel, group):  # noqa: F811
    for _ in range(30):
        await channel.send(CHAT, HELLO, MESSAGE_ID)
        group.clock.passed_ms += int(channel.spacing(CHAT).gap.total_seconds() * 1000)
