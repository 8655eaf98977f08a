"""Problem at the till: is it paid after all? If not, what to do and where to go."""

from dataclasses import replace

from bot.buttons import Action, button
from bot.chats import Answer, Chat, Search, Step, TillProblem
from bot.messages import Outgoing
from bot.my_orders import MyOrders
from bot.order_buttons import check_button
from bot.order_states import none_yet, not_yours
from bot.ports import Stores, TopUps
from bot.store_search import StoreSearch
from bot.till_advice import advice, paid_after_all, trouble_question
from bot.till_stores import TillStores
from bot.words import words_in
from core.domain.errors import GatewayError
from core.domain.orders import Order
from core.domain.stores import Trouble
from core.ports import Clock


class TillProblems:
    """Helps on whoever stands at a till that does not take the cash.

    One tap says what goes wrong, the next one at which store. The keys of both begin
    with the order and the trouble.
    """

    def __init__(
        self,
        topups: TopUps,
        my_orders: MyOrders,
        search: StoreSearch,
        stores: Stores,
        clock: Clock,
    ) -> None:
        self._topups = topups
        self._my_orders = my_orders
        self._search = search
        self._stores = TillStores(search, stores, clock)
        self._clock = clock

    async def begin(self, chat: Chat, _argument: str = "") -> Answer:
        """Take up a problem that was typed: it is about the newest code."""
        payable = await self._my_orders.payable(chat)
        order = payable[0] if payable else await self._my_orders.latest(chat)
        if order is None:
            return _said(chat, none_yet(words_in(chat.language)))
        return await self.ask(chat, order)

    async def ask(self, chat: Chat, order: Order) -> Answer:
        """Ask what goes wrong."""
        if not self._my_orders.can_be_paid(order):
            return self._over(chat, order)
        return _said(chat, trouble_question(order, words_in(chat.language)))

    async def advise(self, chat: Chat, key: str) -> Answer:
        """Ask PayBy first; then say what to do, and ask where the payer is."""
        order, problem, _ = await self._read(chat, key)
        if order is None or problem is None:
            return _said(chat, not_yours(words_in(chat.language)))
        is_sure = True
        if self._my_orders.can_be_paid(order):
            try:
                order = await self._topups.check(order.merchant_order_no)
            except GatewayError:
                is_sure = False
        if not self._my_orders.can_be_paid(order):
            return self._over(chat, order)
        words, now = words_in(chat.language), self._clock.now()
        text = advice(order, problem.trouble, words, now, is_sure=is_sure)
        more = () if is_sure else ((check_button(order, words),),)
        if problem.trouble is Trouble.WRONG_AMOUNT:
            other = button(Action.TOP_UP, words.say("Code for another amount"))
            more = (*more, (other,))
        return self._stores.ask(chat, problem, order, text, more)

    async def at_store(self, chat: Chat, key: str) -> Answer:
        """Report the store that was named, and show the next one."""
        order, problem, tag = await self._read(chat, key)
        if order is None or problem is None:
            return _said(chat, not_yours(words_in(chat.language)))
        if not self._my_orders.can_be_paid(order):
            return self._over(chat, order)
        return await self._stores.report(chat, problem, order, tag)

    async def near(
        self, chat: Chat, latitude: float, longitude: float
    ) -> Answer | None:
        """Take the till's place; None when the payer was not asked for it."""
        search = Search(self._clock.now(), point=(latitude, longitude))
        return await self._at_place(chat, search)

    async def in_area(self, chat: Chat, typed: str) -> Answer | None:
        """Take the till's area; None when it was not asked for, or is none we know."""
        search = self._search.area(typed)
        return await self._at_place(chat, search) if search else None

    async def _at_place(self, chat: Chat, search: Search) -> Answer | None:
        problem = chat.till_problem
        if chat.step is not Step.TILL or problem is None:
            return None
        order = await self._my_orders.find(chat, problem.merchant_order_no)
        if order is None or not self._my_orders.can_be_paid(order):
            return None
        return self._stores.ask_around(chat, problem, order, search)

    def _over(self, chat: Chat, order: Order) -> Answer:
        """Say how an order stands that cannot be paid any more."""
        note = paid_after_all(words_in(chat.language)) if order.is_paid else ""
        return _said(chat, self._my_orders.state_message(chat, order, note))

    async def _read(
        self, chat: Chat, key: str
    ) -> tuple[Order, TillProblem, str] | tuple[None, None, str]:
        """Read a key, and keep what was told of the same order before."""
        number, _, rest = key.partition(".")
        trouble, _, tag = rest.partition(".")
        order = await self._my_orders.find(chat, number)
        if order is None or trouble not in set(Trouble):
            return None, None, ""
        before = chat.till_problem
        problem = TillProblem(number, Trouble(trouble))
        if before and before.merchant_order_no == number:
            problem = replace(before, trouble=problem.trouble)
        return order, problem, tag


def _said(chat: Chat, message: Outgoing) -> Answer:
    return Answer(chat, (message,))
