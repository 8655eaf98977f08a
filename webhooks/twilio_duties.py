"""What one worker asks of Twilio now and then: what Twilio does not tell by itself."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from twilio.rest import Client

from bot.whatsapp_approvals import WhatsAppApprovals
from bot.whatsapp_inbox import WhatsAppInbox
from bot.whatsapp_recovery import WhatsAppRecovery
from core.database.engine import Database
from core.database.leases import SqlLeases
from core.database.whatsapp import SqlTemplates
from core.duties import Duty
from core.ports import Clock, Support
from webhooks.settings import Settings

_RECOVER_EVERY: Final = timedelta(minutes=1)
_ASK_EVERY: Final = timedelta(hours=1)


def twilio_duties(
    settings: Settings,
    client: Client | None,
    *,
    database: Database,
    clock: Clock,
    inbox: WhatsAppInbox,
    support: Support,
) -> Sequence[Duty]:
    """Make the duties; none where the shop does without WhatsApp."""
    if client is None:
        return ()
    recovery = WhatsAppRecovery(
        client, sender=settings.whatsapp_sender, inbox=inbox, clock=clock
    )
    templates = SqlTemplates(database, clock)
    approvals = WhatsAppApprovals(client, templates, support, clock)
    leases = SqlLeases(database, clock)
    duty = partial(Duty, leases=leases, worker=settings.worker)
    return (
        duty("whatsapp-recovery", recovery.look, every=_RECOVER_EVERY),
        duty("whatsapp-approvals", approvals.look, every=_ASK_EVERY),
    )
