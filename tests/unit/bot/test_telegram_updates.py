"""An update is read for what it is, and for nothing when it is nothing."""

import json
from typing import Any

import pytest

from bot.messages import Kind
from bot.telegram_updates import conversation_of, group_of, read, update_id
from tests.fakes import NOW

CHAT = {"id": 9_007_199_254_740_991, "type": "private"}
SENDER = {"id": 7, "language_code": "ar-AE"}


def message(**what: object) -> dict[str, Any]:
    return {"update_id": 1, "message": {"chat": CHAT, "from": SENDER, **what}}


def tap(data: str) -> dict[str, Any]:
    query = {"id": "q1", "data": data, "from": SENDER, "message": {"chat": CHAT}}
    return {"update_id": 2, "callback_query": query}


def test_a_text_is_read_with_its_chat_and_the_phones_language():
    received = read(message(text="/topup 50"), NOW)
    assert received is not None
    said = received.incoming
    assert (said.kind, said.text) == (Kind.TEXT, "/topup 50")
    assert said.conversation_id == "tg:9007199254740991"
    assert (said.language, said.received_at) == ("ar", NOW)
    assert received.callback_query_id == ""


def test_a_tap_is_read_with_what_must_be_acknowledged():
    received = read(tap("v1:check:T1"), NOW)
    assert received is not None
    assert received.incoming.kind is Kind.CHOICE
    assert received.incoming.choice_id == "v1:check:T1"
    assert received.callback_query_id == "q1"


def test_a_location_is_read_to_the_last_digit():
    where = {"latitude": 25.269712, "longitude": 55}
    received = read(message(location=where), NOW)
    assert received is not None
    said = received.incoming
    assert said.kind is Kind.LOCATION
    assert (said.latitude, said.longitude) == (25.269712, 55.0)


@pytest.mark.parametrize(
    "where",
    [
        "here",
        {},
        {"latitude": 25.2},
        {"latitude": "25.2", "longitude": "55.3"},
        {"latitude": 91, "longitude": 55},
        {"latitude": 25, "longitude": -181},
        {"latitude": json.loads("NaN"), "longitude": 55},
        {"latitude": 25, "longitude": json.loads("Infinity")},
        {"latitude": 10**400, "longitude": 55},
    ],
    ids=range(9),
)
def test_a_location_that_is_nowhere_is_no_location(where):
    received = read(message(location=where), NOW)
    assert received is not None
    assert received.incoming.kind is Kind.OTHER


@pytest.mark.parametrize(
    ("content", "medium"),
    [
        ({"photo": [{"file_id": "A"}]}, "photo"),
        ({"document": {"file_id": "A"}}, "document"),
        ({"video": {"file_id": "A"}}, "video"),
        ({"voice": {"file_id": "A"}}, "voice note"),
        ({"audio": {"file_id": "A"}}, "recording"),
        ({"sticker": {"file_id": "A"}}, ""),
        ({"contact": {"phone_number": "1"}}, ""),
        ({"photo": []}, ""),
    ],
)
def test_a_photo_and_the_like_are_known_by_their_message_and_caption(content, medium):
    received = read(message(message_id=17, caption="the slip", **content), NOW)
    assert received is not None
    said = received.incoming
    assert (said.kind, said.medium) == (Kind.OTHER, medium)
    known = ("17", "the slip") if medium else ("", "")
    assert (said.medium_ref, said.text) == known


@pytest.mark.parametrize("number", [None, "17", True])
def test_a_photo_whose_message_has_no_number_is_nothing_to_show(number):
    received = read(message(message_id=number, photo=[{"file_id": "A"}]), NOW)
    assert received is not None
    assert (received.incoming.medium, received.incoming.medium_ref) == ("", "")


@pytest.mark.parametrize("code", [None, 5, "", ["ar"]])
def test_a_phone_that_tells_no_language_has_none(code):
    update = message(text="x")
    update["message"]["from"] = {"language_code": code}
    received = read(update, NOW)
    assert received is not None
    assert received.incoming.language == ""


