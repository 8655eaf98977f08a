"""What one worker asks of Twilio now and then: what Twilio does not tell by itself."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from typing import Final

from twilio.rest import Client

from bot.whatsapp_approvals import WhatsAppApprovals
from bot.whatsapp_failures import WhatsAppFailures
from bot.whatsapp_inbox import WhatsAppInbox
from bot.whatsapp_progress import WhatsAppProgress
from bot.whatsapp_recovery import WhatsAppRecovery
from core.database.bookmarks import SqlBookmarks
from core.database.whatsapp import SqlTemplates
from core.duties import Duty
from core.ports import Support
from webhooks.books import Books
from webhooks.ground import Ground
from webhooks.settings import Settings

_ASK_EVERY: Final = timedelta(hours=1)


def twilio_duties(  # noqa: PLR0913  (one argument per thing they talk to)
    settings: Settings,
    client: Client | None,
    ground: Ground,
    books: Books,
    *,
    inbox: WhatsAppInbox,
    progress: WhatsAppProgress,
    support: Support,
) -> Sequence[Duty]:
    """Make the duties; none where the shop does without WhatsApp."""
    if client is None:
        return ()
    clock = ground.clock
    recovery = WhatsAppRecovery(
        client,
        sender=settings.whatsapp_sender,
        inbox=inbox,
        bookmarks=SqlBookmarks(ground.database),
        clock=clock,
    )
    failures = WhatsAppFailures(
        client,
        sender=settings.whatsapp_sender,
        messages=books.messages,
        contacts=books.contacts,
        progress=progress,
        clock=clock,
    )
    templates = SqlTemplates(ground.database, clock)
    approvals = WhatsAppApprovals(client, templates, support, clock)
    often = settings.twilio_looks_every
    duty = partial(Duty, leases=books.leases, worker=settings.worker)
    return (
        duty("whatsapp-recovery", recovery.look, every=often),
        duty("whatsapp-failures", failures.look, every=often),
        duty("whatsapp-approvals", approvals.look, every=_ASK_EVERY),
    )
