"""Meta's word on our sentences is followed, and support hears when it takes it back."""

import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from bot.twilio_client import open_twilio
from bot.whatsapp_approvals import WhatsAppApprovals
from bot.whatsapp_templates import bring
from core.database.engine import Database
from core.database.whatsapp import SqlTemplates
from core.domain.cases import CaseKind
from sandbox.twilio.approvals import DECIDED_AFTER_MS
from tests.contract.sandbox.twilio.conftest import (  # noqa: F401  (fixtures)
    desk,
    product,
)
from tests.contract.sandbox.twilio.desk import ACCOUNT, TOKEN, Desk
from tests.fakes import HandClock, MemorySupport

NAME = "topup_paid_en"


@dataclass
class Followed:
    """Meta's decisions, and what we know of them."""

    desk: Desk
    approvals: WhatsAppApprovals
    templates: SqlTemplates
    support: MemorySupport

    async def decide(self, status: str) -> str:
        """Let Meta decide about a sentence, and look; return what we know then."""
        await self.desk.post(f"twilio/content/{NAME}", {"status": status})
        await self.approvals.look()
        return (await self.templates.all())[NAME].approval


@pytest.fixture
async def followed(
    desk: Desk,  # noqa: F811
    migrated_sqlite,
    tmp_path,
) -> AsyncIterator[Followed]:
    shutil.copy(migrated_sqlite, tmp_path / "topup.sqlite")
    database = Database(f"sqlite:///{tmp_path}/topup.sqlite")
    url, clock, support = f"{desk.url}/twilio", HandClock(), MemorySupport()
    templates = SqlTemplates(database, clock)
    async with open_twilio(url, ACCOUNT, TOKEN) as client:
        client.content.base_url = url
        await templates.keep(await bring(client))
        approvals = WhatsAppApprovals(client, templates, support, clock)
        yield Followed(desk, approvals, templates, support)
    await database.close()


async def test_what_meta_has_approved_is_known_once_somebody_looks(followed):
    assert (await followed.templates.all())[NAME].approval == "received"
    followed.desk.clock.passed_ms += DECIDED_AFTER_MS
    await followed.approvals.look()
    known = await followed.templates.all()
    assert {each.approval for each in known.values()} == {"approved"}
    assert followed.support.cases == []


async def test_support_hears_once_of_a_sentence_that_is_approved_no_more(followed):
    await followed.decide("approved")
    for _ in range(2):
        assert await followed.decide("paused") == "paused"
    ((subject, kind, facts),) = followed.support.cases
    assert (kind, facts) == (
        CaseKind.TEMPLATE_LOST,
        {"before": "approved", "now": "paused"},
    )
    assert subject.startswith(f"{NAME}:")


async def test_what_was_never_approved_is_no_loss(followed):
    assert await followed.decide("rejected") == "rejected"
    assert followed.support.cases == []
