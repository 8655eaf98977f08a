"""The desk's group on Telegram: cases and alarms come there, and are seen to there."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.domain.alarms import BAD_SIGNATURES
from tests.groups import Member, gathered
from tests.phones import Phone
from tests.staff import hired
from tests.waiting import until
from tests.world import World, opened

GROUP = -1001234567890
ASKING = "a payer wants to talk to a person"


@dataclass(frozen=True)
class Desk:
    """A group in which two people of the desk are, and one who is not of it."""

    world: World
    one: Member
    two: Member
    stranger: Member

    def set_bot(self, status: str) -> None:
        """Put the bot out of the group, or into it."""
        self.world.post(f"telegram/groups/{GROUP}", {"bot": status})


@pytest.fixture(scope="module")
def opened_desk(tmp_path_factory: pytest.TempPathFactory, laid: Path) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("desk")
    settings = {"support_chat": GROUP, "rehearsal_speed": 30}
    with opened(folder, laid=laid, **settings) as world:
        people = [hired(world), hired(world), world.phone()]
        yield Desk(world, *gathered(world, GROUP, people))


@pytest.fixture
def desk(opened_desk: Desk) -> Iterator[Desk]:
    yield opened_desk
    opened_desk.world.clear_faults()


def case_of(payer: Phone) -> str:
    """Ask for a person; the number of the case."""
    payer.type("/support")
    opened = payer.wait_for("Support has it as case")
    found = re.search(r"case (\d+)", opened.text)
    assert found
    return found[1]


def answers(world: World) -> int:
    """How many messages answered what somebody had sent, in any chat."""
    lines = world.logged("delivery")
    return sum(line["message"].startswith("tg:") for line in lines)


def test_of_two_members_one_takes_a_case_answers_by_a_reply_and_closes_it(desk: Desk):
    payer = desk.world.phone()
    number = case_of(payer)
    case = until(lambda: desk.one.said(f"Case {number}: {ASKING}", button="Take"))[0]
    for member in (desk.one, desk.two):
        member.press("Take", message_id=case.id)
    taken = until(lambda: desk.one.said(f"Case {number}: {ASKING}", button="Close"))[0]
    late = f"has taken case {number}. Nothing was done."
    until(lambda: desk.one.said(late), "the other to hear who was quicker")
    payer.wait_for("You are talking to a person of support now")
    one_has_it = f"Taken by Agent {desk.one.name[-4:]}" in taken.text
    taker, other = (desk.one, desk.two) if one_has_it else (desk.two, desk.one)

    payer.type("I gave the cash an hour ago and see nothing of it")
    line = until(lambda: taker.said("I gave the cash an hour ago"))[0]
    until(desk.world.is_quiet, "the line to be kept as sent")
    other.reply("Not my case", line)
    other.wait_for(late)
    taker.reply("It is on your account now", line)
    payer.wait_for("Support: It is on your account now")
    taker.press("Close", message_id=line.id)
    payer.wait_for(f"Support has closed case {number}")
    assert not payer.said("Not my case")


def test_a_case_comes_to_the_group_once_and_is_set_right_from_there(desk: Desk):
    payer = desk.world.phone()
    code = payer.order("50")
    desk.world.keep_accounts(payer.account, status="closed")
    desk.world.fault("telegram.sendMessage", "429", retry_after=1, about=str(GROUP))
    code.pay()
    until(desk.world.fault_is_met, "the group to be too busy once")
    told = f"Order {code.number}"
    case = until(lambda: desk.one.said(told, button="Try again"), "the case")[0]
    assert "Open the account again and it is credited" in case.text
    desk.world.keep_accounts(payer.account)
    desk.two.press("Try again", message_id=case.id)
    code.results()
    assert len(desk.one.said(told, button="Try again")) == 1
    desk.one.type(f"/order {code.number}")
    desk.one.wait_for(f"{code.number}: credited")


def test_an_alarm_comes_to_the_group_once_with_a_button_that_works_there(desk: Desk):
    for _ in range(BAD_SIGNATURES):
        desk.world.tell_product({}, "not-the-secret-that-we-agreed-on")
    told = "Many posts at our door"
    alarm = until(lambda: desk.one.said(f"⚠ {told}", button="What is wrong"))[0]
    assert "let the proxy hold the address back" in alarm.text
    desk.two.press("What is wrong now", message_id=alarm.id)
    desk.two.wait_for(told)
    assert len(desk.one.said(f"⚠ {told}")) == 1


def test_a_member_who_is_not_of_the_desk_sees_no_trace_of_it(desk: Desk):
    payer = desk.world.phone()
    number = case_of(payer)
    case = until(lambda: desk.one.said(f"Case {number}: {ASKING}", button="Take"))[0]
    until(desk.world.is_quiet, "all that was asked to be answered")
    before = answers(desk.world)
    for text in ("/whoami", f"/case {number}", f"/take {number}", "/topup 50", "hello"):
        desk.stranger.type(text)
    desk.stranger.reply("I would like to answer", case)
    desk.stranger.press("Take", message_id=case.id)
    until(desk.stranger.told, "the refusal")
    until(desk.world.is_quiet, "all of it to be taken in")
    assert desk.stranger.told() == "This button is for the people of the desk."
    assert answers(desk.world) == before
    desk.one.press("Take", message_id=case.id)
    payer.wait_for("You are talking to a person of support now")
    assert desk.one.told() == ""


def test_a_group_that_put_the_bot_out_hears_afterwards_what_it_missed(desk: Desk):
    desk.set_bot("kicked")
    number = case_of(desk.world.phone())
    name = f"talk:{number}:"

    def is_held() -> bool:
        return any(
            line["message"].startswith(name) and line["state"] == "unreachable"
            for line in desk.world.logged("delivery")
        )

    until(is_held, "the case to be held")
    desk.set_bot("member")
    news = until(lambda: desk.one.said("could not be written to for a while"))[0]
    assert "cases: " in news.text
    desk.one.press("Open cases", message_id=news.id)
    desk.one.wait_for(f"{number}: A payer wants to talk to a person. Nobody has it")
