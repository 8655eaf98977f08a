"""A payer's talk with a person: one at a time, its lines once each and in order."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from core.database.cases import SqlCases
from core.database.conversations import KeptConversation, SqlConversations
from core.database.links import SqlLinks
from core.database.talks import SqlTalks
from core.domain.cases import CaseKind
from core.domain.staff import Member, Role
from core.domain.talks import BOT, PAYER, Line, TalkFault, TalkStage, closed, taken


@pytest.fixture
def talks(database, clock):
    return SqlTalks(database, clock)


@pytest.fixture
def cases(database, clock):
    return SqlCases(database, clock)


@pytest.fixture
def say(clock):
    def line(name: str, text: str = "hello", who: str = PAYER) -> Line:
        return Line(name=name, who=who, text=text, at=clock.now())

    return line


def member(name: str, role: Role = Role.AGENT) -> Member:
    return Member(identity="tg:1", name=name, role=role)


async def test_a_payer_has_one_talk_at_a_time_also_of_ten_wishes_at_once(talks, cases):
    opened = await asyncio.gather(*(talks.open("tg:1", "T1") for _ in range(10)))
    assert len({talk.number for talk in opened}) == 1
    assert (await talks.live("tg:1")) == opened[0]
    assert (await cases.find(opened[0].number)).kind is CaseKind.TALK


async def test_what_came_with_a_line_is_kept_with_it(talks, database, say):
    photo = replace(say("u1", "[photo]"), medium="photo", medium_ref="17")
    kept = KeptConversation(lines=(photo,))
    await SqlConversations(database).save("tg:1", kept)
    talk = await talks.open("tg:1", "")
    _, heard = await talks.hear(
        "tg:1", replace(photo, name="u2", medium="document", medium_ref="18")
    )
    assert (await talks.line(heard.id)) == heard
    lines = await talks.lines(talk, 9)
    assert [(line.medium, line.medium_ref) for line in lines] == [
        ("photo", "17"),
        ("document", "18"),
    ]


async def test_of_ten_who_take_a_talk_at_once_one_gets_it(talks):
    talk = await talks.open("tg:1", "")
    tries = await asyncio.gather(
        *(
            talks.change(
                talk.number,
                partial(taken, by=member(f"A{n}"), chat=f"tg:{n}", message=f"m{n}"),
            )
            for n in range(10)
        )
    )
    won = [each for each in tries if not isinstance(each, TalkFault)]
    assert len(won) == 1
    assert tries.count(TalkFault.ELSEWHERE) == 9
    assert (await talks.get(talk.number)).taken_by == won[0].taken_by


async def test_a_closed_talk_is_live_no_more_and_opens_again_under_its_number(
    talks, cases
):
    talk = await talks.open("tg:1", "T1")
    rule = partial(closed, by=member("A"), message="m")
    await talks.change(talk.number, rule)
    assert await talks.live("tg:1") is None
    assert await cases.all_open() == []
    again = await talks.open("tg:1", "T1")
    assert (again.number, again.stage) == (talk.number, TalkStage.WAITING)
    assert [case.number for case in await cases.all_open()] == [talk.number]


async def test_what_a_payer_says_is_kept_once_and_makes_an_answer_due(talks, say):
    assert await talks.hear("tg:1", say("u1")) is None
    talk = await talks.open("tg:1", "")
    first = await talks.hear("tg:1", say("u1"))
    assert first
    assert await talks.hear("tg:1", say("u1", "other")) == first
    assert [line.text for line in await talks.lines(talk, 9)] == ["hello"]


async def test_a_linked_chat_goes_on_with_the_same_talk_and_is_answered_there(
    talks, say, database, clock
):
    links = SqlLinks(database, clock)
    await links.give("tg:1", "digest")
    await links.join("digest", "wa:2")
    talk = await talks.open("tg:1", "")
    heard = await talks.hear("wa:2", say("u1"))
    assert heard
    assert heard[0].number == talk.number
    assert heard[0].conversation_id == "wa:2"
    assert (await talks.live("tg:1")).number == talk.number


async def test_of_a_chat_the_last_ten_lines_are_kept_and_for_a_day(
    talks, say, database, clock
):
    conversations = SqlConversations(database)
    for n in range(12):
        lines = (say(f"u{n}", f"text {n}"),)
        await conversations.save("tg:1", KeptConversation(lines=lines))
        await conversations.save("tg:1", KeptConversation(lines=lines))
    talk = await talks.open("tg:1", "")
    kept = [line.text for line in await talks.lines(talk, 50)]
    assert kept == [f"text {n}" for n in range(2, 12)]
    clock.time += timedelta(days=1, minutes=1)
    await talks.forget()
    assert await talks.lines(talk, 50) == []


async def test_what_was_said_with_a_person_is_kept_thirty_days(talks, say, clock):
    talk = await talks.open("tg:1", "")
    await talks.hear("tg:1", say("u1"))
    clock.time += timedelta(days=31)
    await talks.forget()
    assert len(await talks.lines(talk, 9)) == 1, "it is not closed"
    await talks.change(talk.number, partial(closed, by=member("A"), message="m"))
    await talks.forget()
    assert await talks.lines(talk, 9) == []


async def test_a_line_that_did_not_arrive_waits_until_it_was_shown(talks, say):
    talk = await talks.open("tg:1", "")
    said = await talks.tell(talk.number, lambda same: same, say("m1", "hi", BOT))
    assert not isinstance(said, TalkFault)
    assert await talks.held("tg:1") == []
    await talks.hold(said[1].id, is_held=True)
    assert [line.text for line in await talks.held("tg:1")] == ["hi"]
    await talks.hold(said[1].id, is_held=False)
    assert await talks.held("tg:1") == []
