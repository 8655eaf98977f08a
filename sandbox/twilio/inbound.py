"""Inbound messages: the form that tells the product what a person sent."""

import json
from collections.abc import Mapping

from sandbox.twilio.json_types import Form
from sandbox.twilio.messages import API_VERSION, Message
from sandbox.twilio.phones import CHANNEL, Button, Phone, Place


def form_of(account: str, phone: Phone, message: Message, kind: str) -> Form:
    """Return the fields every inbound message has; `kind` is its MessageType."""
    profile = {"ProfileName": phone.profile_name}
    if not phone.number_hidden:
        profile["WaId"] = phone.number.removeprefix("+")
    metadata = {"type": "whatsapp", "data": {"context": profile}}
    form = {
        "AccountSid": account,
        "ApiVersion": API_VERSION,
        "Body": message.body,
        "ChannelMetadata": json.dumps(metadata, ensure_ascii=False),
        "From": message.sender,
        "MessageSid": message.sid,
        "MessageType": kind,
        "NumMedia": str(message.media),
        "NumSegments": "1",
        "ReferralNumMedia": "0",
        "SmsMessageSid": message.sid,
        "SmsSid": message.sid,
        "SmsStatus": "received",
        "To": message.to,
        **profile,
    }
    if phone.bsuid:
        form["ExternalUserId"] = CHANNEL + phone.bsuid
    return form


def of_press(button: Button, asked: Message) -> Form:
    """Return the fields that tell which button of which message was tapped.

    Nobody here has seen a list's answer from Twilio itself: its names are a guess, the
    id stands in two places.
    """
    answered = {
        "OriginalRepliedMessageSender": asked.sender,
        "OriginalRepliedMessageSid": asked.sid,
    }
    data = button.data or ""
    if not button.in_list:
        return answered | {"ButtonPayload": data, "ButtonText": button.text}
    item = {"id": data, "title": button.text, "description": button.description}
    reply = {"type": "list_reply", "list_reply": item}
    return answered | {
        "InteractiveData": json.dumps(reply, ensure_ascii=False),
        "ListId": data,
        "ListTitle": button.text,
    }


def of_place(place: Place) -> Form:
    """Return the fields of a shared location; those not known are sent blank."""
    return {
        "Address": place.address,
        "Label": place.title,
        "Latitude": str(place.latitude),
        "Longitude": str(place.longitude),
    }


def of_medium(url: str, content_type: str) -> Form:
    """Return the fields of the one medium of a message."""
    return {"MediaContentType0": content_type, "MediaUrl0": url}


def changed(form: Form, changes: Mapping[str, str | None]) -> Form:
    """Return a form with other values; None leaves a field out."""
    merged = {**form, **changes}
    return {name: value for name, value in merged.items() if value is not None}
