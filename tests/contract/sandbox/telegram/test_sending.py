import pytest
from telegram import (
    CopyTextButton,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
    ReplyParameters,
)
from telegram.error import BadRequest

from tests.contract.sandbox.telegram.desk import CHAT, Desk, png


async def test_a_text_arrives_on_the_phone_with_its_bold_words_and_buttons(chat: Desk):
    keys = InlineKeyboardMarkup(
        [
            [InlineKeyboardButton("Confirm 50 AED", callback_data="v1:confirm:1")],
            [
                InlineKeyboardButton("Site", url="https://shop.example/a"),
                InlineKeyboardButton("Copy", copy_text=CopyTextButton("REF-1")),
            ],
        ]
    )

    sent = await chat.bot.send_message(
        CHAT, "Pay <b>50 &lt;AED&gt;</b>?", parse_mode="HTML", reply_markup=keys
    )

    seen = await chat.last()
    assert sent.text == seen["text"] == "Pay 50 <AED>?"
    assert seen["html"] == "Pay <b>50 &lt;AED&gt;</b>?"
    assert (seen["id"], seen["from"], seen["kind"]) == (sent.id, "bot", "text")
    assert [
        (key["text"], key["data"], key["url"], key["copy_text"], key["row"])
        for key in seen["buttons"]
    ] == [
        ("Confirm 50 AED", "v1:confirm:1", None, None, 0),
        ("Site", None, "https://shop.example/a", None, 1),
        ("Copy", None, None, "REF-1", 1),
    ]


async def test_an_uploaded_photo_can_be_seen_sent_again_and_downloaded(chat: Desk):
    picture = png()

    sent = await chat.bot.send_photo(CHAT, picture, "Your QR", filename="qr.png")
    again = await chat.bot.send_photo(CHAT, sent.photo[-1].file_id)

    first, second = (await chat.screen())[-2:]
    assert (first["kind"], first["text"]) == ("photo", "Your QR")
    assert (sent.photo[-1].width, sent.photo[-1].height) == (40, 40)
    assert again.photo[-1].file_unique_id == sent.photo[-1].file_unique_id
    assert first["photo_url"] == second["photo_url"]
    response = await chat.http.get(first["photo_url"])
    assert (response.headers["content-type"], response.content) == (
        "image/png",
        picture,
    )
    file = await chat.bot.get_file(sent.photo[-1])
    assert await file.download_as_bytearray() == picture


async def test_a_photo_can_be_given_by_url(chat: Desk):
    await chat.bot.send_photo(CHAT, png(), filename="qr.png")
    address = chat.url + (await chat.last())["photo_url"]

    sent = await chat.bot.send_photo(CHAT, address)

    assert sent.photo[-1].width == 40
    assert "failed to get HTTP URL content" in await chat.refusal(
        "sendPhoto", chat_id=CHAT, photo=f"{chat.url}/nothing.png"
    )


async def test_a_big_file_can_be_sent_but_not_downloaded(chat: Desk):
    content = b"x" * (20 * 1024 * 1024 + 1)
    sent = await chat.bot.send_document(CHAT, content, filename="log.txt")

    assert sent.document
    with pytest.raises(BadRequest, match="File is too big"):
        await chat.bot.get_file(sent.document)
    with pytest.raises(BadRequest, match="Wrong file identifier"):
        await chat.bot.send_photo(CHAT, sent.document.file_id)
    with pytest.raises(BadRequest, match="File must be non-empty"):
        await chat.bot.send_document(CHAT, b"")


async def test_an_album_arrives_as_its_pictures(chat: Desk):
    album = [InputMediaPhoto(png(), caption="<i>one</i>", parse_mode="HTML")]
    album.append(InputMediaPhoto(png(50, 50)))

    sent = await chat.bot.send_media_group(CHAT, album)

    assert [message.photo[-1].width for message in sent] == [40, 50]
    assert sent[0].caption == "one"
    assert sent[0].media_group_id == sent[1].media_group_id


async def test_an_album_of_one_is_refused(chat: Desk):
    with pytest.raises(BadRequest, match=r"(?i)wrong number of media"):
        await chat.bot.send_media_group(CHAT, [InputMediaPhoto(png())])


