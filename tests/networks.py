"""The chat networks that a story is told on."""

from itertools import cycle, islice

import pytest

from tests.phones import Phone
from tests.whatsapp_phones import WhatsAppPhone
from tests.world import World

TELEGRAM, WHATSAPP = Phone.network, WhatsAppPhone.network
ON_BOTH_NETWORKS = pytest.mark.parametrize(
    "network", [TELEGRAM, WHATSAPP], indirect=True
)
"""For stories that are the same on both: on WhatsApp nothing said can be changed."""


def on_both(world: World, count: int = 2, language: str = "en") -> list[Phone]:
    """Give payers on both networks in turn, who live through a long story together."""
    networks = islice(cycle((TELEGRAM, WHATSAPP)), count)
    return [world.phone(language, network) for network in networks]
