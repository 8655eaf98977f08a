"""The chat networks that a story is told on."""

import pytest

from tests.phones import Phone
from tests.whatsapp_phones import WhatsAppPhone

TELEGRAM, WHATSAPP = Phone.network, WhatsAppPhone.network
ON_BOTH_NETWORKS = pytest.mark.parametrize(
    "network", [TELEGRAM, WHATSAPP], indirect=True
)
"""For stories that are the same on both: on WhatsApp nothing said can be changed."""
