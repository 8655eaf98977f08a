"""What a call asks to send: its parameters, checked one by one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlsplit

from sandbox.twilio.contents import Content, Contents
from sandbox.twilio.errors import ApiError
from sandbox.twilio.phones import BSUID, CHANNEL, E164, Place
from sandbox.twilio.placeholders import read_values

LONGEST_BODY = 1600

_MANY = frozenset({"MediaUrl", "PersistentAction"})
_KNOWN = _MANY | {
    "Body",
    "ContentSid",
    "ContentVariables",
    "From",
    "MessagingServiceSid",
    "StatusCallback",
    "To",
    "ValidityPeriod",
}
_WITHOUT_EFFECT = frozenset({"ProvideFeedback", "SmartEncoded", "ShortenUrls"})
_GEO = re.compile(r"geo:(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)(?:\|(.+))?")
_LATITUDE, _LONGITUDE = 90, 180
_LONGEST_VALIDITY_S = 36_000
_HOST = re.compile(r"[A-Za-z0-9.-]+")

Parameters = dict[str, list[str]]


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One message to send, as Twilio has accepted it."""

    to: str
    body: str = ""
    media_url: str | None = None
    place: Place | None = None
    content: Content | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    status_callback: str | None = None


def read_form(raw: bytes) -> Parameters:
    """Read a form's parameters; raises ApiError for one the stand-in can't play.

    Twilio ignores names it does not know; here they are always a slip of the pen.
    """
    found: Parameters = {}
    for name, value in parse_qsl(raw.decode(errors="replace"), keep_blank_values=True):
        if name not in _KNOWN | _WITHOUT_EFFECT:
            raise ApiError(20001, f"It is {name}.")
        if name in found and name not in _MANY:
            raise ApiError(20001, f"{name} comes twice.")
        if value:
            found.setdefault(name, []).append(value)
    return found


def read_letter(form: Parameters, sender: str, contents: Contents) -> Letter:
    """Check the parameters of a message from our sender; raises ApiError."""
    to = _one(form, "To")
    _check_addresses(to, _one(form, "From"), CHANNEL + sender)
    if "MessagingServiceSid" in form:
        raise ApiError(21701)
    content = _content(form, contents)
    variables = _one(form, "ContentVariables")
    media_url = _media_url(form)
    _check_body(form, content)
    _check_validity(_one(form, "ValidityPeriod"))
    return Letter(
        to=to,
        body=_one(form, "Body"),
        media_url=media_url,
        place=_place(form),
        content=content,
        values=read_values(variables, content.placeholders) if content else {},
        status_callback=_callback(form),
    )


def _one(form: Parameters, name: str) -> str:
    return form.get(name, [""])[0]


def _check_addresses(to: str, sender: str, ours: str) -> None:
    if not to:
        raise ApiError(21604)
    if not sender:
        raise ApiError(21603)
    if sender != ours:
        raise ApiError(63007)
    if not to.startswith(CHANNEL):
        raise ApiError(21910)
    if to == sender:
        raise ApiError(21266)
    identity = to.removeprefix(CHANNEL)
    if not E164.fullmatch(identity) and not BSUID.fullmatch(identity):
        raise ApiError(21211)


def _content(form: Parameters, contents: Contents) -> Content | None:
    sid = _one(form, "ContentSid")
    if not sid:
        if "ContentVariables" in form:
            raise ApiError(21654)
        return None
    for name in ("Body", "MediaUrl", "PersistentAction"):
        if name in form:
            raise ApiError(20001, f"{name} does not go with a ContentSid.")
    try:
        return contents.find(sid)
    except ApiError:
        raise ApiError(21655) from None


def _media_url(form: Parameters) -> str | None:
    urls = form.get("MediaUrl", [])
    if not urls:
        return None
    if len(urls) > 1:
        raise ApiError(21623)
    if not _is_url(urls[0]):
        raise ApiError(21620)
    return urls[0]


def _check_body(form: Parameters, content: Content | None) -> None:
    body = _one(form, "Body")
    if len(body) > LONGEST_BODY:
        raise ApiError(21617)
    if not body.strip() and "MediaUrl" not in form and content is None:
        raise ApiError(21619)


def _place(form: Parameters) -> Place | None:
    actions = form.get("PersistentAction", [])
    if not actions:
        return None
    if len(actions) > 1 or "MediaUrl" in form:
        raise ApiError(20001, "One PersistentAction goes with a Body and no medium.")
    geo = _GEO.fullmatch(actions[0])
    if geo is None or not _on_earth(float(geo[1]), float(geo[2])):
        raise ApiError(20001, "A PersistentAction is geo:latitude,longitude|label.")
    return Place(
        latitude=float(geo[1]),
        longitude=float(geo[2]),
        title=_one(form, "Body"),
        address=geo[3] or "",
    )


def _on_earth(latitude: float, longitude: float) -> bool:
    return abs(latitude) <= _LATITUDE and abs(longitude) <= _LONGITUDE


def _check_validity(seconds: str) -> None:
    if not seconds:
        return
    if not seconds.isdecimal() or not 1 <= int(seconds) <= _LONGEST_VALIDITY_S:
        raise ApiError(21624)


def _callback(form: Parameters) -> str | None:
    url = _one(form, "StatusCallback")
    if url and not _is_url(url):
        raise ApiError(21609)
    return url or None


def _is_url(url: str) -> bool:
    """Tell whether Twilio would call an address; a host has no underscore."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(_HOST.fullmatch(host))
