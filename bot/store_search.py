"""Where to pay: at most three stores, by location or by the name of an area."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from bot.chats import Answer, Chat, Search, Step
from bot.code_messages import location_title
from bot.messages import Outgoing, Rows
from bot.my_orders import MyOrders
from bot.order_buttons import show_code_button
from bot.ports import Found, Stores
from bot.store_messages import (
    described,
    found_title,
    none_in_area,
    none_near,
    pin,
)
from bot.words import words_in
from core.ports import Clock

_SHOWN = 3
_LONGEST_AREA = 40


class StoreSearch:
    """Answers "where can I pay?"."""

    def __init__(self, stores: Stores, my_orders: MyOrders, clock: Clock) -> None:
        self._stores = stores
        self._my_orders = my_orders
        self._clock = clock

    async def ask(self, chat: Chat, area: str = "") -> Answer:
        """Show the stores of the area, or ask where the payer is."""
        if area and (answer := await self.in_area(chat, area)):
            return answer
        words = words_in(chat.language)
        return _asking(
            chat,
            words.say(
                "Where are you? Share your location or send the name of your area."
            ),
        )

    async def near(self, chat: Chat, latitude: float, longitude: float) -> Answer:
        """Show the stores nearest to a shared location."""
        search = Search(self._clock.now(), point=(latitude, longitude))
        words = words_in(chat.language)
        if found := self.find(search, _SHOWN):
            return await self._show(chat, found_title("", words), search, found)
        return Answer(chat.placed(), (Outgoing(none_near(words)),))

    async def in_area(self, chat: Chat, area: str) -> Answer | None:
        """Show the stores of a typed area; None when it is no area we know."""
        search = self.area(area)
        if search is None:
            return None
        title = found_title(search.area, words_in(chat.language))
        found = self.find(search, _SHOWN)
        return await self._show(chat, title, search, found)

    def area(self, typed: str) -> Search | None:
        """Read the name of an area; None when it is no area we know."""
        search = Search(self._clock.now(), area=typed.strip())
        is_short = 0 < len(search.area) <= _LONGEST_AREA
        return search if is_short and self.find(search, 1) else None

    def find(
        self, search: Search, count: int, *, avoid: Collection[str] = ()
    ) -> Sequence[Found]:
        """Return what such a search finds now, best first."""
        now = self._clock.now()
        if search.point:
            return self._stores.nearest(*search.point, now, count, avoid=avoid)
        return self._stores.in_area(search.area, now, count, avoid=avoid)

    def unknown_area(self, chat: Chat) -> Answer:
        """Ask again after an area we do not know."""
        return _asking(chat, none_in_area(words_in(chat.language)))

    async def _show(
        self, chat: Chat, title: str, search: Search, found: Sequence[Found]
    ) -> Answer:
        words = words_in(chat.language)
        now = self._clock.now()
        numbered = list(enumerate(found, start=1))
        pins = [pin(one.store, words, number) for number, one in numbered]
        blocks = [described(one, words, now, number) for number, one in numbered]
        text = "\n\n".join((title, *blocks))
        listed = Outgoing(text, await self._code_row(chat))
        shown = search.remembered(one.store.id for one in found)
        return Answer(replace(chat.placed(), search=shown), (*pins, listed))

    async def _code_row(self, chat: Chat) -> Rows:
        """Offer the code at the store's door."""
        order = await self._my_orders.latest(chat)
        if order is None or not self._my_orders.can_be_paid(order):
            return ()
        return ((show_code_button(order, words_in(chat.language)),),)


def _asking(chat: Chat, text: str) -> Answer:
    words = words_in(chat.language)
    message = Outgoing(text, ask_location=location_title(words))
    step = Step.TILL if chat.step is Step.TILL else Step.AREA
    return Answer(replace(chat, step=step), (message,))
