"""Twilio's own library over httpx, and its errors, sorted by what they mean to us.

The library's asynchronous client heeds no time-out and may post again by itself; so it
gets our connections instead, which make each request once.
"""

import logging
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Final

import httpx
import structlog
from twilio.base.exceptions import (
    TwilioException,
    TwilioRestException,
    TwilioServiceException,
)
from twilio.http import AsyncHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot.channel import (
    NEVER_SENT,
    NotSent,
    Refused,
    SendError,
    Unconfirmed,
    Unreachable,
)

log = structlog.get_logger()

_TIMEOUT = httpx.Timeout(15, connect=5)
_CONNECTIONS = httpx.Limits(max_connections=64)
_TOO_MANY_REQUESTS = 429
_OUR_FAULT_OR_THEIRS = 500

FAILURES: Final = frozenset({"failed", "undelivered"})
"""How Twilio calls a message that it took and could not bring."""
CLOSED_WINDOW: Final = 63016
GONE: Final = frozenset({21211, 21610, 63003, 63014, 63024})
"""The person has blocked us, has opted out, or is not on WhatsApp."""
BUSY: Final = frozenset({21611, 30001, 63012, 63017, 63018, 63019, 63023})
"""It may go well later."""
NO_CONTENT: Final = frozenset(
    {21655, 21656, 21657, 21658, 63005, 63006, 63013, 63021, 63028, 63030}
)
"""It is not taken as buttons or a list; as a text it may be."""
NO_TEMPLATE: Final = frozenset({63027, 63028, 63029})
"""Meta has no such sentence in that language, or not with those values."""
PAUSED: Final = frozenset({63040, 63041, 63042})
"""Meta has taken its word on the sentence back."""
_SETTINGS_WRONG: Final = frozenset({20003, 21408, 63007, 63008, 63020, 63022})
_BUSY_WAIT_S = 30.0
_THROTTLED_WAIT_S = 1.0
_SETTINGS_WRONG_WAIT_S = 60.0


class Connections(AsyncHttpClient):  # type: ignore[misc]
    """What twilio's client sends its requests through."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        super().__init__(logging.getLogger("twilio"), is_async=True)
        self._http = http

    async def request(  # noqa: PLR0913, PLR0917  (the library's own signature)
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109  (ours holds)
        allow_redirects: bool = False,  # noqa: FBT001, FBT002  (the library's)
    ) -> Response:
        """Make one request. Raises httpx.TransportError."""
        is_json = (headers or {}).get("Content-Type") == "application/json"
        answer = await self._http.request(
            method,
            uri,
            params=params,  # type: ignore[arg-type]
            json=data if is_json else None,
            data=None if is_json else data,
            headers=headers,
            auth=auth,
            follow_redirects=allow_redirects,
        )
        return Response(answer.status_code, answer.text)

    def opened(
        self, uri: str, auth: tuple[str, str]
    ) -> AbstractAsyncContextManager[httpx.Response]:
        """Open a file, wherever Twilio keeps it: who keeps it is told no password."""
        return self._http.stream("GET", uri, auth=auth, follow_redirects=True)


@asynccontextmanager
async def open_twilio(
    url: str, account_sid: str, auth_token: str, patience: httpx.Timeout = _TIMEOUT
) -> AsyncIterator[Client]:
    """Open the connections to Twilio, which asks it nothing yet."""
    async with httpx.AsyncClient(
        timeout=patience, limits=_CONNECTIONS, trust_env=False
    ) as http:
        client = Client(account_sid, auth_token, http_client=Connections(http))
        client.api.base_url = url
        yield client


@asynccontextmanager
async def twilio_errors(in_doubt_s: float) -> AsyncIterator[None]:
    """Turn what Twilio and the network raise into a SendError.

    After an attempt whose end is unknown, another must wait `in_doubt_s`: until then
    Twilio has probably told us what became of it.
    """
    try:
        yield
    except NEVER_SENT as error:
        raise NotSent(type(error).__name__) from error
    except httpx.TransportError as error:
        raise Unconfirmed(type(error).__name__, in_doubt_s) from error
    except (TwilioRestException, TwilioServiceException) as error:
        raise _sorted_out(error.status, error.code or 0, in_doubt_s) from error
    except TwilioException as error:  # a page of a list, which tells no code
        raise Unconfirmed(" ".join(map(str, error.args)), in_doubt_s) from error
    except (ValueError, LookupError) as error:  # not an answer of Twilio's
        raise Unconfirmed("strange answer", in_doubt_s) from error


def _sorted_out(status: int, code: int, in_doubt_s: float) -> SendError:
    if status == _TOO_MANY_REQUESTS:
        return NotSent("told to wait", _THROTTLED_WAIT_S)
    if status >= _OUR_FAULT_OR_THEIRS:
        return Unconfirmed(f"HTTP {status}", in_doubt_s)
    if code in GONE:
        return Unreachable(str(code))
    if code in BUSY:
        return NotSent(str(code), _BUSY_WAIT_S)
    if code in _SETTINGS_WRONG:
        log.error("twilio_refuses_our_settings", code=code)
        return NotSent(str(code), _SETTINGS_WRONG_WAIT_S)
    return Refused(str(code))
