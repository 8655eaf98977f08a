"""Hanging up: close a connection without an answer, which ASGI alone cannot say."""

import asyncio
from typing import cast

from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_EXTENSION = "sandbox.hang_up"


class HangUpProtocol(HttpToolsProtocol):
    """Uvicorn's protocol, lending each request the means to cut its connection."""

    def on_message_begin(self) -> None:
        """Begin a request as uvicorn does, with the extension in its scope."""
        super().on_message_begin()
        extensions = {_EXTENSION: {"abort": self.transport.abort}}
        cast("Scope", self.scope)["extensions"] = extensions


class HangUp(Response):
    """In place of an answer: silence for a while, then a closed connection."""

    def __init__(self, after_ms: int = 0) -> None:
        super().__init__()
        self._after = after_ms / 1000

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Wait, or until the caller gives up, then cut; sends nothing."""
        del send
        abort = scope["extensions"][_EXTENSION]["abort"]
        try:
            async with asyncio.timeout(self._after):
                await _caller_gone(receive)
        except TimeoutError:
            abort()
            await _caller_gone(receive)


async def _caller_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
