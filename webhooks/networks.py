"""The chat networks that the shop is on."""

from twilio.rest import Client

from bot.apologies import Say
from bot.channel import Channel
from bot.channels import Channels
from bot.day_address import DayAddress
from bot.telegram_channel import TelegramChannel
from bot.telegram_updates import PREFIX as TELEGRAM
from bot.whatsapp_channel import WhatsAppChannel
from bot.whatsapp_letters import Letters
from bot.whatsapp_line import WhatsAppLine
from core.database.menus import SqlMenus
from core.database.whatsapp import PREFIX as WHATSAPP
from core.database.whatsapp import SqlTemplates
from core.ports import Clock
from webhooks.books import Books
from webhooks.ground import Ground
from webhooks.settings import Settings


def network_of(
    settings: Settings,
    ground: Ground,
    books: Books,
    telegram: TelegramChannel,
    twilio: Client | None,
) -> Channels:
    """Make one of all networks."""
    channels: dict[str, Channel] = {TELEGRAM: telegram}
    if twilio:
        channels[WHATSAPP] = _whatsapp(settings, ground, books, twilio)
    return Channels(channels)


def _whatsapp(
    settings: Settings, ground: Ground, books: Books, twilio: Client
) -> WhatsAppChannel:
    return WhatsAppChannel(
        twilio,
        sender=settings.whatsapp_sender,
        public_url=settings.public_url,
        letters=Letters(
            settings.public_url,
            templates=SqlTemplates(ground.database, ground.clock),
            orders=books.orders,
            chats=books.chats,
            day_address=day_address(settings, ground.clock),
        ),
        contacts=books.contacts,
        menus=SqlMenus(ground.database),
        messages=books.messages,
        clock=ground.clock,
        in_doubt_s=settings.twilio_in_doubt_s,
    )


def day_address(settings: Settings, clock: Clock) -> DayAddress:
    """Make the addresses under which Twilio finds pictures for staff."""
    return DayAddress(settings.twilio_auth_token.get_secret_value(), clock)


def line_of(settings: Settings, twilio: Client | None, network: Channels) -> Say:
    """Find the way to a sender on WhatsApp of whom nothing can be looked up."""
    if twilio is None:
        return network.send
    return WhatsAppLine(twilio, settings.whatsapp_sender).say
