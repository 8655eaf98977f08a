"""A supervisor learns whether we live, whether we are ready, and what is wrong."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from starlette.applications import Starlette
from telegram import Bot
from telegram.request import HTTPXRequest

from core.database.engine import Database
from core.payby.border import open_http
from core.payby.calls import Merchant
from core.payby.signing import load_private_key, load_public_key
from sandbox.app import Sandbox, create_app
from sandbox.config import Config
from tests.contract.sandbox.telegram.desk import serving
from tests.fakes import PAYEE
from webhooks.clock import SystemClock
from webhooks.health import Health, health


@pytest_asyncio.fixture(loop_scope="session")
async def outside(tmp_path) -> AsyncIterator[tuple[Merchant, Bot, httpx.AsyncClient]]:
    """PayBy and Telegram, and our ways to them."""
    sandbox = Sandbox(Config(data=tmp_path))
    app: Starlette = create_app(sandbox)
    keys = tmp_path / "keys"
    plainly = {"trust_env": False}
    async with (
        serving(app) as url,
        open_http() as http,
        HTTPXRequest(httpx_kwargs=plainly) as asking,
        HTTPXRequest(httpx_kwargs=plainly) as polling,
    ):
        merchant = Merchant(
            base_url=f"{url}/sgs/api",
            partner_id=PAYEE,
            private_key=load_private_key(keys / "merchant_private.pem"),
            payby_public_key=load_public_key(keys / "payby_public.pem"),
            notify_url="http://127.0.0.1:9/payby/notices",
            business_type="GAME_TOP_UP",
        )
        bot = Bot(
            Config.telegram_token,
            f"{url}/bot",
            request=asking,
            get_updates_request=polling,
        )
        yield merchant, bot, http
        sandbox.goodbye()


async def ask(looks: Health, path: str) -> tuple[int, dict[str, Any]]:
    app = FastAPI()
    app.include_router(health(looks))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://shop.test"
    ) as client:
        answer = await client.get(path)
    return answer.status_code, json.loads(answer.content)


async def test_a_process_that_runs_says_that_it_lives(town, outside):
    merchant, bot, http = outside
    looks = Health(town.database, http, merchant, bot, SystemClock())
    assert await ask(looks, "/healthz") == (200, {"status": "alive"})


async def test_when_all_is_well_each_part_says_so(town, outside):
    merchant, bot, http = outside
    looks = Health(town.database, http, merchant, bot, SystemClock())
    status, findings = await ask(looks, "/readyz")
    assert status == 200
    assert set(findings) >= {"database", "engine", "payby", "telegram"}
    assert all(finding["ok"] for finding in findings.values()), findings


async def test_a_database_that_was_not_migrated_is_not_ready(outside, town, tmp_path):
    merchant, bot, http = outside
    empty = Database(f"sqlite:///{tmp_path}/empty.sqlite")
    looks = Health(empty, http, merchant, bot, SystemClock())
    status, findings = await ask(looks, "/readyz")
    assert status == 503
    assert not findings["database"]["ok"]
    await empty.close()


async def test_trouble_at_payby_is_told_and_keeps_nobody_out(town, outside):
    merchant, bot, http = outside
    nowhere = replace(merchant, base_url="http://127.0.0.1:9/sgs/api")
    looks = Health(town.database, http, nowhere, bot, SystemClock())
    status, findings = await ask(looks, "/readyz")
    assert status == 200
    assert not findings["payby"]["ok"]
    assert "can't be reached" in findings["payby"]["says"]


@pytest.mark.parametrize("token", ["7654321:Wrong", Config.telegram_token])
async def test_trouble_at_telegram_is_told_without_the_token(town, outside, token):
    merchant, _, http = outside
    async with (
        HTTPXRequest(httpx_kwargs={"trust_env": False}) as asking,
        HTTPXRequest() as polling,
    ):
        bot = Bot(
            token, "http://127.0.0.1:9/bot", request=asking, get_updates_request=polling
        )
        looks = Health(town.database, http, merchant, bot, SystemClock())
        status, findings = await ask(looks, "/readyz")
    assert status == 200
    assert not findings["telegram"]["ok"]
    assert token not in json.dumps(findings)


async def test_the_world_is_not_asked_more_than_once_a_minute(town, outside):
    merchant, bot, http = outside
    looks = Health(town.database, http, merchant, bot, SystemClock())
    _, before = await ask(looks, "/readyz")
    fault = await http.post(
        merchant.base_url.replace("/sgs/api", "/sandbox/faults"),
        json={"target": "payby.getOrder", "mode": "http500", "times": 1},
    )
    assert fault.is_success
    _, after = await ask(looks, "/readyz")
    assert after == before