async def test_documents_venues_and_locations_arrive(chat: Desk):
    await chat.bot.send_document(CHAT, b"id;amount", "Statement", filename="a.csv")
    await chat.bot.send_venue(CHAT, 25.2, 55.3, "Corner Shop", "Street 1")
    await chat.bot.send_location(CHAT, 25.25, 55.35)
    await chat.bot.send_media_group(
        CHAT, [InputMediaDocument(b"a", filename="a"), InputMediaDocument(b"b")]
    )

    document, venue, location, *_ = (await chat.screen())[1:]
    assert (document["kind"], document["file_name"]) == ("document", "a.csv")
    assert document["text"] == "Statement"
    assert venue["kind"] == "venue"
    assert (venue["title"], venue["address"]) == ("Corner Shop", "Street 1")
    assert (venue["latitude"], venue["longitude"]) == (25.2, 55.3)
    assert (location["kind"], location["latitude"]) == ("location", 25.25)


async def test_a_pdf_opens_on_the_phone_under_its_name(chat: Desk):
    sent = await chat.bot.send_document(
        CHAT,
        b"%PDF-1.7",
        "Your <b>receipt</b>",
        parse_mode="HTML",
        filename="إيصال.pdf",
    )

    seen = await chat.last()
    assert (seen["kind"], seen["text"]) == ("document", "Your receipt")
    assert seen["file_name"] == "إيصال.pdf"
    assert sent.document
    assert sent.document.mime_type == "application/pdf"
    opened = await chat.http.get(seen["document_url"])
    assert opened.content == b"%PDF-1.7"
    assert opened.headers["content-type"] == "application/pdf"
    assert opened.headers["content-disposition"].startswith("inline;")


async def test_a_file_that_a_browser_could_run_is_only_saved(chat: Desk):
    script = b"<script>alert(1)</script>"
    await chat.bot.send_document(CHAT, script, filename="page.html")

    opened = await chat.http.get((await chat.last())["document_url"])
    assert opened.content == script
    assert opened.headers["content-disposition"].startswith("attachment;")
    assert opened.headers["x-content-type-options"] == "nosniff"


async def test_a_message_is_copied_into_another_chat_as_the_bots_own(chat: Desk):
    agent = "1002"
    await chat.send(agent, text="hello")
    await chat.send(photo="my slip")
    slip = await chat.last()
    button = InlineKeyboardButton("Close", callback_data="close")
    keys = InlineKeyboardMarkup.from_button(button)

    kept = await chat.bot.copy_message(agent, CHAT, slip["id"])
    new = await chat.bot.copy_message(
        agent, CHAT, slip["id"], "<b>Case 7</b>", "HTML", reply_markup=keys
    )

    first, second = (await chat.screen(agent))[-2:]
    assert (first["id"], second["id"]) == (kept.message_id, new.message_id)
    assert (first["from"], first["kind"], first["text"]) == ("bot", "photo", "my slip")
    assert first["photo_url"] == second["photo_url"] == slip["photo_url"]
    assert (second["html"], second["buttons"][0]["text"]) == ("<b>Case 7</b>", "Close")
    assert await chat.last() == slip


async def test_what_can_have_no_caption_is_copied_as_it_is(chat: Desk):
    await chat.send(text="hello")
    text = await chat.last()
    await chat.bot.copy_message(CHAT, CHAT, text["id"], "a caption")
    assert (await chat.last())["text"] == "hello"


async def test_what_is_protected_is_not_copied(chat: Desk):
    secret = await chat.bot.send_message(CHAT, "secret", protect_content=True)
    with pytest.raises(BadRequest, match=r"(?i)message can't be copied"):
        await chat.bot.copy_message(CHAT, CHAT, secret.message_id)


async def test_a_reply_keyboard_stays_until_it_is_removed(chat: Desk):
    button = KeyboardButton("Send my location", request_location=True)
    keyboard = ReplyKeyboardMarkup([[button], ["Cancel"]], resize_keyboard=True)

    await chat.bot.send_message(CHAT, "Where are you?", reply_markup=keyboard)
    shown = (await chat.state())["reply_keyboard"]["keyboard"]
    await chat.bot.send_message(CHAT, "Thanks", reply_markup=ReplyKeyboardRemove())

    assert shown == [
        [{"text": "Send my location", "request_location": True}],
        [{"text": "Cancel"}],
    ]
    assert (await chat.state())["reply_keyboard"] is None


