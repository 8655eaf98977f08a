"""The web page's files, served so that the page can load nothing from elsewhere."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
}


class PageFiles(StaticFiles):
    """Static files under a strict content security policy."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve a file with the policy."""
        response = await super().get_response(path, scope)
        response.headers.update(_HEADERS)
        return response

    async def index(self, request: Request) -> Response:
        """Serve the page itself."""
        return await self.get_response("index.html", request.scope)
