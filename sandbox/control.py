"""The control API: what tests, scripts and the web page do to PayBy and the POS."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from http import HTTPStatus

import httpx
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from sandbox.api import Refused, answer, read
from sandbox.faults import UnknownFault
from sandbox.payby.codes import Rejected
from sandbox.payby.notices import NoSuchField, Notice, NotifyUrlMissing
from sandbox.payby.orders import Order, Refund
from sandbox.payby.state import PayBy
from sandbox.pos import Pos
from sandbox.questions import BeginRefund, Look, NewFault, Notify, Scan, SetClock
from sandbox.world import World

_HEALTH_TIMEOUT_S = 6.0
"""A product may itself wait some seconds for PayBy before it tells how it is."""


class Control:
    """Answers the part of the control API that is not a phone's."""

    def __init__(self, world: World, payby: PayBy, pos: Pos) -> None:
        self._world = world
        self._payby = payby
        self._pos = pos
        self._http = httpx.AsyncClient(timeout=_HEALTH_TIMEOUT_S, trust_env=False)

    async def aclose(self) -> None:
        """End the connections."""
        await self._http.aclose()

    def routes(self) -> list[Route]:
        """Everything under ``/sandbox`` but the phones and the reset."""
        order = "/sandbox/payby/orders/{number}"
        refund = "/sandbox/payby/refunds/{number}"
        return [
            Route("/sandbox/health", self._health),
            Route("/sandbox/events", self._events),
            Route("/sandbox/payby/orders", self._orders),
            Route(order, self._order),
            Route("/sandbox/payby/calls", self._calls),
            Route(f"{order}/notify", self._notify_of_order, methods=["POST"]),
            Route(f"{order}/refund", self._refund, methods=["POST"]),
            Route(f"{refund}/notify", self._notify_of_refund, methods=["POST"]),
            Route("/sandbox/pos/stores", self._stores),
            Route("/sandbox/pos/look", self._look, methods=["POST"]),
            Route("/sandbox/pos/leave", self._leave, methods=["POST"]),
            Route("/sandbox/pos/scan", self._scan, methods=["POST"]),
            Route("/sandbox/clock", self._clock),
            Route("/sandbox/clock", self._set_clock, methods=["POST"]),
            Route("/sandbox/faults", self._faults),
            Route("/sandbox/faults", self._add_fault, methods=["POST"]),
            Route("/sandbox/faults", self._clear_faults, methods=["DELETE"]),
        ]

    async def _health(self, _: Request) -> Response:
        trouble = await self._trouble()
        if trouble is not None:
            return answer({"ready": False, "error": trouble}, 503)
        return answer({"ready": True})

    async def _trouble(self) -> str | None:
        url = self._world.config.product_url
        if url is None:
            return None
        try:
            response = await self._http.get(f"{url.rstrip('/')}/readyz")
        except httpx.HTTPError:
            return f"The product does not answer at {url}."
        if response.status_code != HTTPStatus.OK:
            return f"The product is not ready: /readyz says {response.status_code}."
        return None

    async def _events(self, _: Request) -> Response:
        headers = {"Cache-Control": "no-store"}
        return StreamingResponse(self._stream(), 200, headers, "text/event-stream")

    async def _stream(self) -> AsyncIterator[str]:
        with self._world.events.listen() as listener:
            yield ": listening\n\n"
            async for event in listener:
                yield f"data: {json.dumps(event)}\n\n"

    async def _orders(self, _: Request) -> Response:
        orders = self._payby.orders.all()
        return answer({"orders": [self._to_json(order) for order in orders]})

    async def _order(self, request: Request) -> Response:
        return answer(self._to_json(self._find(request)))

    async def _calls(self, request: Request) -> Response:
        wanted = request.query_params
        found = self._payby.calls.found(
            wanted.get("call"), wanted.get("merchantOrderNo")
        )
        return answer({"calls": [call.to_json() for call in found]})

    def _find(self, request: Request) -> Order:
        number = request.path_params["number"]
        try:
            return self._payby.orders.find(number)
        except Rejected:
            raise Refused(404, f"PayBy has no order {number!r}.") from None

    def _to_json(self, order: Order) -> dict[str, object]:
        own = [each for each in self._payby.refunds.all() if each.origin is order]
        return order.to_wire() | {
            "tokenUrl": order.token_url,
            "notices": self._tries(order),
            "refunds": [self._refund_json(refund) for refund in own],
        }

    def _refund_json(self, refund: Refund) -> dict[str, object]:
        return refund.to_wire() | {"notices": self._tries(refund)}

    def _tries(self, subject: Order | Refund) -> list[dict[str, object]]:
        return [
            attempt.to_json()
            for notice in self._payby.notices.of(subject)
            for attempt in notice.attempts
        ]

    async def _refund(self, request: Request) -> Response:
        amount = (await read(request, BeginRefund)).amount
        try:
            refund = self._payby.refunds.begin(self._find(request), amount)
        except Rejected as rejected:
            raise Refused(409, f"PayBy will not: {rejected.msg}.") from None
        return answer(self._refund_json(refund))

    async def _notify_of_order(self, request: Request) -> Response:
        return await self._notify(request, self._find(request))

    async def _notify_of_refund(self, request: Request) -> Response:
        number = request.path_params["number"]
        try:
            refund = self._payby.refunds.find(number, None)
        except Rejected:
            raise Refused(404, f"PayBy has no refund {number!r}.") from None
        return await self._notify(request, refund)

    async def _notify(self, request: Request, subject: Order | Refund) -> Response:
        how = await read(request, Notify)
        notice = self._notice(subject, how.mutate)

        async def once() -> dict[str, object]:
            await asyncio.sleep(how.delay_ms / 1000)
            attempt = await self._payby.notices.send(notice, how.signature)
            return {"status": attempt.status, "body": attempt.body}

        if how.concurrent:
            return answer(await asyncio.gather(*(once() for _ in range(how.times))))
        return answer([await once() for _ in range(how.times)])

    def _notice(self, subject: Order | Refund, mutate: dict[str, object]) -> Notice:
        try:
            return self._payby.notices.again(subject, mutate)
        except NotifyUrlMissing:
            kind = "order" if isinstance(subject, Order) else "refund"
            raise Refused(409, f"The {kind} has no notifyUrl.") from None
        except NoSuchField as error:
            raise Refused(422, str(error)) from None

    async def _stores(self, _: Request) -> Response:
        stores = self._pos.stores.values()
        return answer({"stores": [store.to_json() for store in stores]})

    async def _look(self, request: Request) -> Response:
        look = await read(request, Look)
        return answer(self._pos.look(look.qr, look.store))

    async def _leave(self, request: Request) -> Response:
        look = await read(request, Look)
        self._pos.leave(look.qr, look.store)
        return answer({})

    async def _scan(self, request: Request) -> Response:
        return answer(self._pos.scan(await read(request, Scan)))

    async def _clock(self, _: Request) -> Response:
        return answer({"ahead_seconds": self._world.clock.ahead_ms // 1000})

    async def _set_clock(self, request: Request) -> Response:
        question = await read(request, SetClock)
        self._world.clock.ahead_ms = question.ahead_seconds * 1000
        return await self._clock(request)

    async def _faults(self, _: Request) -> Response:
        targets = self._world.faults.offers()
        return answer({"waiting": self._waiting(), "targets": targets})

    async def _add_fault(self, request: Request) -> Response:
        question = await read(request, NewFault)
        try:
            self._world.faults.add(question.fault())
        except UnknownFault as error:
            raise Refused(422, str(error)) from None
        return self._faults_changed()

    async def _clear_faults(self, _: Request) -> Response:
        self._world.faults.clear()
        return self._faults_changed()

    def _faults_changed(self) -> Response:
        self._world.events.publish("faults")
        return answer({"waiting": self._waiting()})

    def _waiting(self) -> list[dict[str, object]]:
        return [asdict(fault) for fault in self._world.faults.waiting()]
