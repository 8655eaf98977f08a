"""Whatever Twilio or the way to it does, the courier learns what is known of it."""

import socket
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.channel import (
    NotSent,
    Refused,
    SendError,
    Unconfirmed,
    Unreachable,
    Unworded,
)
from bot.day_address import DayAddress
from bot.messages import (
    BOLD_OFF,
    BOLD_ON,
    CardPicture,
    Choice,
    DayPicture,
    InShort,
    Outgoing,
    Place,
    Prepared,
    Receipt,
)
from bot.twilio_client import open_twilio
from bot.whatsapp_templates import bring, look
from core.database.menus import Item, Menu
from core.database.messages import Record
from core.database.whatsapp import Template
from sandbox.twilio.approvals import DECIDED_AFTER_MS
from tests.contract.sandbox.twilio.conftest import (  # noqa: F401  (fixtures)
    desk,
    product,
)
from tests.contract.sandbox.twilio.desk import ACCOUNT, PHONE, TOKEN
from tests.contract.whatsapp_line import (  # noqa: F401  (fixtures)
    BEFORE_PAGES,
    HELLO,
    IN_DOUBT_S,
    IN_SHORT,
    MESSAGE_ID,
    ORDER,
    TOKEN_OF_PAGE,
    channel_to,
    database,
    line,
    params,
    said,
)


async def test_a_text_arrives_with_its_bold_words_and_its_numbered_choices(line, desk):  # noqa: F811
    text = f"Is {BOLD_ON}AED 5*0{BOLD_OFF} right?"
    rows = ((Choice("v1:yes", "Confirm"),), (Choice("v1:no", "تعديل"),))
    ref = await line.send(Outgoing(text, rows))
    (shown,) = await said(desk)
    assert shown["sid"] == ref
    assert (await params(desk))["Body"] == (
        "Is *AED 5∗0* right?\n\n1. Confirm\n2. تعديل"
    )
    assert (await line.menu()).shown == (
        Item("v1:yes", "Confirm"),
        Item("v1:no", "تعديل"),
    )


async def test_a_message_without_choices_leaves_those_that_stand_above_it(line):  # noqa: F811
    await line.send(Outgoing("Your code", ((Choice("v1:check", "Check"),),)))
    await line.send(HELLO)
    assert (await line.menu()).shown == (Item("v1:check", "Check"),)


async def test_a_link_is_a_line_and_what_only_copies_is_left_out(line, desk):  # noqa: F811
    page = Choice("", "Page", page_token=TOKEN_OF_PAGE)
    rows = ((Choice("", "Map", url="https://x.test/1"), Choice("", "C", "", "c")),)
    await line.send(Outgoing("Look", (*rows, (page,))))
    assert (await params(desk))["Body"] == (
        f"Look\n\nMap: https://x.test/1\nPage: {desk.product.url}/o/{TOKEN_OF_PAGE}"
    )
    assert await line.menu() == Menu()


async def test_twilio_is_told_where_to_say_what_became_of_it(line, desk):  # noqa: F811
    await line.send(HELLO)
    callback = (await params(desk))["StatusCallback"]
    assert callback == f"{desk.product.url}/twilio/status?m=T1%3Apaid%3A0"


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (Outgoing("Your code", card=CardPicture(ORDER.merchant_order_no)), "code.png"),
        (
            Outgoing("Here", receipt=Receipt(ORDER.merchant_order_no, "picture")),
            "receipt.png",
        ),
        (
            Outgoing("Here", receipt=Receipt(ORDER.merchant_order_no, "pdf")),
            "receipt.pdf",
        ),
    ],
    ids=["card", "receipt", "pdf"],
)
async def test_pictures_and_files_are_fetched_from_the_page_of_their_order(
    line,  # noqa: F811
    desk,  # noqa: F811
    message,
    path,
):
    await line.send(message)
    asked = await params(desk)
    assert asked["MediaUrl"] == [f"{desk.product.url}/o/{TOKEN_OF_PAGE}/{path}"]
    assert asked["Body"] == message.text


