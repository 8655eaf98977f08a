"""Tells a payer's other chats of every link, so that nobody is linked unseen."""

from enum import StrEnum
from hashlib import sha256

from dbos import DBOS, DBOSConfiguredInstance

from bot.chat_store import ChatStore
from bot.courier import PUSH_TRIES, Courier, Parcel
from bot.messages import Outgoing
from bot.pushes import queue_of
from bot.words import Words, words_in
from core import engine
from core.domain.links import Payer
from core.engine import Urgency


class _News(StrEnum):
    JOINED = "joined"
    LEAVING = "leaving"


@DBOS.dbos_class("LinkNews")
class LinkNews(DBOSConfiguredInstance):
    """One durable push per link and chat."""

    def __init__(self, *, courier: Courier, chats: ChatStore) -> None:
        super().__init__("link_news")
        self._courier = courier
        self._chats = chats

    async def joined(self, payer: Payer, conversation_id: str, digest: str) -> None:
        """Tell the others, once, that this chat has joined them by that code."""
        await self._tell(_News.JOINED, digest, payer.others(conversation_id))

    async def leaving(self, payer: Payer, conversation_id: str) -> None:
        """Tell the others, once, that this chat leaves them."""
        key = f"{payer.id}:{conversation_id}"
        await self._tell(_News.LEAVING, key, payer.others(conversation_id))

    async def _tell(self, news: _News, key: str, chats: tuple[str, ...]) -> None:
        for chat in chats:
            unique = sha256(f"{news}:{key}:{chat}".encode()).hexdigest()[:32]
            name = f"link:{news}:{unique}"
            await engine.enqueue(
                queue_of(chat),
                name,
                self.push,
                chat,
                news,
                name,
                urgency=Urgency.ANSWER,
            )

    @engine.job("link_news")
    async def push(self, conversation_id: str, news: str, name: str) -> None:
        """Bring one chat the news."""
        chat = await self._chats.chat(conversation_id)
        await self._courier.deliver(
            Parcel(
                id=f"{name}:0",
                conversation_id=conversation_id,
                message=_message(_News(news), words_in(chat.language)),
                tries=PUSH_TRIES,
                keeps_distance=True,
            )
        )


def _message(news: _News, words: Words) -> Outgoing:
    if news is _News.LEAVING:
        text = words.say("One of your chats is not linked with this one any more.")
    else:
        text = words.say(
            "This chat is now linked with another one: they share orders, balance and "
            "language. If that was not you, send {command}.",
            command="/unlink",
        )
    return Outgoing(text)
