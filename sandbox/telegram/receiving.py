"""Methods about the bot itself, its updates, and what it can look up."""

from sandbox.telegram.errors import bad_request, conflict
from sandbox.telegram.json_types import JsonObject, Params
from sandbox.telegram.telegram_world import TelegramWorld
from sandbox.telegram.webhook import Address

_DEFAULT_CONNECTIONS = 40
_MOST_UPDATES = 100
_LONGEST_POLL_SECONDS = 50


async def get_me(world: TelegramWorld, params: Params) -> JsonObject:
    """Tell who the bot is."""
    del params
    return world.account.me()


async def set_webhook(world: TelegramWorld, params: Params) -> bool:
    """Bring updates to an address from now on; an empty one means deleteWebhook."""
    if "url" not in params:
        return await delete_webhook(world, params)
    address = Address(
        url=params["url"],
        secret_token=params.get("secret_token"),
        max_connections=params.get("max_connections", _DEFAULT_CONNECTIONS),
    )
    _drop_and_filter(world, params)
    world.updates.end_polls()
    await world.webhook.set(address)
    return True


async def delete_webhook(world: TelegramWorld, params: Params) -> bool:
    """Bring no more updates; they wait for getUpdates or another webhook."""
    await world.webhook.remove()
    _drop_and_filter(world, params)
    return True


async def get_webhook_info(world: TelegramWorld, params: Params) -> JsonObject:
    """Tell the webhook's address, how many updates wait, and the last error."""
    del params
    return world.webhook.info()


async def get_updates(world: TelegramWorld, params: Params) -> list[JsonObject]:
    """Hand out waiting updates, waiting for some up to 50 s."""
    if world.webhook.active:
        raise conflict(
            "can't use getUpdates method while webhook is active; use deleteWebhook "
            "to delete the webhook first"
        )
    _drop_and_filter(world, params)
    updates = await world.updates.poll(
        offset=params.get("offset", 0),
        limit=params.get("limit", _MOST_UPDATES),
        seconds=min(params.get("timeout", 0), _LONGEST_POLL_SECONDS),
    )
    return [update.as_json() for update in updates]


async def log_out(world: TelegramWorld, params: Params) -> bool:
    """Accept close and logOut, which mean nothing here."""
    del world, params
    return True


async def get_file(world: TelegramWorld, params: Params) -> JsonObject:
    """Tell where a file can be downloaded."""
    stored = world.files.downloadable(params["file_id"])
    return {**stored.described(), "file_path": stored.path}


async def get_chat(world: TelegramWorld, params: Params) -> JsonObject:
    """Tell about a chat."""
    chat = world.chats.reachable(params["chat_id"])
    found: JsonObject = {
        **chat.chat(),
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": {
            "unlimited_gifts": False,
            "limited_gifts": False,
            "unique_gifts": False,
            "premium_subscription": False,
            "gifts_from_channels": False,
        },
    }
    pinned = chat.messages.get(chat.pinned or 0)
    if pinned:
        found["pinned_message"] = world.chats.as_json(chat, pinned)
    return found


def _drop_and_filter(world: TelegramWorld, params: Params) -> None:
    if params.get("drop_pending_updates"):
        world.updates.clear()
    allowed = params.get("allowed_updates")
    if allowed is None:
        return
    if not all(isinstance(kind, str) for kind in allowed):
        raise bad_request("allowed_updates must be an Array of String")
    world.updates.allowed = frozenset(allowed) or None
