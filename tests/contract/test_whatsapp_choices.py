"""Within a day choices are buttons to tap or a list to open, else a numbered text."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest
from twilio.rest import Client

from bot.channel import NotSent, Unconfirmed
from bot.messages import BOLD_OFF, BOLD_ON, CardPicture, Choice, Outgoing
from bot.twilio_client import open_twilio
from bot.whatsapp_shapes import MISSING, SHAPES, UNNEEDED, bring, look
from core.database.menus import Item, Menu
from core.database.messages import Record
from core.database.whatsapp import Template
from tests.contract.sandbox.twilio.conftest import (  # noqa: F401  (fixtures)
    desk,
    product,
)
from tests.contract.sandbox.twilio.desk import ACCOUNT, TOKEN, Desk
from tests.contract.whatsapp_line import (  # noqa: F401  (fixtures)
    MESSAGE_ID,
    ORDER,
    TOKEN_OF_PAGE,
    Line,
    database,
    params,
    said,
)
from tests.contract.whatsapp_line import line as unsynced  # noqa: F401  (a fixture)

ROW = (Choice("v1:yes:", "Confirm"), Choice("v1:no:", "تعديل"))
QUESTION = Outgoing(f"{BOLD_ON}Is this right?{BOLD_OFF}\n\nAED 50.00", (ROW,))
AS_TEXT = "*Is this right?*\n\nAED 50.00\n\n1. Confirm\n2. تعديل"


def numbered(count: int, part: int = 1) -> Outgoing:
    rows = tuple((Choice(f"v1:store:{n}", f"Store {n}"),) for n in range(1, count + 1))
    return Outgoing("At which store are you?", rows, part=part)


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[Client]:  # noqa: F811
    async with open_twilio(f"{desk.url}/twilio", ACCOUNT, TOKEN) as client:
        client.content.base_url = f"{desk.url}/twilio"
        yield client


@pytest.fixture
async def line(unsynced: Line, desk: Desk) -> Line:  # noqa: F811
    """A line whose buttons and lists are at Twilio."""
    made = [
        desk.world.contents.create(
            {"friendly_name": name, "language": "en", "types": shape.types}
        )
        for name, shape in SHAPES.items()
    ]
    kept = [Template(each.friendly_name, each.sid, UNNEEDED) for each in made]
    await unsynced.templates.keep(kept)
    return unsynced


def titles(shown) -> list[tuple[str, str]]:
    return [(each["text"], each["data"]) for each in shown["buttons"]]


async def test_the_contents_are_made_once_and_need_no_approval(client, desk):  # noqa: F811
    assert {each.approval for each in await look(client)} == {MISSING}
    first, again = await bring(client), await bring(client)
    assert {*first} == {*again} == {*await look(client)}
    assert {each.approval for each in first} == {UNNEEDED}
    assert len((await desk.ask("twilio/content"))["content"]) == len(SHAPES)
    assert (await desk.ask("twilio/calls", call="approvals.create"))["calls"] == []


async def test_two_choices_are_buttons_under_the_text(line, desk):  # noqa: F811
    await line.send(QUESTION)
    (shown,) = await said(desk)
    assert shown["text"].startswith("Is this right?\n")
    assert shown["text"].endswith("\nAED 50.00")
    assert titles(shown) == [("Confirm", "v1:yes:"), ("تعديل", "v1:no:")]
    assert not any(each["list"] for each in shown["buttons"])
    shown_now = (Item("v1:yes:", "Confirm"), Item("v1:no:", "تعديل"))
    assert await line.menu() == Menu(shown_now, shown_now)


async def test_four_choices_are_a_list_to_open(line, desk):  # noqa: F811
    await line.send(numbered(4))
    (shown,) = await said(desk)
    assert titles(shown) == [(f"Store {n}", f"v1:store:{n}") for n in range(1, 5)]
    assert all(each["list"] for each in shown["buttons"])
    values = (await params(desk))["ContentVariables"]
    assert '"2": "Choose"' in values


async def test_eleven_choices_come_in_two_parts(line, desk):  # noqa: F811
    await line.send(numbered(11))
    await line.send(numbered(11, part=2), "T1:paid:1")
    first, second = await said(desk)
    assert titles(first)[8:] == [("Store 9", "v1:store:9"), ("More", "v1:more:2")]
    assert titles(second) == [("Store 10", "v1:store:10"), ("Store 11", "v1:store:11")]
    menu = await line.menu()
    assert len(menu.all) == 11
    assert [item.title for item in menu.shown] == ["Store 10", "Store 11"]


async def test_a_link_stands_in_the_text_above_the_buttons(line, desk):  # noqa: F811
    page = Choice("", "Page", page_token=TOKEN_OF_PAGE)
    await line.send(Outgoing("Look", (ROW, (page,))))
    (shown,) = await said(desk)
    assert shown["text"].endswith(f"Page: {desk.product.url}/o/{TOKEN_OF_PAGE}")
    assert len(shown["buttons"]) == 2


async def test_a_picture_comes_with_a_numbered_text(line, desk):  # noqa: F811
    card = CardPicture(ORDER.merchant_order_no)
    await line.send(Outgoing("Your code", (ROW,), card=card))
    assert (await params(desk))["Body"] == "Your code\n\n1. Confirm\n2. تعديل"


async def test_contents_that_were_never_brought_to_twilio_leave_the_text(
    unsynced,  # noqa: F811
    desk,  # noqa: F811
):
    await unsynced.send(QUESTION)
    assert (await params(desk))["Body"] == AS_TEXT


@pytest.mark.parametrize("code", ["21655", "21656", "21658"])
async def test_a_content_that_twilio_refuses_is_sent_as_a_text_at_once(
    line,
    desk,  # noqa: F811
    code,
):
    desk.fail_next("messages", code)
    await line.send(QUESTION)
    (shown,) = await said(desk)
    assert (shown["text"], shown["buttons"]) == (AS_TEXT.replace("*", ""), [])
    calls = (await desk.ask("twilio/calls", call="messages.create"))["calls"]
    assert len(calls) == 2


@pytest.mark.parametrize("code", ["63005", "63013", "63021", "63030"])
async def test_a_content_that_could_not_be_brought_is_sent_as_a_text_next_time(
    line,
    desk,  # noqa: F811
    code,
):
    failed = Record(id=MESSAGE_ID, conversation_id=line.conversation_id, trouble=code)
    await line.messages.save(failed)
    await line.send(QUESTION)
    assert (await params(desk))["Body"] == AS_TEXT


async def test_a_question_with_buttons_is_found_again(line, desk):  # noqa: F811
    since = datetime.now(UTC)
    desk.fail_next("messages", "accept_then_500")
    with pytest.raises(Unconfirmed):
        await line.send(QUESTION)
    (shown,) = await said(desk)
    found = await line.channel.find(line.conversation_id, QUESTION, since)
    assert found == shown["sid"]


async def test_choices_are_known_before_their_message_is_on_its_way(line, desk):  # noqa: F811
    """Whose answer is so quick is understood; the menu outlives an unknown end."""
    desk.fail_next("messages", "accept_then_500")
    with pytest.raises(Unconfirmed):
        await line.send(QUESTION)
    assert [item.title for item in (await line.menu()).shown] == ["Confirm", "تعديل"]


async def test_choices_that_were_not_sent_do_not_hide_those_on_the_screen(line, desk):  # noqa: F811
    await line.send(QUESTION)
    before = await line.menu()
    desk.fail_next("messages", "429")
    with pytest.raises(NotSent):
        await line.send(numbered(4), "T1:paid:1")
    assert await line.menu() == before


async def test_after_a_day_no_buttons_are_tried(line, desk):  # noqa: F811
    line.clock.pass_by(timedelta(hours=24))
    with pytest.raises(Exception, match="not written to us"):
        await line.send(QUESTION)
    assert (await desk.ask("twilio/calls", call="messages.create"))["calls"] == []
