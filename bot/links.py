"""Links to the page of an order, and links where they cannot be buttons."""

from dataclasses import replace
from urllib.parse import urlsplit

from bot.messages import Choice, Outgoing, Rows


def page_address(public_url: str, page_token: str) -> str:
    """Return where the page of an order is."""
    return f"{public_url}/o/{page_token}"


def with_addresses(message: Outgoing, public_url: str) -> Outgoing:
    """Make links of the choices that open a page; without an address of ours, none."""
    rows = tuple(_addressed(row, public_url) for row in message.choices)
    return replace(message, choices=tuple(row for row in rows if row))


def link_lines(rows: Rows) -> str:
    """Write each choice that opens a link as a line with its address."""
    links = (choice for row in rows for choice in row if choice.url)
    return "\n".join(f"{each.title}: {each.url}" for each in links)


def spelled_out(message: Outgoing) -> Outgoing:
    """Move the links that Telegram takes on no button into the text.

    Its servers refuse an address whose host has no dot, like localhost.
    """
    refused = tuple(tuple(filter(_is_refused, row)) for row in message.choices)
    if not (lines := link_lines(refused)):
        return message
    left = tuple(
        tuple(each for each in row if not _is_refused(each)) for row in message.choices
    )
    return replace(
        message,
        text=f"{message.text}\n\n{lines}",
        choices=tuple(row for row in left if row),
    )


def _addressed(row: tuple[Choice, ...], public_url: str) -> tuple[Choice, ...]:
    return tuple(
        replace(each, url=page_address(public_url, each.page_token))
        if each.page_token
        else each
        for each in row
        if public_url or not each.page_token
    )


def _is_refused(choice: Choice) -> bool:
    return bool(choice.url) and "." not in (urlsplit(choice.url).hostname or "")
