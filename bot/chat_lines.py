"""What is kept for a while of what payer and bot say: enough for a person to go on."""

from bot.chats import Answer
from bot.messages import Incoming, Kind, Outgoing, plain
from bot.understanding import Command, read_request
from core.domain.links import read_link_code
from core.domain.talks import BOT, PAYER, Line

_LONGEST = 300


def said(incoming: Incoming, answer: Answer, update_id: str) -> tuple[Line, ...]:
    """Return what was said and answered, cut short; nothing of linking chats."""
    if _is_about_links(incoming):
        return ()
    own = Line(
        name=update_id,
        who=PAYER,
        text=_in_short(incoming),
        at=incoming.received_at,
        medium=incoming.medium,
        medium_ref=incoming.medium_ref,
    )
    answers = (
        Line(
            name=f"{update_id}:{index}",
            who=BOT,
            text=_what(message),
            at=incoming.received_at,
        )
        for index, message in enumerate(answer.messages)
    )
    return (own, *answers)


def told(incoming: Incoming) -> str:
    """Return what was written, with what came with it named before: "[photo] …"."""
    medium = f"[{incoming.medium}] " if incoming.medium else ""
    return keepable(f"{medium}{incoming.text}".strip())


def keepable(text: str) -> str:
    """Return a text as every database can keep it: half signs and NUL are replaced."""
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _is_about_links(incoming: Incoming) -> bool:
    request = read_request(incoming.text)
    about_links = {Command.LINK, Command.UNLINK}
    return bool(
        read_link_code(incoming.text) or (request and request.command in about_links)
    )


def _in_short(incoming: Incoming) -> str:
    match incoming.kind:
        case Kind.TEXT:
            return keepable(incoming.text[:_LONGEST])
        case Kind.CHOICE:
            action = incoming.choice_id.split(":")[1:2]
            return keepable(f"[tapped {' '.join(action)}]")
        case Kind.LOCATION:
            return "[shared a place]"
        case Kind.OTHER:
            return told(incoming)[:_LONGEST] or "[sent what the bot cannot read]"


def _what(message: Outgoing) -> str:
    text = keepable(plain(message.text)[:_LONGEST])
    return f"[picture] {text}" if message.card or message.receipt else text