async def test_a_day_is_fetched_from_an_address_that_we_sealed(line, desk):  # noqa: F811
    day = date(2026, 11, 24)
    await line.send(Outgoing("The day", day=DayPicture(day)))
    asked = await params(desk)
    address = DayAddress(TOKEN, line.clock)
    assert asked["MediaUrl"] == [f"{desk.product.url}{address.path_to(day)}"]
    assert asked["Body"] == "The day"


async def test_an_order_from_before_there_were_pages_is_told_in_words(line, desk):  # noqa: F811
    card = CardPicture(BEFORE_PAGES.merchant_order_no)
    await line.send(Outgoing("Your code", card=card))
    assert "MediaUrl" not in await params(desk)
    assert [each["text"] for each in await said(desk)] == ["Your code"]


async def test_a_store_is_a_pin_on_the_map(line, desk):  # noqa: F811
    before = Menu((Item("v1:a", "Before"),))
    await line.menus.show(line.conversation_id, before, "before")
    await line.send(Outgoing("", place=Place(25.27, 55.3, "Corner | Grocery", "Deira")))
    (shown,) = await said(desk)
    assert (shown["kind"], shown["title"]) == ("venue", "Corner   Grocery")
    assert await line.menu() == before


async def test_how_to_share_a_location_is_said_in_words(line, desk):  # noqa: F811
    await line.send(Outgoing("Where are you?", ask_location="Share"))
    (shown,) = await said(desk)
    assert shown["text"].startswith("Where are you?\n\nTo share where you are")


async def test_a_person_known_by_a_user_id_only_is_reached_by_it(line, desk):  # noqa: F811
    await desk.act(bsuid="AE.123456", number_hidden=True, text="hello")
    hidden = await line.contacts.heard("", "AE.123456", line.clock.now())
    await line.channel.send(hidden, HELLO, "m")
    assert (await params(desk))["To"] == "whatsapp:AE.123456"


@pytest.mark.parametrize(
    ("mode", "error"),
    [
        ("429", NotSent),
        ("20003", NotSent),
        ("63018", NotSent),
        ("http500", Unconfirmed),
        ("accept_then_500", Unconfirmed),
        ("timeout", Unconfirmed),
        ("accept_then_timeout", Unconfirmed),
        ("21211", Unreachable),
        ("21610", Unreachable),
        ("21617", Refused),
    ],
)
async def test_each_trouble_tells_whether_the_message_may_have_been_sent(
    line,  # noqa: F811
    desk,  # noqa: F811
    mode,
    error,
):
    desk.fail_next("messages", mode)
    with pytest.raises(SendError) as caught:
        await line.send(HELLO)
    assert type(caught.value) is error
    if error is Unconfirmed:
        assert caught.value.wait_s == IN_DOUBT_S
    calls = (await desk.ask("twilio/calls", call="messages.create"))["calls"]
    assert len(calls) == 1


async def test_what_never_left_this_machine_was_not_sent(line, database):  # noqa: F811
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    async with open_twilio(url, ACCOUNT, TOKEN) as client:
        channel = channel_to(client, database, line.clock, "http://127.0.0.1:1")
        with pytest.raises(NotSent):
            await channel.send(line.conversation_id, HELLO, "m")


async def test_a_message_that_was_taken_is_found_and_one_that_was_not_is_not(
    line,  # noqa: F811
    desk,  # noqa: F811
):
    since = datetime.now(UTC)
    assert await line.channel.find(line.conversation_id, HELLO, since) is None
    desk.fail_next("messages", "accept_then_500")
    with pytest.raises(Unconfirmed):
        await line.send(HELLO)
    (shown,) = await said(desk)
    found = await line.channel.find(line.conversation_id, HELLO, since)
    assert found == shown["sid"]
    other = Outgoing("something else")
    assert await line.channel.find(line.conversation_id, other, since) is None


async def test_the_same_words_of_long_ago_are_not_taken_for_the_message(line, desk):  # noqa: F811
    await line.send(HELLO)
    since = datetime.now(UTC) + timedelta(minutes=1)
    assert await line.channel.find(line.conversation_id, HELLO, since) is None


