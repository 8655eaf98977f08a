"""Whatever Twilio posts reads as text, a choice, a place, or something else."""

import json

import pytest

from bot.messages import Kind
from bot.whatsapp_forms import read, sender_of
from tests.fakes import NOW

CHOICE = "v1:confirm:x"
IN_A_LIST = {"type": "list_reply", "list_reply": {"title": "Yes", "id": CHOICE}}


def reading(**form: str):
    return read({"MessageSid": "SM1", "NumMedia": "0", "Body": ""} | form, "wa:1", NOW)


def test_a_text_is_a_text():
    incoming = reading(Body=" top up 50 ", MessageType="text", SomethingNew="x")
    assert (incoming.kind, incoming.text) == (Kind.TEXT, " top up 50 ")
    assert (incoming.conversation_id, incoming.received_at) == ("wa:1", NOW)


@pytest.mark.parametrize(
    ("text", "language"),
    [("hello", ""), ("٥٠", ""), ("50", ""), ("مرحبا", "ar"), ("top up شحن", "ar")],
)
def test_arabic_letters_tell_the_language(text, language):
    assert reading(Body=text).language == language


@pytest.mark.parametrize(
    "form",
    [
        {"ButtonPayload": CHOICE, "ButtonText": "تأكيد", "Body": "تأكيد"},
        {"ListId": CHOICE, "ListTitle": "تأكيد"},
    ],
)
def test_a_tap_tells_the_language_of_what_was_tapped(form):
    assert reading(**form).language == "ar"


def test_a_very_long_text_is_cut():
    assert len(reading(Body="a" * 5000).text) == 4096


@pytest.mark.parametrize(
    "form",
    [
        {"ButtonPayload": CHOICE, "ButtonText": "Yes", "Body": "Yes"},
        {"ButtonPayload": CHOICE, "ListId": "v1:other:"},
        {"ListId": CHOICE, "ListTitle": "Yes", "Body": "Yes"},
        {"ButtonPayload": "", "ListId": CHOICE},
        {"InteractiveData": json.dumps(IN_A_LIST), "Body": "Yes"},
        {"InteractiveData": json.dumps([{"x": {"id": ""}}, {"id": CHOICE}])},
        {"ButtonPayload": CHOICE, "Latitude": "25.2", "Longitude": "55.3"},
    ],
)
def test_a_tap_is_a_choice_whichever_field_tells_of_it(form):
    incoming = reading(**form)
    assert (incoming.kind, incoming.choice_id) == (Kind.CHOICE, CHOICE)


@pytest.mark.parametrize("field", ["ButtonText", "ListTitle"])
def test_a_tap_that_tells_no_id_is_what_its_choice_said(field):
    incoming = reading(**{field: "Confirm"})
    assert (incoming.kind, incoming.text) == (Kind.TEXT, "Confirm")


@pytest.mark.parametrize(
    "data", ["", "junk", "[" * 60_000, "7", '{"id": 7}', '{"id": ""}', "null"]
)
def test_what_cannot_be_read_as_a_choice_stays_a_text(data):
    assert reading(Body="hello", InteractiveData=data).kind is Kind.TEXT


def test_a_place_is_a_place_though_its_names_are_blank():
    incoming = reading(Latitude="25.27", Longitude="55.30", Label="", Address="")
    assert incoming.kind is Kind.LOCATION
    assert (incoming.latitude, incoming.longitude) == (25.27, 55.30)


@pytest.mark.parametrize(
    ("latitude", "longitude"),
    [("91", "0"), ("0", "-181"), ("nan", "0"), ("inf", "0"), ("x", "1"), ("1", "")],
)
def test_a_place_that_is_nowhere_is_none(latitude, longitude):
    assert reading(Latitude=latitude, Longitude=longitude).kind is Kind.OTHER


def test_a_photo_is_something_else_even_with_words_under_it():
    assert reading(NumMedia="1", MessageType="image").kind is Kind.OTHER
    assert reading(NumMedia="1", Body="look").kind is Kind.OTHER


@pytest.mark.parametrize(
    ("content_type", "medium"),
    [
        ("image/jpeg", "photo"),
        ("application/pdf", "document"),
        ("video/mp4", "video"),
        ("audio/ogg", "voice note"),
        ("image/webp", ""),
        ("text/vcard", ""),
        ("", ""),
    ],
)
def test_a_photo_and_the_like_are_known_by_twilios_names_for_them(content_type, medium):
    url = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM12/Media/ME34"
    said = reading(
        NumMedia="1", MediaUrl0=url, MediaContentType0=content_type, Body="the slip"
    )
    assert (said.kind, said.medium, said.text) == (Kind.OTHER, medium, "the slip")
    assert said.medium_ref == "MM12/ME34"


@pytest.mark.parametrize("url", ["", "https://a.test/Messages/MM1", "x" * 9999])
def test_a_medium_at_an_address_that_is_not_twilios_has_no_name(url):
    said = reading(NumMedia="1", MediaUrl0=url, MediaContentType0="image/png")
    assert (said.medium, said.medium_ref) == ("photo", "")


def test_nothing_at_all_is_something_else():
    assert read({}, "wa:1", NOW).kind is Kind.OTHER


@pytest.mark.parametrize(
    ("form", "sender"),
    [
        ({"From": "whatsapp:+971500000101"}, ("+971500000101", "")),
        ({"From": "whatsapp:AE.123"}, ("", "AE.123")),
        (
            {"From": "whatsapp:+971500000101", "ExternalUserId": "whatsapp:AE.123"},
            ("+971500000101", "AE.123"),
        ),
        (
            {"From": "whatsapp:AE.123", "ExternalUserId": "whatsapp:AE.123"},
            ("", "AE.123"),
        ),
        ({}, ("", "")),
    ],
)
def test_a_sender_has_a_phone_or_a_user_id_or_both(form, sender):
    assert sender_of(form) == sender
