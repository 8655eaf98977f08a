"""What the client makes of a PayBy that fails, and of one that refuses us."""

import asyncio
import socket
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from core.domain.errors import (
    GatewayRefusesUs,
    GatewayRejected,
    GatewayResting,
    GatewayUnavailable,
    OutcomeUnknown,
)
from core.domain.payments import GatewayStatus
from core.domain.terms import Pace
from core.payby.border import open_http
from core.payby.client import PayByClient
from core.payby.guarded import GuardedGateway
from tests.contract.payby.conftest import Clock, an_order
from tests.waiting import until


async def test_a_creation_that_is_cut_off_is_unknown_and_was_done(client, world):
    new = an_order()
    await world.fault("placeOrder", "drop_after_accept")
    with pytest.raises(OutcomeUnknown):
        await client.create_order(new)
    assert (await client.get_order(new.merchant_order_no)).amount == new.amount.aed
    assert (await client.create_order(new)).token_url


async def test_a_creation_that_times_out_is_unknown_and_was_not_done(world, merchant):
    new = an_order()
    await world.fault("placeOrder", "timeout")
    timeout = httpx.Timeout(5, read=0.1)
    async with httpx.AsyncClient(timeout=timeout, trust_env=False) as hasty:
        with pytest.raises(OutcomeUnknown, match="in time"):
            await PayByClient(hasty, merchant, Clock()).create_order(new)
    async with open_http() as http:
        with pytest.raises(GatewayRejected, match="NOT_EXIST"):
            await PayByClient(http, merchant, Clock()).get_order(new.merchant_order_no)


@pytest.mark.parametrize(
    "mode", ["http500", "SYSTEM_ERROR", "SERVICE_TIMEOUT", "bad_sign", "no_sign"]
)
async def test_a_creation_answered_badly_is_unknown(mode, client, world):
    await world.fault("placeOrder", mode)
    with pytest.raises(OutcomeUnknown):
        await client.create_order(an_order())


@pytest.mark.parametrize("mode", ["429", "RATE_LIMIT_REJECT", "SERVICE_NOT_AVAILABLE"])
async def test_a_creation_turned_away_is_tried_again_until_it_works(
    mode, client, world
):
    await world.fault("placeOrder", mode, times=2)
    assert (await client.create_order(an_order())).token_url
    await world.fault("placeOrder", mode, times=3)
    with pytest.raises(GatewayUnavailable):
        await client.create_order(an_order())


@pytest.mark.parametrize("mode", ["http500", "drop_after_accept", "bad_sign", "500"])
async def test_a_look_is_repeated_until_it_can_be_believed(mode, client, world):
    order = await client.create_order(an_order())
    await world.fault("getOrder", mode, times=2)
    found = await client.get_order(order.merchant_order_no)
    assert found.payby_order_no == order.payby_order_no


async def test_a_key_that_payby_does_not_know_makes_no_order(
    world, http, merchant, client
):
    stranger = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    new = an_order()
    with pytest.raises(GatewayRefusesUs, match="does not accept our signature"):
        await PayByClient(
            http, replace(merchant, private_key=stranger), Clock()
        ).create_order(new)
    with pytest.raises(GatewayRejected, match="NOT_EXIST"):
        await client.get_order(new.merchant_order_no)


@pytest.mark.parametrize("minutes", [-20, 20])
async def test_a_clock_that_payby_refuses_makes_no_order(
    minutes, world, http, merchant, client
):
    new = an_order()
    wrong = Clock(timedelta(minutes=minutes))
    with pytest.raises(GatewayRefusesUs, match="refuses our clock"):
        await PayByClient(http, merchant, wrong).create_order(new)
    with pytest.raises(GatewayRejected, match="NOT_EXIST"):
        await client.get_order(new.merchant_order_no)


async def test_a_partner_id_that_payby_does_not_know_is_refused(world, http, merchant):
    unknown = PayByClient(http, replace(merchant, partner_id="200000000999"), Clock())
    with pytest.raises(GatewayRefusesUs, match="UNAUTHORIZED"):
        await unknown.create_order(an_order())


async def test_a_payby_that_is_down_is_left_alone_and_found_again(client, world):
    gateway = GuardedGateway(client, Clock(), Pace())
    order = await client.create_order(an_order())
    await world.fault("cancelOrder", "http500", times=5)
    for _ in range(5):
        with pytest.raises(OutcomeUnknown):
            await gateway.cancel_order(order.merchant_order_no)
    with pytest.raises(GatewayResting, match="HTTP 500"):
        await gateway.cancel_order(order.merchant_order_no)
    await asyncio.to_thread(until, lambda: not gateway.is_resting, within=3)
    closed = await gateway.cancel_order(order.merchant_order_no)
    assert closed.status is GatewayStatus.FAILURE
    assert not gateway.why


async def test_nobody_at_the_address_is_certainly_not_done(http, merchant):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    nowhere = replace(merchant, base_url=f"http://127.0.0.1:{port}/sgs/api")
    client = PayByClient(http, nowhere, Clock())
    with pytest.raises(GatewayUnavailable) as caught:
        await client.create_order(an_order())
    assert caught.value.code == "CONNECT"