async def test_a_reply_shows_what_it_answers_if_that_is_there(chat: Desk):
    first = await chat.bot.send_message(CHAT, "one")

    reply = await chat.bot.send_message(
        CHAT, "two", reply_parameters=ReplyParameters(first.id)
    )

    assert reply.reply_to_message
    assert reply.reply_to_message.text == "one"
    with pytest.raises(BadRequest, match=r"(?i)message to be replied not found"):
        await chat.bot.send_message(CHAT, "x", reply_parameters=ReplyParameters(1))


async def test_every_option_of_the_real_method_is_taken(chat: Desk):
    answer = await chat.post(
        "SENDMESSAGE",
        chat_id=str(CHAT),
        text="hello",
        disable_notification="true",
        protect_content=True,
        link_preview_options='{"is_disabled": true}',
        message_effect_id="5",
        allow_paid_broadcast=False,
        message_thread_id=3,
    )

    assert answer["ok"]
    assert answer["result"]["has_protected_content"] is True


@pytest.mark.parametrize(
    ("method", "body", "refusal"),
    [
        ("sendMessage", {"text": "x", "txet": 1}, 'unknown parameter "txet"'),
        ("sendMessage", {}, "message text is empty"),
        ("sendMessage", {"text": "  \n "}, "message text is empty"),
        ("sendMessage", {"text": "<b></b>", "parse_mode": "HTML"}, "text is empty"),
        ("sendMessage", {"text": 5}, 'parameter "text" must be a String'),
        ("sendMessage", {"text": "x" * 4097}, "message is too long"),
        ("sendMessage", {"text": "😀" * 2049}, "message is too long"),
        ("sendMessage", {"text": "x", "parse_mode": "RTF"}, "unsupported parse_mode"),
        ("sendMessage", {"text": "<b>x", "parse_mode": "html"}, "can't parse entities"),
        (
            "sendMessage",
            {"text": "50.00", "parse_mode": "MarkdownV2"},
            "can't parse entities: Character '.' is reserved",
        ),
        (
            "sendMessage",
            {"text": "x", "entities": [{"type": "bold", "offset": 0, "length": 2}]},
            "can't parse entities: entity lies outside",
        ),
        ("sendMessage", {"text": "x", "protect_content": "maybe"}, "must be a Boolean"),
        ("sendMessage", {"text": "x", "reply_markup": "{"}, "can't parse reply_markup"),
        ("sendMessage", {"text": "x", "reply_markup": "[]"}, "Object expected"),
        ("sendMessage", {"text": "x", "reply_markup": {}}, "expected as reply markup"),
        (
            "sendMessage",
            {"text": "x", "reply_markup": {"remove_keyboard": False}},
            "remove_keyboard of the reply markup must be True",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": {"keyboard": [], "color": 1}},
            'unknown field "color" in reply markup',
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": {"inline_keyboard": [{}]}},
            "array of button rows expected",
        ),
        (
            "sendMessage",
            {"text": "x", "reply_markup": {"keyboard": [[5]]}},
            "can't parse keyboard button",
        ),
        (
            "editMessageText",
            {"text": "x", "message_id": 1, "reply_markup": {"keyboard": []}},
            "inline keyboard expected",
        ),
        ("sendMediaGroup", {"media": ["a", "b"]}, "can't parse InputMedia"),
        (
            "sendMediaGroup",
            {"media": [{"type": "video", "media": "a"}] * 2},
            "the sandbox knows photo and document",
        ),
        ("sendPhoto", {}, "there is no photo in the request"),
        ("sendPhoto", {"photo": "AgAC-unknown"}, "wrong file identifier/HTTP URL"),
        ("sendPhoto", {"photo": "attach://none"}, "wrong file identifier/HTTP URL"),
        ("sendPhoto", {"photo": "x", "caption": "x" * 1025}, "caption is too long"),
        ("sendDocument", {}, "there is no document in the request"),
        ("sendDocument", {"document": "AgAC-unknown"}, "wrong file identifier"),
        ("sendDocument", {"document": "x", "caption": "x" * 1025}, "is too long"),
        ("sendVenue", {"latitude": 25, "longitude": 55, "title": "A"}, '"address"'),
        (
            "sendVenue",
            {"latitude": 91, "longitude": 55, "title": "A", "address": "B"},
            "invalid latitude specified",
        ),
        (
            "sendVenue",
            {"latitude": 9, "longitude": 55, "title": " ", "address": "B"},
            "title must be non-empty",
        ),
        ("sendLocation", {"latitude": "north", "longitude": 5}, "invalid latitude"),
        ("sendChatAction", {"action": "dancing"}, "wrong parameter action in request"),
        ("getFile", {"file_id": "nothing"}, "invalid file_id"),
        (
            "copyMessage",
            {"from_chat_id": CHAT, "message_id": 1},
            "message to copy not found",
        ),
        ("copyMessage", {"from_chat_id": 99, "message_id": 1}, "chat not found"),
        ("copyMessage", {"message_id": 1}, '"from_chat_id"'),
    ],
)
async def test_wrong_parameters_are_refused_and_nothing_arrives(
    chat: Desk, method: str, body: dict[str, object], refusal: str
):
    if method != "getFile":
        body = {"chat_id": CHAT, **body}

    assert refusal in await chat.refusal(method, **body)
    assert [message["from"] for message in await chat.screen()] == ["user"]


