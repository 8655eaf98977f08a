"""At which store a payer stands whose cash is not taken, and where to go next."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from bot.buttons import Action, button
from bot.chats import Answer, Chat, Search, Step, TillProblem
from bot.code_messages import location_title
from bot.messages import Choice, Outgoing, Rows
from bot.order_buttons import problem_button, show_code_button
from bot.ports import Found, Store, Stores
from bot.store_messages import described, pin, store_name
from bot.store_search import StoreSearch
from bot.words import Words, words_in
from core.domain.orders import Order
from core.ports import Clock

_OFFERED = 4
_LOOKED_AT = 10  # enough to find the store next door, even a much reported one
_STILL_THERE = timedelta(hours=2)  # later, a payer is likely to be somewhere else
_TITLE_LENGTH = 40
_ANOTHER = "another"


class TillStores:
    """Asks where a payer is, reports the store that is named, shows the next one."""

    def __init__(self, search: StoreSearch, stores: Stores, clock: Clock) -> None:
        self._search = search
        self._stores = stores
        self._clock = clock

    def ask(
        self,
        chat: Chat,
        problem: TillProblem,
        order: Order,
        advice: str = "",
        more: Rows = (),
    ) -> Answer:
        """Give the advice, and ask at which store the payer is, or else in what place.

        `more` are buttons that belong to the advice.
        """
        chat, words = replace(chat, till_problem=problem), words_in(chat.language)
        search = chat.search
        if search is None or self._clock.now() - search.at > _STILL_THERE:
            rows = ((show_code_button(order, words),), *more)
            before = (Outgoing(advice, rows),) if advice else ()
            return _ask_place(chat, _where(words), before)
        offered = self._offered(search, problem)
        if not offered:
            before = (Outgoing(advice, more),) if advice else ()
            answer = self._show_next(chat, problem, order, search)
            return replace(answer, messages=(*before, *answer.messages))
        question = words.say("*At which store are you?* Then I show you the next one.")
        text = f"{advice}\n\n{question}" if advice else question
        rows = (*_stores_to_name(offered, problem, words), *more)
        return Answer(chat.placed(), (Outgoing(text, rows),))

    def ask_around(
        self, chat: Chat, problem: TillProblem, order: Order, search: Search
    ) -> Answer:
        """Ask the same once the place is known: the nearest are the likeliest."""
        found = self._search.find(search, _LOOKED_AT, avoid=problem.store_ids)
        closest = sorted(found, key=lambda one: one.distance_m or 0.0)[:_OFFERED]
        search = search.remembered(one.store.id for one in closest)
        return self.ask(replace(chat, search=search), problem, order)

    async def report(
        self, chat: Chat, problem: TillProblem, order: Order, tag: str
    ) -> Answer:
        """Report the store on the button that was tapped, and show the next one.

        Of a store that is none of ours, or unknown to this chat, nothing is kept.
        """
        search = chat.search
        if search is None:
            return self.ask(chat, problem, order)
        if tag != _ANOTHER:
            known = (*search.store_ids, *problem.store_ids)
            store_id = next((one for one in known if _tag(one) == tag), "")
            store = self._stores.by_id(store_id)
            if store is None:
                return self.ask(chat, problem, order)
            number = order.merchant_order_no
            await self._stores.report(store_id, number, problem.trouble)
            problem = problem.also_at(store_id)
            here = (store.latitude, store.longitude)
            search = replace(search, at=self._clock.now(), point=here)
        return self._show_next(chat, problem, order, search)

    def _offered(self, search: Search, problem: TillProblem) -> Sequence[Store]:
        left = [one for one in search.store_ids if one not in problem.store_ids]
        return list(filter(None, map(self._stores.by_id, left)))

    def _show_next(
        self, chat: Chat, problem: TillProblem, order: Order, search: Search
    ) -> Answer:
        """Show the best store that has not failed this order, an open one if any is."""
        words = words_in(chat.language)
        chat = replace(chat, till_problem=problem)
        found = self._search.find(search, _LOOKED_AT, avoid=problem.store_ids)
        if not found:
            text = words.say(
                "I know no other store there. Share your location or send the name of "
                "another area."
            )
            return _ask_place(chat, text)
        best = next((one for one in found if one.open_now), found[0])
        rows = ((show_code_button(order, words),), (problem_button(order, words),))
        message = Outgoing(self._next_store(best, words), rows)
        ids = list(dict.fromkeys((best.store.id, *search.store_ids)))[:_OFFERED]
        chat = replace(chat.placed(), search=search.remembered(ids))
        return Answer(chat, (pin(best.store, words), message))

    def _next_store(self, found: Found, words: Words) -> str:
        title = (
            words.say("*Try this store next:*")
            if found.open_now
            else words.say("No other store near you is open now. The nearest one:")
        )
        return f"{title}\n\n{described(found, words, self._clock.now())}"


def _tag(store_id: str) -> str:
    """Return a short sign of a store: an id may be too long for a button."""
    return sha256(store_id.encode()).hexdigest()[:8]


def _stores_to_name(
    stores: Iterable[Store], problem: TillProblem, words: Words
) -> Rows:
    def naming(title: str, tag: str) -> Choice:
        key = f"{problem.merchant_order_no}.{problem.trouble}.{tag}"
        return button(Action.AT_STORE, title, key)

    rows = [(naming(_short(store_name(one, words)), _tag(one.id)),) for one in stores]
    return (*rows, (naming(words.say("Another store"), _ANOTHER),))


def _short(name: str) -> str:
    return name if len(name) <= _TITLE_LENGTH else f"{name[:_TITLE_LENGTH]}…"


def _where(words: Words) -> str:
    return words.say(
        "Share your location or send the name of your area, and I show you another "
        "store."
    )


def _ask_place(chat: Chat, text: str, before: tuple[Outgoing, ...] = ()) -> Answer:
    title = location_title(words_in(chat.language))
    message = Outgoing(text, ask_location=title)
    return Answer(replace(chat, step=Step.TILL), (*before, message))
