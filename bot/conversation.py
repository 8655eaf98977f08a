"""From an incoming message and the chat's state to answers and a new state.

Nothing a payer does raises an error here: what cannot be done is said in the chat.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import assert_never

from bot import guidance
from bot.asking_person import AskingPerson
from bot.balances import Balances
from bot.buttons import Action, tapped
from bot.calling_off import CallingOff
from bot.chats import Answer, Chat, Language, Step
from bot.code_messages import guide_message
from bot.confirming import Confirming
from bot.extending import Extending
from bot.linking import Linking
from bot.messages import Incoming, Kind, Outgoing
from bot.money_back import MoneyBack
from bot.my_orders import MyOrders
from bot.order_states import not_yours
from bot.ordering import Ordering
from bot.ports import Accounts, LinkNews, Links, Orders, People, Stores, TopUps
from bot.receipts import Receipts
from bot.shop import Shop
from bot.store_search import StoreSearch
from bot.till_problems import TillProblems
from bot.understanding import Command, ascii_digits, read_request
from bot.words import LANGUAGES, language_called, words_in
from core.domain.errors import Frozen
from core.domain.links import read_link_code
from core.domain.orders import Order
from core.ports import Clock, Support

_Said = Callable[[Chat, str], Awaitable[Answer]]
"""Answers a command with its argument, or a button with its key."""
_AboutOrder = Callable[[Chat, Order], Awaitable[Answer]]
"""Answers a button of one of the chat's own orders."""


@dataclass(frozen=True, kw_only=True)
class ConversationParts:
    """What a conversation is put together from."""

    topups: TopUps
    orders: Orders
    accounts: Accounts
    stores: Stores
    links: Links
    link_news: LinkNews
    support: Support
    people: People
    clock: Clock
    shop: Shop


