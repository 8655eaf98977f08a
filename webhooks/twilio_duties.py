"""What one worker asks of Twilio now and then: what Twilio does not tell by itself."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from twilio.rest import Client

from bot.whatsapp_inbox import WhatsAppInbox
from bot.whatsapp_recovery import WhatsAppRecovery
from core.database.leases import SqlLeases
from core.duties import Duty
from core.ports import Clock
from webhooks.settings import Settings

_RECOVER_EVERY: Final = timedelta(minutes=1)


def twilio_duties(
    settings: Settings,
    client: Client | None,
    *,
    inbox: WhatsAppInbox,
    leases: SqlLeases,
    clock: Clock,
) -> Sequence[Duty]:
    """Make the duties; none where the shop does without WhatsApp."""
    if client is None:
        return ()
    recovery = WhatsAppRecovery(
        client, sender=settings.whatsapp_sender, inbox=inbox, clock=clock
    )
    return (
        Duty(
            "whatsapp-recovery",
            recovery.look,
            every=_RECOVER_EVERY,
            leases=leases,
            worker=settings.worker,
        ),
    )
