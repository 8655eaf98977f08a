"""The prepared sentences are such that Meta takes them, and they reach the person."""

from collections.abc import AsyncIterator

import pytest
from twilio.rest import Client

from bot.messages import InShort, Prepared
from bot.twilio_client import open_twilio
from bot.whatsapp_templates import MISSING, WORDINGS, bring, look, wordings_of
from sandbox.twilio.approvals import DECIDED_AFTER_MS
from tests.contract.sandbox.twilio.conftest import (  # noqa: F401  (fixtures)
    desk,
    product,
)
from tests.contract.sandbox.twilio.desk import ACCOUNT, TOKEN, Desk


@pytest.fixture
async def client(desk: Desk) -> AsyncIterator[Client]:  # noqa: F811
    url = f"{desk.url}/twilio"
    async with open_twilio(url, ACCOUNT, TOKEN) as client:
        client.content.base_url = url
        yield client


def test_every_sentence_is_there_in_both_languages():
    names = {
        f"topup_{each}_{language}" for each in Prepared for language in ("en", "ar")
    }
    assert set(WORDINGS) == names


def test_a_language_that_has_no_sentence_of_its_own_is_english():
    (only,) = wordings_of(InShort(Prepared.PAID, "en", ("T1", "AED 5.00", "De")))
    assert only.filled(("T1", "AED 5.00", "De")).startswith(
        "Payment received: order T1 for AED 5.00."
    )


async def test_looking_makes_nothing(client, desk):  # noqa: F811
    assert {each.approval for each in await look(client)} == {MISSING}
    assert (await desk.ask("twilio/content"))["content"] == []


async def test_what_is_missing_is_made_and_handed_in_and_meta_approves_all(
    client,
    desk,  # noqa: F811
):
    brought = await bring(client)
    assert {each.name for each in brought} == set(WORDINGS)
    assert {each.approval for each in brought} == {"received"}
    desk.clock.passed_ms += DECIDED_AFTER_MS
    looked = await look(client)
    assert {each.approval for each in looked} == {"approved"}
    assert [each.sid for each in looked] == [each.sid for each in brought]


async def test_bringing_again_makes_nothing_twice(client, desk):  # noqa: F811
    first = await bring(client)
    again = await bring(client)
    assert [each.sid for each in again] == [each.sid for each in first]
    made = (await desk.ask("twilio/calls", call="content.create"))["calls"]
    asked = (await desk.ask("twilio/calls", call="approvals.create"))["calls"]
    assert len(made) == len(asked) == len(WORDINGS)


async def test_what_meta_pauses_is_known_when_one_looks(client, desk):  # noqa: F811
    await bring(client)
    await desk.post("twilio/content/topup_paid_en", {"status": "paused"})
    found = {each.name: each.approval for each in await look(client)}
    assert found["topup_paid_en"] == "paused"
