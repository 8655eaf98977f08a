"""Where to pay: at most three stores, by location or by the name of an area."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.chats import Answer, Chat, Step
from bot.code_messages import location_title, show_code_button
from bot.messages import Choice, Outgoing, Place, Rows
from bot.my_orders import MyOrders
from bot.ports import Found, Stores
from bot.words import Words, words_in
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
        found = self._stores.nearest(latitude, longitude, self._clock.now(), _SHOWN)
        words = words_in(chat.language)
        if not found:
            text = words.say(
                "I know no store near you. Please try the name of an area."
            )
            return Answer(_rested(chat), (Outgoing(text),))
        return await self._show(chat, words.say("*Stores near you*"), found)

    async def in_area(self, chat: Chat, area: str) -> Answer | None:
        """Show the stores of a typed area; None when it is no area we know."""
        area = area.strip()
        if not 0 < len(area) <= _LONGEST_AREA:
            return None
        found = self._stores.in_area(area, self._clock.now(), _SHOWN)
        if not found:
            return None
        words = words_in(chat.language)
        return await self._show(chat, words.say("*Stores in {area}*", area=area), found)

    def unknown_area(self, chat: Chat) -> Answer:
        """Ask again after an area we do not know."""
        words = words_in(chat.language)
        return _asking(
            chat,
            words.say(
                "I know no store there. Try a bigger area, for example Deira, or share "
                "your location."
            ),
        )

    async def _show(self, chat: Chat, title: str, found: Sequence[Found]) -> Answer:
        words = words_in(chat.language)
        now = self._clock.now()
        blocks = [title]
        pins = []
        for number, one in enumerate(found[:_SHOWN], start=1):
            blocks.append("\n".join(_described(number, one, words, now)))
            pins.append(_pin(number, one, words))
        listed = Outgoing("\n\n".join(blocks), await self._code_row(chat))
        return Answer(_rested(chat), (*pins, listed))

    async def _code_row(self, chat: Chat) -> Rows:
        """Offer the code at the store's door."""
        order = await self._my_orders.latest(chat)
        if order is None or not self._my_orders.can_be_paid(order):
            return ()
        return ((show_code_button(order, words_in(chat.language)),),)


def _described(number: int, found: Found, words: Words, now: datetime) -> list[str]:
    store = found.store
    name = words.say("*{store}*", store=words.pick(store.name, store.name_ar))
    facts = [_hours(found, words, now)]
    if found.distance_m is not None:
        facts.insert(0, words.distance(found.distance_m))
    lines = [words.numbered(number, name), " · ".join(facts)]
    if address := words.pick(store.address, store.address_ar):
        lines.append(address)
    return lines


def _hours(found: Found, words: Words, now: datetime) -> str:
    if found.open_now:
        if found.changes_at is None:
            return words.say("open now")
        return words.say("open until {time}", time=words.clock(found.changes_at))
    if found.changes_at is None:
        return words.say("closed now")
    return words.say(
        "closed, opens {moment}", moment=words.moment(found.changes_at, now)
    )


def _pin(number: int, found: Found, words: Words) -> Outgoing:
    store = found.store
    name = words.pick(store.name, store.name_ar)
    place = Place(
        store.latitude,
        store.longitude,
        title=words.numbered(number, name),
        address=words.pick(store.address, store.address_ar) or name,
    )
    target = f"{store.latitude:.6f},{store.longitude:.6f}"
    url = f"https://www.google.com/maps/dir/?api=1&destination={target}"
    link = Choice("", words.say("Directions"), url=url)
    return Outgoing("", ((link,),), place=place)


def _asking(chat: Chat, text: str) -> Answer:
    words = words_in(chat.language)
    message = Outgoing(text, ask_location=location_title(words))
    return Answer(replace(chat, step=Step.AREA), (message,))


def _rested(chat: Chat) -> Chat:
    return replace(chat, step=Step.IDLE) if chat.step is Step.AREA else chat
