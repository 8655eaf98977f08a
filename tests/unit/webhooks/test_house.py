"""The house is put together as the settings say."""

from core.engine import Queue
from tests.unit.webhooks.test_settings import read  # noqa: F401  (fixture)
from webhooks.house import paces_of


def test_each_network_has_its_own_pace(read):  # noqa: F811
    assert paces_of(read()) == {Queue.OUTBOX: 25, Queue.WHATSAPP_OUTBOX: 80}
    settings = read(TELEGRAM_PUSHES_PER_SECOND=20, WHATSAPP_PUSHES_PER_SECOND=400)
    assert paces_of(settings) == {Queue.OUTBOX: 20, Queue.WHATSAPP_OUTBOX: 400}