@pytest.mark.parametrize(
    ("button", "refusal"),
    [
        ({"text": "A", "callback_data": "x" * 65}, "BUTTON_DATA_INVALID"),
        ({"text": "A", "callback_data": "د" * 33}, "BUTTON_DATA_INVALID"),
        ({"text": "A", "callback_data": ""}, "BUTTON_DATA_INVALID"),
        ({"text": "A"}, "Text buttons are unallowed in the inline keyboard"),
        ({"text": "", "callback_data": "a"}, '"text" must be a non-empty String'),
        ({"text": "A", "callback_data": "a", "url": "https://a.b"}, "one action"),
        ({"text": "A", "callback_data": "a", "colour": "red"}, "unknown field"),
        ({"text": "A", "callback_data": "a", "style": "loud"}, "invalid button style"),
        ({"text": "A", "url": "shop"}, "Wrong HTTP URL"),
        ({"text": "A", "copy_text": {"text": "x" * 257}}, "BUTTON_COPY_TEXT_INVALID"),
        ("A", "Object expected"),
    ],
)
async def test_a_wrong_inline_button_is_refused(
    chat: Desk, button: object, refusal: str
):
    markup = {"inline_keyboard": [[button]]}

    assert refusal in await chat.refusal(
        "sendMessage", chat_id=CHAT, text="x", reply_markup=markup
    )


async def test_empty_rows_and_empty_keyboards_are_left_out(chat: Desk):
    button = {"text": "A", "callback_data": "a"}
    rows: list[list[dict[str, str]]] = [[], [button], []]
    empty: list[list[dict[str, str]]] = [[]]

    some, none = [
        await chat.post(
            "sendMessage",
            chat_id=CHAT,
            text="x",
            reply_markup={"inline_keyboard": keyboard},
        )
        for keyboard in (rows, empty)
    ]

    assert some["result"]["reply_markup"] == {"inline_keyboard": [[button]]}
    assert "reply_markup" not in none["result"]


async def test_callback_data_of_64_bytes_is_taken(chat: Desk):
    keys = InlineKeyboardMarkup([[InlineKeyboardButton("A", callback_data="د" * 32)]])

    await chat.bot.send_message(CHAT, "x", reply_markup=keys)

    assert (await chat.last())["buttons"][0]["data"] == "د" * 32


@pytest.mark.parametrize(
    ("picture", "refusal"),
    [
        (b"no picture at all", "IMAGE_PROCESS_FAILED"),
        (png()[:60], "IMAGE_PROCESS_FAILED"),
        (png(9000, 1001), "PHOTO_INVALID_DIMENSIONS"),
        (png(210, 10), "PHOTO_INVALID_DIMENSIONS"),
        (b"x" * (10 * 1024 * 1024 + 1), "file is too big"),
    ],
)
async def test_a_photo_nobody_could_look_at_is_refused(
    chat: Desk, picture: bytes, refusal: str
):
    upload = {"photo": ("qr.png", picture, "image/png")}
    path = f"/bot{chat.world.token}/sendPhoto"

    response = await chat.http.post(path, data={"chat_id": str(CHAT)}, files=upload)

    assert response.json()["description"] == f"Bad Request: {refusal}"
