"""Who a payer is, as far as staff need to know it."""

from core.database.whatsapp import PREFIX as WHATSAPP

_SHOWN = 2


def payer(conversation_id: str, phone: str | None = None) -> str:
    """Name the network, and the last two digits of whatever names the payer there.

    The phone is empty where the payer hides it, and None where it was not looked up.
    """
    if conversation_id.startswith(WHATSAPP):
        if phone is None:
            return "WhatsApp"
        return f"WhatsApp {_masked(phone)}" if phone else "WhatsApp, number hidden"
    return f"Telegram {_masked(conversation_id.partition(':')[2])}"


def _masked(number: str) -> str:
    return f"••••{number[-_SHOWN:]}"