async def test_a_list_that_nobody_can_see_now_is_looked_up_later(line, desk, database):  # noqa: F811
    url = f"{desk.url}/twilio"
    async with open_twilio(url, ACCOUNT, "f" * 32) as client:
        channel = channel_to(client, database, line.clock, desk.product.url)
        with pytest.raises(Unconfirmed):
            await channel.find(line.conversation_id, HELLO, datetime.now(UTC))


async def test_a_message_that_twilio_could_not_bring_is_not_taken_for_sent(line, desk):  # noqa: F811
    since = datetime.now(UTC)
    desk.fail_next("messages", "fail_63016")
    await line.send(HELLO)
    await desk.settled()
    assert await line.channel.find(line.conversation_id, HELLO, since) is None


async def test_after_a_day_only_an_approved_sentence_goes(line, desk):  # noqa: F811
    line.clock.pass_by(timedelta(hours=23, minutes=51))
    for approval in (None, "pending"):
        if approval:
            await line.templates.keep([Template("topup_paid_en", "HX1", approval)])
        with pytest.raises(Unworded):
            await line.send(Outgoing("PAID", in_short=IN_SHORT))
    assert (await desk.ask("twilio/calls", call="messages.create"))["calls"] == []


async def test_after_a_day_the_sentence_in_the_persons_language_goes_first(line, desk):  # noqa: F811
    await line.templates.keep(
        [
            Template("topup_paid_ar", "HX" + "a" * 32, "approved"),
            Template("topup_paid_en", "HX" + "e" * 32, "approved"),
        ]
    )
    await line.contacts.close_window(line.conversation_id)
    with pytest.raises(Refused):  # Twilio does not know it
        await line.send(Outgoing("PAID", in_short=IN_SHORT))
    asked = await params(desk)
    assert asked["ContentSid"] == "HX" + "a" * 32
    assert '"3": "Te' in asked["ContentVariables"]


async def test_a_sentence_that_meta_lacks_in_arabic_goes_in_english_once(line, desk):  # noqa: F811
    english = Template("topup_paid_en", "HX" + "e" * 32, "approved")
    arabic = Template("topup_paid_ar", "HX" + "a" * 32, "approved")
    await line.templates.keep([english, arabic])
    await line.contacts.close_window(line.conversation_id)
    failed = Record(id=MESSAGE_ID, conversation_id="wa:1", trouble="63027")
    await line.messages.save(failed)
    with pytest.raises(Refused):  # Twilio does not know it
        await line.send(Outgoing("PAID", in_short=IN_SHORT))
    assert (await params(desk))["ContentSid"] == english.sid
    in_english = replace(IN_SHORT, language="en")
    with pytest.raises(Unworded):
        await line.send(Outgoing("PAID", in_short=in_english))


async def test_a_sentence_reaches_who_was_silent_for_a_day_and_is_found_again(
    line,  # noqa: F811
    desk,  # noqa: F811
):
    async with open_twilio(f"{desk.url}/twilio", ACCOUNT, TOKEN) as client:
        client.content.base_url = f"{desk.url}/twilio"
        await bring(client)
        desk.clock.passed_ms += DECIDED_AFTER_MS
        await line.templates.keep(await look(client))
    since = datetime.now(UTC)
    await desk.post(f"whatsapp/{PHONE}/window", {"hours_ago": 25})
    await line.contacts.close_window(line.conversation_id)
    values = ("T1", "AED 50.00", "Desert\n\tFalcon")
    message = Outgoing("PAID", in_short=InShort(Prepared.PAID, "en", values))
    ref = await line.send(message)
    (shown,) = await said(desk)
    assert shown["template"] == "topup_paid_en"
    assert "order T1 for AED 50.00" in shown["text"]
    assert "the account Desert Falcon." in shown["text"]
    assert await line.channel.find(line.conversation_id, message, since) == ref


async def test_within_a_day_we_speak_freely(line, desk):  # noqa: F811
    line.clock.pass_by(timedelta(hours=23, minutes=49))
    await line.send(HELLO)
    assert [each["text"] for each in await said(desk)] == ["hello"]
