"""Joining chats of one payer, by a code that is given in one and sent in another."""

from dataclasses import replace
from datetime import timedelta

from bot.buttons import Action, button
from bot.chats import Answer, Chat
from bot.messages import Outgoing
from bot.ports import LinkNews, Links
from bot.words import Words, words_in
from core.domain.links import (
    CODE_LIFETIME,
    CodeFault,
    Payer,
    digest_of,
    new_link_code,
    read_link_code,
)
from core.ports import Clock

_MOST_TRIES = 5
_TRIES_COUNT_FOR = timedelta(minutes=10)


class Linking:
    """Answers /link and /unlink."""

    def __init__(self, links: Links, news: LinkNews, clock: Clock) -> None:
        self._links = links
        self._news = news
        self._clock = clock

    async def link(self, chat: Chat, typed: str) -> Answer:
        """Give a code, or join this chat with the one that was given the code typed."""
        if not typed:
            return await self._give(chat)
        chat = self._without_old_tries(chat)
        if len(chat.link_tries) >= _MOST_TRIES:
            return _said(chat, self._too_many(chat))
        code = read_link_code(typed)
        joined: Payer | CodeFault = CodeFault.WRONG
        if code:
            joined = await self._links.join(digest_of(code), chat.conversation_id)
        if isinstance(joined, CodeFault):
            return self._not_joined(chat, joined)
        await self._news.joined(joined, chat.conversation_id, digest_of(code))
        return _said(replace(chat, link_tries=()), _joined(words_in(chat.language)))

    async def ask_to_unlink(self, chat: Chat, _argument: str = "") -> Answer:
        """Ask whether to take this chat out."""
        words = words_in(chat.language)
        payer = await self._links.payer(chat.conversation_id)
        if payer is None:
            return _said(chat, _not_linked(words))
        text = words.say(
            "Take this chat out? Orders stay with the chat where they were made, and "
            "the other one hears of it."
        )
        yes = button(Action.UNLINK, words.say("Yes, unlink"), payer.id)
        return _said(chat, Outgoing(text, ((yes,),)))

    async def unlink(self, chat: Chat, payer_id: str) -> Answer:
        """Take this chat out, if it is linked as it was when that was asked."""
        words = words_in(chat.language)
        payer = await self._links.payer(chat.conversation_id)
        if payer is None:
            return _said(chat, _not_linked(words))
        if payer.id != payer_id:
            return await self.ask_to_unlink(chat)
        await self._news.leaving(payer, chat.conversation_id)
        await self._links.leave(chat.conversation_id)
        text = words.say("Done. This chat is on its own again.")
        return _said(chat, Outgoing(text))

    async def _give(self, chat: Chat) -> Answer:
        code = new_link_code()
        await self._links.give(chat.conversation_id, digest_of(code))
        words = words_in(chat.language)
        now = self._clock.now()
        how = words.say(
            "Send *{code}* to me in your other chat before *{deadline}*. Both chats "
            "then share orders, balance and language.",
            code=code,
            deadline=words.moment(now + CODE_LIFETIME, now),
        )
        warning = words.say("Whoever sends it sees your orders: show it to nobody.")
        return _said(chat, Outgoing(f"{how}\n{warning}", is_secret=True))

    def _not_joined(self, chat: Chat, fault: CodeFault) -> Answer:
        if fault is CodeFault.WRONG:
            tries = (*chat.link_tries, self._clock.now())
            chat = replace(chat, link_tries=tries)
        return _said(chat, _fault(fault, words_in(chat.language)))

    def _without_old_tries(self, chat: Chat) -> Chat:
        since = self._clock.now() - _TRIES_COUNT_FOR
        tries = tuple(at for at in chat.link_tries if at > since)
        return replace(chat, link_tries=tries)

    def _too_many(self, chat: Chat) -> Outgoing:
        words = words_in(chat.language)
        again = chat.link_tries[0] + _TRIES_COUNT_FOR
        text = words.say(
            "Those were too many wrong codes. Please try again after *{time}*.",
            time=words.moment(again, self._clock.now()),
        )
        return Outgoing(text)


def _joined(words: Words) -> Outgoing:
    text = words.say(
        "Your chats are linked: they share orders, balance and language. To undo it, "
        "send {command}.",
        command="/unlink",
    )
    return Outgoing(text)


def _not_linked(words: Words) -> Outgoing:
    text = words.say(
        "This chat is not linked with another one. To link it, send {command}.",
        command="/link",
    )
    return Outgoing(text)


def _fault(fault: CodeFault, words: Words) -> Outgoing:
    match fault:
        case CodeFault.WRONG:
            text = words.say("I do not know this code. Please check it and try again.")
        case CodeFault.EXPIRED:
            text = words.say(
                "This code has expired. Please send {command} in the other chat for a "
                "new one.",
                command="/link",
            )
        case CodeFault.USED:
            text = words.say(
                "This code has been used already. Please send {command} in the other "
                "chat for a new one.",
                command="/link",
            )
        case CodeFault.OWN:
            text = words.say(
                "That is this chat's own code. Please send it in your other chat."
            )
    return Outgoing(text)


def _said(chat: Chat, message: Outgoing) -> Answer:
    return Answer(chat, (message,))
