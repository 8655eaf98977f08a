"""From an incoming message and the chat's state to answers and a new state.

Nothing a payer does raises an error here: what cannot be done is said in the chat.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import assert_never

from bot import guidance
from bot.balances import Balances
from bot.buttons import Action, tapped
from bot.chats import Answer, Chat, Language, Step
from bot.code_messages import guide_message
from bot.messages import Incoming, Kind, Outgoing
from bot.my_orders import MyOrders
from bot.order_states import not_yours
from bot.ordering import Ordering
from bot.ports import Accounts, Orders, Stores, TopUps
from bot.receipts import Receipts
from bot.shop import Shop
from bot.store_search import StoreSearch
from bot.understanding import Command, ascii_digits, read_request
from bot.words import LANGUAGES, words_in
from core.domain.orders import Order
from core.ports import Clock

_Said = Callable[[Chat, str], Awaitable[Answer]]
"""Answers a command with its argument, or a button with its key."""
_AboutOrder = Callable[[Chat, Order], Awaitable[Answer]]
"""Answers a button of one of the chat's own orders."""


class Conversation:
    """What the bot says to a payer, on any channel."""

    def __init__(
        self,
        *,
        topups: TopUps,
        orders: Orders,
        accounts: Accounts,
        stores: Stores,
        clock: Clock,
        shop: Shop,
    ) -> None:
        for language in LANGUAGES:
            words_in(language)  # reads its file now, not in the middle of a chat
        self._shop = shop
        self._my_orders = MyOrders(topups, orders, clock)
        self._ordering = Ordering(topups, self._my_orders, clock, shop)
        self._stores = StoreSearch(stores, self._my_orders, clock)
        self._receipts = Receipts(self._my_orders)
        self._balances = Balances(topups, accounts)
        self._on_command: dict[Command, _Said] = {
            Command.START: self._start,
            Command.TOP_UP: self._ordering.begin,
            Command.ORDERS: self._my_orders.list,
            Command.ORDER: self._my_orders.show,
            Command.RECEIPT: self._receipts.show,
            Command.STORES: self._stores.ask,
            Command.BALANCE: self._balances.show,
            Command.LANGUAGE: self._choose_language,
            Command.HELP: self._help,
            Command.CANCEL: self._cancel,
            Command.CODE: self._my_orders.latest_code,
            Command.STATUS: self._my_orders.status,
        }
        self._on_order: dict[Action, _AboutOrder] = {
            Action.CHECK: self._my_orders.check,
            Action.SHOW_CODE: self._my_orders.code,
            Action.ORDER: self._my_orders.state,
            Action.AGAIN: self._ordering.again,
            Action.RECEIPT: self._receipts.of,
        }
        self._on_tap: dict[Action, _Said] = {
            Action.TOP_UP: self._begin,
            Action.ACCOUNT: self._ordering.choose_last_account,
            Action.AMOUNT: self._ordering.tap_amount,
            Action.CONFIRM: self._ordering.confirm,
            Action.CHANGE_AMOUNT: self._ordering.change_amount,
            Action.CHANGE_ACCOUNT: self._ordering.change_account,
            Action.DROP: self._ordering.drop,
            Action.ORDERS: self._my_orders.list,
            Action.GUIDE: self._guide,
            Action.STORES: self._stores.ask,
            Action.LANGUAGE: self._choose_language,
        }

    async def answer(self, chat: Chat, incoming: Incoming) -> Answer:
        """Return what to say and what to remember; the chat given stays as it is."""
        chat = _in_the_phones_language(chat, incoming.language)
        match incoming.kind:
            case Kind.TEXT:
                return await self._read(chat, incoming.text)
            case Kind.CHOICE:
                return await self._tap(chat, incoming.choice_id)
            case Kind.LOCATION:
                return await self._stores.near(
                    chat, incoming.latitude, incoming.longitude
                )
            case Kind.OTHER:
                return _say(chat, guidance.only_text(words_in(chat.language)))
            case _:  # pragma: no cover
                assert_never(incoming.kind)

    async def _read(self, chat: Chat, text: str) -> Answer:
        if request := read_request(text):
            return await self._on_command[request.command](chat, request.argument)
        if text.lstrip().startswith("/"):
            return _say(chat, guidance.pointer(words_in(chat.language)))
        return await self._read_in_step(chat, text)

    async def _read_in_step(self, chat: Chat, text: str) -> Answer:
        if chat.step is Step.ACCOUNT:
            return await self._ordering.choose_account(chat, text)
        if chat.step is Step.BALANCE:
            return await self._balances.show(chat, text)
        if answer := await self._stores.in_area(chat, text):
            return answer
        if chat.step is Step.AMOUNT or _begins_with_number(text):
            return await self._ordering.choose_amount(chat, text)
        if chat.step is Step.AREA:
            return self._stores.unknown_area(chat)
        return _say(chat, guidance.pointer(words_in(chat.language)))

    async def _tap(self, chat: Chat, choice_id: str) -> Answer:
        read = tapped(choice_id)
        if read is None:
            return _say(chat, guidance.pointer(words_in(chat.language)))
        action, key = read
        if on_order := self._on_order.get(action):
            order = await self._my_orders.find(chat, key)
            if order is None:
                return _say(chat, not_yours(words_in(chat.language)))
            return await on_order(chat, order)
        return await self._on_tap[action](chat, key)

    async def _start(self, chat: Chat, account: str) -> Answer:
        chat = chat.at_rest()
        welcome = guidance.welcome(words_in(chat.language), self._shop)
        if not account:
            return _say(chat, welcome)
        answer = await self._ordering.choose_account(chat, account)
        greeting = replace(welcome, choices=())
        return replace(answer, messages=(greeting, *answer.messages))

    async def _begin(self, chat: Chat, _key: str) -> Answer:
        return await self._ordering.begin(chat, "")

    async def _cancel(self, chat: Chat, _argument: str) -> Answer:
        if self._ordering.is_preparing(chat):
            return self._ordering.leave(chat)
        return await self._my_orders.cannot_cancel(chat.at_rest())

    async def _help(self, chat: Chat, _argument: str) -> Answer:
        return _say(chat, guidance.help_message(words_in(chat.language)))

    async def _guide(self, chat: Chat, _key: str) -> Answer:
        return _say(chat, guide_message(words_in(chat.language)))

    async def _choose_language(self, chat: Chat, wanted: str) -> Answer:
        language = next((known for known in LANGUAGES if known == wanted), None)
        if language is None:
            return _say(chat, guidance.language_question(words_in(chat.language)))
        chat = replace(chat, language=language, language_chosen=True)
        words = words_in(language)
        text = words.say("All right, we speak English now.")
        return _say(chat, Outgoing(text, guidance.main_menu(words)))


def _in_the_phones_language(chat: Chat, subtag: str) -> Chat:
    if chat.language_chosen or not subtag:
        return chat
    language: Language = "ar" if subtag.lower() == "ar" else "en"
    return replace(chat, language=language)


def _begins_with_number(text: str) -> bool:
    return ascii_digits(text.strip()).lstrip("+-−")[:1].isdigit()


def _say(chat: Chat, message: Outgoing) -> Answer:
    return Answer(chat, (message,))
