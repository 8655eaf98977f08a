import pytest

from bot.chat_lines import said
from bot.chats import Answer, Chat
from bot.messages import Incoming, Kind, Outgoing
from tests.fakes import NOW


def lines(kind: Kind, text: str = "", choice_id: str = "") -> list[str]:
    incoming = Incoming(
        conversation_id="tg:1",
        received_at=NOW,
        kind=kind,
        text=text,
        choice_id=choice_id,
    )
    answer = Answer(Chat(conversation_id="tg:1"), (Outgoing("Yes?"),))
    return [line.text for line in said(incoming, answer, "u1")]


def test_what_was_typed_and_answered_is_kept():
    assert lines(Kind.TEXT, text="/topup 50") == ["/topup 50", "Yes?"]


def test_of_a_tap_its_action_is_kept_and_no_key():
    tap = lines(Kind.CHOICE, choice_id="v1:confirm:mJLAJMyGPesa")
    assert tap[0] == "[tapped confirm]"


@pytest.mark.parametrize("choice_id", ["", "strange", "v1:"])
def test_a_tap_that_is_none_of_ours_is_kept_as_a_tap(choice_id):
    assert lines(Kind.CHOICE, choice_id=choice_id)[0].startswith("[tapped")


@pytest.mark.parametrize(
    ("medium", "text", "kept"),
    [
        ("photo", "the slip", "[photo] the slip"),
        ("document", "", "[document]"),
        ("", "", "[sent what the bot cannot read]"),
    ],
)
def test_of_a_photo_it_is_kept_where_it_is_and_what_stood_under_it(medium, text, kept):
    photo = Incoming(
        conversation_id="tg:1",
        received_at=NOW,
        kind=Kind.OTHER,
        text=text,
        medium=medium,
        medium_ref="17",
    )
    [line] = said(photo, Answer(Chat(conversation_id="tg:1")), "u1")
    assert (line.text, line.medium, line.medium_ref) == (kept, medium, "17")


@pytest.mark.parametrize("text", ["/link", "/unlink"])
def test_nothing_of_linking_chats_is_kept(text):
    assert lines(Kind.TEXT, text=text) == []