class Conversation:
    """What the bot says to a payer, on any channel."""

    def __init__(self, parts: ConversationParts) -> None:
        for language in LANGUAGES:
            words_in(language)  # reads its file now, not in the middle of a chat
        topups, stores, clock = parts.topups, parts.stores, parts.clock
        self._shop, self._clock = parts.shop, clock
        self._my_orders = MyOrders(topups, parts.orders, clock)
        self._ordering = Ordering(topups, self._my_orders, clock, parts.shop)
        self._confirming = Confirming(topups, self._my_orders, self._ordering, clock)
        self._calling_off = CallingOff(topups, self._my_orders)
        self._extending = Extending(topups, self._my_orders, clock)
        self._money_back = MoneyBack(self._my_orders, stores, parts.support, parts.shop)
        self._stores = StoreSearch(stores, self._my_orders, clock)
        self._till = TillProblems(topups, self._my_orders, self._stores, stores, clock)
        self._receipts = Receipts(self._my_orders)
        self._balances = Balances(topups, parts.accounts)
        self._linking = Linking(parts.links, parts.link_news, clock)
        self._asking_person = AskingPerson(parts.people, self._my_orders)
        self._on_command = self._commands()
        self._on_order = self._order_buttons()
        self._on_tap = self._other_buttons()

    def _commands(self) -> dict[Command, _Said]:
        return {
            Command.START: self._start,
            Command.HELLO: self._greet,
            Command.STOP: self._stop,
            Command.TOP_UP: self._ordering.begin,
            Command.ORDERS: self._my_orders.list,
            Command.ORDER: self._my_orders.show,
            Command.RECEIPT: self._receipts.show,
            Command.STORES: self._stores.ask,
            Command.PROBLEM: self._till.begin,
            Command.BALANCE: self._balances.show,
            Command.LANGUAGE: self._choose_language,
            Command.HELP: self._help,
            Command.CANCEL: self._cancel,
            Command.REFUND: self._money_back.ask,
            Command.CODE: self._my_orders.latest_code,
            Command.STATUS: self._my_orders.status,
            Command.LINK: self._linking.link,
            Command.UNLINK: self._linking.ask_to_unlink,
            Command.SUPPORT: self._asking_person.ask,
        }

    def _order_buttons(self) -> dict[Action, _AboutOrder]:
        return {
            Action.CHECK: self._my_orders.check,
            Action.SHOW_CODE: self._my_orders.code,
            Action.ORDER: self._my_orders.state,
            Action.AGAIN: self._ordering.again,
            Action.CANCEL: self._calling_off.ask,
            Action.CANCEL_NOW: self._calling_off.cancel,
            Action.CANCEL_ANYWAY: self._calling_off.cancel_anyway,
            Action.MONEY_BACK: self._money_back.explain,
            Action.REFUND: self._money_back.ask_support,
            Action.RECEIPT: self._receipts.of,
            Action.PROBLEM: self._till.ask,
        }

    def _other_buttons(self) -> dict[Action, _Said]:
        return {
            Action.TOP_UP: self._begin,
            Action.ACCOUNT: self._ordering.choose_last_account,
            Action.AMOUNT: self._ordering.tap_amount,
            Action.CONFIRM: self._confirming.confirm,
            Action.CHANGE_AMOUNT: self._confirming.change_amount,
            Action.CHANGE_ACCOUNT: self._confirming.change_account,
            Action.DROP: self._confirming.drop,
            Action.REPLACE: self._confirming.replace,
            Action.REPLACE_ANYWAY: self._confirming.replace_anyway,
            Action.KEEP_OLD: self._confirming.keep_old,
            Action.EXTEND: self._extending.extend,
            Action.ORDERS: self._my_orders.list,
            Action.GUIDE: self._guide,
            Action.STORES: self._stores.ask,
            Action.TROUBLE: self._till.advise,
            Action.AT_STORE: self._till.at_store,
            Action.LANGUAGE: self._choose_language,
            Action.UNLINK: self._linking.unlink,
            Action.PERSON: self._asking_person.ask,
        }

    async def answer(self, chat: Chat, incoming: Incoming) -> Answer:
        """Return what to say and what to remember; the chat given stays as it is."""
        chat = _in_the_phones_language(chat, incoming.language)
        try:
            return await self._answer(chat, incoming)
        except Frozen:
            return _say(chat.at_rest(), guidance.stopped(words_in(chat.language)))

    async def _answer(self, chat: Chat, incoming: Incoming) -> Answer:
        match incoming.kind:
            case Kind.TEXT:
                return await self._read(chat, incoming.text)
            case Kind.CHOICE:
                return await self._tap(chat, incoming.choice_id)
            case Kind.LOCATION:
                return await self._locate(chat, incoming.latitude, incoming.longitude)
            case Kind.OTHER:
                return _say(chat, guidance.only_text(words_in(chat.language)))
            case _:  # pragma: no cover
                assert_never(incoming.kind)

    async def _locate(self, chat: Chat, latitude: float, longitude: float) -> Answer:
        if answer := await self._till.near(chat, latitude, longitude):
            return answer
        return await self._stores.near(chat, latitude, longitude)

    async def _read(self, chat: Chat, text: str) -> Answer:
        if request := read_request(text):
            return await self._on_command[request.command](chat, request.argument)
        if _sends_link_code(chat, text):
            return await self._linking.link(chat, text)
        if text.lstrip().startswith("/"):
            return _say(chat, guidance.pointer(words_in(chat.language)))
        return await self._read_in_step(chat, text)

    async def _read_in_step(self, chat: Chat, text: str) -> Answer:
        if chat.step is Step.ACCOUNT:
            return await self._ordering.choose_account(chat, text)
        if chat.step is Step.BALANCE:
            return await self._balances.show(chat, text)
        at_till = await self._till.in_area(chat, text)
        if answer := at_till or await self._stores.in_area(chat, text):
            return answer
        if chat.step is Step.AMOUNT or _begins_with_number(text):
            return await self._ordering.choose_amount(chat, text)
        if chat.step in {Step.AREA, Step.TILL}:
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
        words, was_quiet = words_in(chat.language), chat.quiet
        chat = replace(chat.at_rest(), quiet=False)
        welcome = guidance.welcome(words, self._shop)
        if not account:
            return _say(chat, guidance.news_on(words) if was_quiet else welcome)
        answer = await self._ordering.choose_account(chat, account)
        greeting = replace(welcome, choices=())
        return replace(answer, messages=(greeting, *answer.messages))

    async def _greet(self, chat: Chat, _argument: str) -> Answer:
        welcome = guidance.welcome(words_in(chat.language), self._shop)
        return _say(chat.at_rest(), welcome)

    async def _stop(self, chat: Chat, _argument: str) -> Answer:
        message = guidance.news_off(words_in(chat.language))
        return _say(replace(chat.at_rest(), quiet=True), message)

    async def _begin(self, chat: Chat, _key: str) -> Answer:
        return await self._ordering.begin(chat, "")

    async def _cancel(self, chat: Chat, _argument: str) -> Answer:
        if self._ordering.is_preparing(chat):
            return self._ordering.leave(chat)
        return await self._calling_off.ask_newest(chat.at_rest())

    async def _help(self, chat: Chat, _argument: str) -> Answer:
        return _say(chat, guidance.help_message(words_in(chat.language)))

    async def _guide(self, chat: Chat, _key: str) -> Answer:
        return _say(chat, guide_message(words_in(chat.language)))

    async def _choose_language(self, chat: Chat, wanted: str) -> Answer:
        language = language_called(wanted)
        if language is None:
            return _say(chat, guidance.language_question(words_in(chat.language)))
        chat = replace(
            chat,
            language=language,
            language_chosen=True,
            language_chosen_at=self._clock.now(),
        )
        words = words_in(language)
        text = words.say("All right, we speak English now.")
        return _say(chat, Outgoing(text, guidance.main_menu(words)))


def _in_the_phones_language(chat: Chat, subtag: str) -> Chat:
    if chat.language_chosen or not subtag:
        return chat
    language: Language = "ar" if subtag.lower() == "ar" else "en"
    return replace(chat, language=language)


def _sends_link_code(chat: Chat, text: str) -> bool:
    """Tell whether it is a bare code; where an account is awaited, it may be one."""
    awaits_account = chat.step in {Step.ACCOUNT, Step.BALANCE}
    return not awaits_account and bool(read_link_code(text))


def _begins_with_number(text: str) -> bool:
    return ascii_digits(text.strip()).lstrip("+-−")[:1].isdigit()


def _say(chat: Chat, message: Outgoing) -> Answer:
    return Answer(chat, (message,))
