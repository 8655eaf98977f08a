"""The sandbox's server: uvicorn, able to hang up and quick to stop."""

import socket

import uvicorn

from sandbox.app import Sandbox, create_app
from sandbox.hangup import HangUpProtocol

_STOP_WITHIN_S = 2
_LONGER_THAN_CALLERS_S = 75
"""How long a connection may idle: its caller is to be the one who closes it."""


class SandboxServer(uvicorn.Server):
    """Serves one sandbox; answers that never end are ended before it stops."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        config = sandbox.world.config
        super().__init__(
            uvicorn.Config(
                create_app(sandbox),
                host=config.host,
                port=config.port,
                http=HangUpProtocol,
                ws="none",
                access_log=False,
                date_header=False,  # PayBy's clock is its own
                log_level="warning",
                timeout_keep_alive=_LONGER_THAN_CALLERS_S,
                timeout_graceful_shutdown=_STOP_WITHIN_S,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop."""
        self._sandbox.goodbye()
        await super().shutdown(sockets)