def change(status: object) -> dict:
    member = {"new_chat_member": {"status": status}}
    return {"update_id": 3, "my_chat_member": {"chat": CHAT, **member}}


def test_who_lets_us_back_in_is_there_again_but_has_said_nothing():
    update = change("member")
    assert conversation_of(update) == f"tg:{CHAT['id']}"
    assert read(update, NOW) is None


@pytest.mark.parametrize("status", ["kicked", "left", "restricted", None, 5])
def test_who_shuts_us_out_wants_nothing(status):
    assert conversation_of(change(status)) is None


def test_a_change_without_its_end_is_let_go():
    assert conversation_of({"update_id": 3, "my_chat_member": {"chat": CHAT}}) is None


@pytest.mark.parametrize("kind", ["group", "supergroup", "channel", None])
def test_only_private_chats_are_answered(kind):
    update = message(text="x")
    update["message"]["chat"] = {"id": 5, "type": kind}
    assert conversation_of(update) is None
    assert read(update, NOW) is None


@pytest.mark.parametrize("number", [None, "7", 7.0, True])
def test_an_update_without_a_whole_number_has_none(number):
    assert update_id({"update_id": number}) is None


GROUP = {"id": -1001, "type": "supergroup"}


def in_group(**what: object) -> dict[str, Any]:
    return {"update_id": 4, "message": {"chat": GROUP, "from": SENDER, **what}}


def tap_in_group() -> dict[str, Any]:
    query = {"id": "q1", "data": "s1:order:T1", "from": SENDER}
    return {"update_id": 5, "callback_query": query | {"message": {"chat": GROUP}}}


@pytest.mark.parametrize("update", [in_group(text="/find 1"), tap_in_group()])
def test_in_the_one_group_a_command_and_a_tap_are_read_with_who_sent_them(update):
    received = read(update, NOW, "tg:-1001")
    assert received is not None
    assert received.incoming.conversation_id == "tg:-1001"
    assert received.incoming.sender == "tg:7"


def test_a_group_is_known_by_its_number_whichever_it_is():
    put_in = change("member")
    put_in["my_chat_member"]["chat"] = GROUP
    of_it = (in_group(text="x"), tap_in_group(), put_in)
    of_none = (message(text="x"), tap("x"), change("member"), {"update_id": 1})
    assert {group_of(update) for update in of_it} == {-1001}
    assert {group_of(update) for update in of_none} == {None}


@pytest.mark.parametrize(
    ("status", "is_back"),
    [("member", True), ("administrator", True), ("kicked", False), ("left", False)],
)
def test_a_group_that_lets_us_back_in_is_there_again_and_no_other_is(status, is_back):
    update = change(status)
    update["my_chat_member"]["chat"] = GROUP
    assert conversation_of(update, "tg:-1001") == ("tg:-1001" if is_back else None)
    assert conversation_of(update, "tg:-1002") is None
    assert read(update, NOW, "tg:-1001") is None


@pytest.mark.parametrize("update", [in_group(text="/find 1"), tap_in_group()])
@pytest.mark.parametrize("group", ["", "tg:-1002", "tg:1001"])
def test_in_any_other_group_nothing_is_read(update, group):
    assert conversation_of(update, group) is None
    assert read(update, NOW, group) is None


@pytest.mark.parametrize(
    "update",
    [
        in_group(text="good morning"),
        in_group(photo=[{}]),
        {"update_id": 6, "my_chat_member": {"chat": GROUP, "new_chat_member": {}}},
    ],
)
def test_what_people_talk_about_in_the_group_is_not_read(update):
    assert conversation_of(update, "tg:-1001") is None


def test_alone_with_us_nobody_needs_to_be_named():
    received = read(message(text="/find 1"), NOW, "tg:-1001")
    assert received is not None
    assert received.incoming.sender == ""
