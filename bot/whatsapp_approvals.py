"""Follows Meta's word on our prepared sentences, which Twilio tells only who asks."""

import structlog
from twilio.rest import Client

from bot.twilio_client import twilio_errors
from bot.whatsapp_templates import APPROVED, look
from core.database.whatsapp import SqlTemplates, Template
from core.domain.cases import CaseKind
from core.ports import Clock, Support

log = structlog.get_logger()


class WhatsAppApprovals:
    """Keeps how the sentences stand; support hears when one is approved no more."""

    def __init__(
        self, client: Client, templates: SqlTemplates, support: Support, clock: Clock
    ) -> None:
        self._client = client
        self._templates = templates
        self._support = support
        self._clock = clock

    async def look(self) -> None:
        """Ask how they stand, and keep it. Raises SendError."""
        async with twilio_errors(0):
            now = await look(self._client)
        known = await self._templates.all()
        for template in now:
            before = known.get(template.name)
            await self._compare(before.approval if before else "unknown", template)
        await self._templates.keep(now)

    async def _compare(self, before: str, template: Template) -> None:
        if template.approval == before:
            return
        facts = {"before": before, "now": template.approval}
        if before != APPROVED:
            log.info("template_moved", template=template.name, **facts)
            return
        log.error("template_lost", template=template.name, **facts)
        subject = f"{template.name}:{self._clock.now():%Y-%m-%d}"
        await self._support.open_case(CaseKind.TEMPLATE_LOST, subject, facts)
