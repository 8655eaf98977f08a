"""What the doctor makes of what Twilio says."""

import pytest

from bot.whatsapp_templates import WORDINGS
from core.database.whatsapp import Template
from webhooks.doctor_lines import Level
from webhooks.doctor_whatsapp import messaging_url, templates_line


@pytest.mark.parametrize(
    ("api", "messaging"),
    [
        ("https://api.twilio.com", "https://messaging.twilio.com"),
        (
            "https://api.dublin.ie1.twilio.com",
            "https://messaging.dublin.ie1.twilio.com",
        ),
        ("http://127.0.0.1:9000/twilio", "http://127.0.0.1:9000/twilio"),
    ],
)
def test_twilios_list_of_senders_is_beside_its_other_interfaces(api, messaging):
    assert messaging_url(api) == messaging


@pytest.mark.parametrize(
    ("approval", "level", "says"),
    [
        ("approved", Level.OK, f"all {len(WORDINGS)} are approved"),
        ("missing", Level.WARNING, f"1 of {len(WORDINGS)} are not at Twilio"),
        ("paused", Level.WARNING, "topup_paid_en is paused"),
        ("rejected", Level.WARNING, "topup_paid_en is rejected"),
    ],
)
def test_every_sentence_should_be_there_and_approved(approval, level, says):
    stands = dict.fromkeys(WORDINGS, "approved") | {"topup_paid_en": approval}
    line = templates_line([Template(name, "HX1", stands[name]) for name in WORDINGS])
    assert (line.level, line.says) == (level, says)
    assert ("templates sync" in line.remedy) == (level is Level.WARNING)
