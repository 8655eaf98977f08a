"""Twilio's error codes, and what the REST API says when it refuses a call.

The meanings are those of Twilio's error pages; the sentences are our own.
"""

from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType

AT_ONCE: Mapping[int, str] = MappingProxyType(
    {
        20001: "A parameter is not known here.",
        20003: "Authenticate.",
        20404: "The requested resource was not found.",
        20429: "Too many requests; this one was not processed.",
        20500: "Internal server error.",
        21211: "The To number is not a valid phone number.",
        21266: "To and From must differ.",
        21408: "Sending to the region of this number is not permitted.",
        21603: "A From number is required.",
        21604: "A To number is required.",
        21609: "The StatusCallback is not a valid address.",
        21610: "The recipient has unsubscribed.",
        21611: "The sender's queue of messages is full.",
        21617: "The body is longer than 1600 characters.",
        21619: "A body, a media address or a content is required.",
        21620: "The media address is not valid.",
        21623: "A WhatsApp message carries one medium.",
        21624: "The validity period is 1 to 36000 seconds.",
        21654: "ContentVariables need a ContentSid.",
        21655: "The ContentSid is not valid.",
        21656: "The ContentVariables are not valid.",
        21658: "A variable is longer than 1600 characters.",
        21701: "There is no such messaging service.",
        21910: "From and To must be of the same channel.",
        63007: "There is no channel with this From address.",
        63017: "The account sends too fast.",
        63018: "The sender sends too fast.",
        63020: "The sender is not accepted by the business account.",
    }
)
"""What a call may be refused with."""

LATER: Mapping[int, str] = MappingProxyType(
    {
        30001: "The queue is full.",
        63003: "There is nobody on the channel with this address.",
        63005: "The channel did not accept the content.",
        63006: "The channel could not format the content.",
        63008: "The channel is wrongly configured.",
        63012: "The channel's provider failed.",
        63013: "The message breaks the channel's rules.",
        63014: "The recipient has blocked the sender.",
        63016: "More than 24 hours have passed; only a template may be sent.",
        63017: "The account sends too fast.",
        63018: "The sender sends too fast.",
        63019: "The medium could not be downloaded.",
        63020: "The sender is not accepted by the business account.",
        63021: "The channel did not accept the content's form.",
        63022: "The sender's display name is not certified.",
        63023: "The channel's provider failed.",
        63024: "The recipient cannot get WhatsApp messages.",
        63027: "There is no such template in this language.",
        63028: "The number of the template's parameters differs.",
        63029: "The template could not be loaded.",
        63030: "A parameter is not supported by the channel.",
        63032: "The recipient takes part in an experiment.",
        63040: "The template was rejected.",
        63041: "The template is paused.",
        63042: "The template is disabled.",
    }
)
"""What an accepted message may fail with, told by a status callback."""

_STATUS: Mapping[int, int] = MappingProxyType(
    {20003: 401, 20404: 404, 20429: 429, 20500: 500, 63017: 429, 63018: 429}
)


class ApiError(Exception):
    """A refused call; the text says more than the code's own sentence."""

    def __init__(self, code: int, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    @property
    def status(self) -> int:
        """The HTTP status of the answer."""
        return _STATUS.get(self.code, HTTPStatus.BAD_REQUEST)

    def answer(self) -> dict[str, object]:
        """Return the JSON body of the refusal."""
        return {
            "code": self.code,
            "message": f"{AT_ONCE[self.code]} {self.detail}".strip(),
            "more_info": f"https://www.twilio.com/docs/errors/{self.code}",
            "status": self.status,
        }


class Undeliverable(Exception):
    """An accepted message that does not arrive, and the code to tell."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code
