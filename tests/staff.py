"""People at the support desk, with phones of their own."""

import asyncio

from sandbox.demo import topup
from tests.phones import Phone
from tests.whatsapp_phones import WhatsAppPhone
from tests.world import World


def hired(world: World, role: str = "agent", network: str = "") -> Phone:
    """Let somebody work at the desk, on that network or on the story's."""
    phone = world.phone(network=network)
    is_whatsapp = isinstance(phone, WhatsAppPhone)
    identity = phone.name if is_whatsapp else f"tg:{phone.name}"
    who = (identity, f"Agent {phone.name[-4:]}", role)
    asyncio.run(topup(world.desk, "support", "add", *who))
    return phone
