"""How much staff see of who a payer is."""

import pytest

from bot.staff import masks


@pytest.mark.parametrize(
    ("conversation_id", "phone", "seen"),
    [
        ("tg:700123", None, "Telegram ••••23"),
        ("wa:1f0c", "+971500000042", "WhatsApp ••••42"),
        ("wa:1f0c", "", "WhatsApp, number hidden"),
        ("wa:1f0c", None, "WhatsApp"),
    ],
)
def test_a_payer_is_two_digits_or_just_a_network(conversation_id, phone, seen):
    assert masks.payer(conversation_id, phone) == seen
