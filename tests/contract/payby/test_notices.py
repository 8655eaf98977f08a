"""A notice of the sandbox's PayBy arrives, is authentic and can be read."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from core.payby.client import PayByClient
from core.payby.signing import verify
from core.payby.wire import parse_notice
from tests.contract.payby.conftest import Clock, an_order
from tests.serving import serving


@asynccontextmanager
async def door() -> AsyncIterator[tuple[str, asyncio.Queue[tuple[str, bytes]]]]:
    """A notify URL, and what was posted to it: signature and body."""
    posted: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()

    async def take(request: Request) -> Response:
        posted.put_nowait((request.headers["sign"], await request.body()))
        return JSONResponse({"response": "SUCCESS"})

    app = Starlette(routes=[Route("/payby/notices", take, methods=["POST"])])
    async with serving(app) as url:
        yield f"{url}/payby/notices", posted


async def test_a_notice_of_the_sandbox_is_authentic_and_read(world, http, merchant):
    async with door() as (notify_url, posted):
        told = replace(merchant, notify_url=notify_url)
        client = PayByClient(http, told, Clock())
        order = await client.create_order(an_order())
        await world.pay(order)
        signature, body = await asyncio.wait_for(posted.get(), 5)
    verify(body, signature, merchant.payby_public_key)
    notice = parse_notice(body)
    assert notice.kind == "acquireOrder"
    assert notice.order is not None
    assert notice.order.is_paid
    paid = await client.get_order(order.merchant_order_no)
    assert notice.order == replace(paid, status=notice.order.status)
