"""What follows a tap on a confirmation: the order, or the old code in its way."""

from dataclasses import replace
from datetime import timedelta

from bot import one_code
from bot.account_ids import not_creditable
from bot.amounts import out_of_limits
from bot.buttons import Action, button
from bot.chats import Answer, Chat
from bot.messages import Outgoing
from bot.my_orders import MyOrders
from bot.order_states import not_yours
from bot.ordering import Ordering, top_up_button
from bot.ports import TopUps
from bot.words import words_in
from core.domain.errors import (
    AccountNotCreditable,
    AmountOutOfLimits,
    AtTheTill,
    CodeIsLive,
    GatewayError,
    GatewayResting,
    OverLimit,
)
from core.domain.money import Money
from core.domain.orders import Order
from core.ports import Clock

_SAME_TAP = timedelta(seconds=5)


class Confirming:
    """Turns the confirmation on the screen into one order, whatever is tapped."""

    def __init__(
        self, topups: TopUps, my_orders: MyOrders, ordering: Ordering, clock: Clock
    ) -> None:
        self._topups = topups
        self._my_orders = my_orders
        self._ordering = ordering
        self._clock = clock

    async def confirm(self, chat: Chat, draft_id: str) -> Answer:
        """Start the order of the confirmation on the screen; any other is explained."""
        if not _is_current(chat, draft_id) or chat.amount is None:
            return await self._not_current(chat, draft_id)
        return await self._start(chat, chat.amount)

    async def replace(self, chat: Chat, key: str) -> Answer:
        """Cancel the old code at PayBy, then start the new order in the same tap."""
        return await self._replace(chat, key, even_at_the_till=False)

    async def replace_anyway(self, chat: Chat, key: str) -> Answer:
        """Do so even while a cashier has the old code on the POS."""
        return await self._replace(chat, key, even_at_the_till=True)

    async def keep_old(self, chat: Chat, key: str) -> Answer:
        """Show the old code and make no new one."""
        draft_id, number = one_code.read_key(key)
        old = await self._my_orders.find(chat, number)
        if old is None:
            return Answer(chat, (not_yours(words_in(chat.language)),))
        if _is_current(chat, draft_id):
            chat = chat.at_rest()
        return await self._my_orders.code(chat, old)

    async def change_amount(self, chat: Chat, draft_id: str) -> Answer:
        """Ask for another amount."""
        if not _is_current(chat, draft_id):
            return await self._not_current(chat, draft_id)
        return await self._ordering.ask_next(replace(chat, amount=None, draft_id=""))

    async def change_account(self, chat: Chat, draft_id: str) -> Answer:
        """Ask for another account."""
        if not _is_current(chat, draft_id):
            return await self._not_current(chat, draft_id)
        return self._ordering.ask_account(replace(chat, account_id="", draft_id=""))

    async def drop(self, chat: Chat, draft_id: str) -> Answer:
        """Leave the confirmation on the screen."""
        if not _is_current(chat, draft_id):
            return await self._not_current(chat, draft_id)
        return self._ordering.leave(chat)

    async def _start(self, chat: Chat, amount: Money) -> Answer:
        try:
            await self._topups.start(
                draft_id=chat.draft_id,
                conversation_id=chat.conversation_id,
                account_id=chat.account_id,
                amount=amount,
            )
        except (AccountNotCreditable, AmountOutOfLimits, OverLimit) as refusal:
            return self._refused(chat, amount, refusal)
        except CodeIsLive:
            return await self._in_the_way(chat, amount)
        except GatewayResting:
            return _resting(chat)
        text = words_in(chat.language).say("Thank you. I am making your code …")
        return Answer(chat.at_rest(), (Outgoing(text),))

    def _refused(
        self,
        chat: Chat,
        amount: Money,
        refusal: AccountNotCreditable | AmountOutOfLimits | OverLimit,
    ) -> Answer:
        if isinstance(refusal, OverLimit):
            return self._ordering.over_limit(chat, refusal.breach)
        words = words_in(chat.language)
        if isinstance(refusal, AccountNotCreditable):
            note = not_creditable(refusal, words)
            return self._ordering.ask_account(replace(chat, draft_id=""), note)
        return self._ordering.ask_amount(chat, out_of_limits(amount, refusal, words))

    async def _in_the_way(self, chat: Chat, amount: Money) -> Answer:
        """Offer the old code; one whose time is over is replaced without asking."""
        old = await self._my_orders.live(chat, chat.account_id)
        if old is None:  # it has ended in this very moment
            return await self._ordering.ask_next(chat)
        if self._my_orders.has_ended(old):
            return await self._start_instead(chat, amount, old, even_at_the_till=False)
        case = _case(chat, amount, old)
        return one_code.offered(chat, case, self._clock.now())

    async def _replace(self, chat: Chat, key: str, *, even_at_the_till: bool) -> Answer:
        draft_id, number = one_code.read_key(key)
        if not _is_current(chat, draft_id) or chat.amount is None:
            return await self._not_current(chat, draft_id)
        old = await self._my_orders.find(chat, number)
        if old is None:
            return Answer(chat, (not_yours(words_in(chat.language)),))
        return await self._start_instead(
            chat, chat.amount, old, even_at_the_till=even_at_the_till
        )

    async def _start_instead(
        self, chat: Chat, amount: Money, old: Order, *, even_at_the_till: bool
    ) -> Answer:
        """Give the old code up only where a new one can be had."""
        try:
            self._topups.check_amount(amount)
            await self._topups.find_account(chat.account_id)
            await self._topups.check_limits(
                chat.conversation_id,
                chat.account_id,
                amount,
                instead_of=old.merchant_order_no,
            )
        except (AccountNotCreditable, AmountOutOfLimits, OverLimit) as refusal:
            return self._refused(chat, amount, refusal)
        case = _case(chat, amount, old)
        try:
            old = await self._topups.cancel(
                old.merchant_order_no, even_at_the_till=even_at_the_till
            )
        except AtTheTill:
            return Answer(chat, (one_code.at_the_till(case),))
        except GatewayError:
            return Answer(chat, (one_code.not_replaced(case),))
        if old.is_waiting:
            return Answer(chat, (one_code.being_made(case),))
        if old.is_paid:
            return self._paid_instead(chat, case, old)
        return await self._start_after(chat, amount, old)

    def _paid_instead(self, chat: Chat, case: one_code.InTheWay, paid: Order) -> Answer:
        note = case.words.say("That code has been paid, so I made no new one.")
        state = self._my_orders.state_message(chat, paid, note)
        return Answer(chat, (one_code.paid_instead(case, state),))

    async def _start_after(self, chat: Chat, amount: Money, old: Order) -> Answer:
        answer = await self._start(chat, amount)
        text = words_in(chat.language).say(
            "Your old code for {amount} no longer works. Please do not pay with it.",
            amount=old.amount,
        )
        return replace(answer, messages=(Outgoing(text), *answer.messages))

    async def _not_current(self, chat: Chat, draft_id: str) -> Answer:
        """Answer a button of a confirmation that is no longer on the screen.

        Further taps of an impatient finger on *Confirm* are one tap: silence.
        """
        order = await self._my_orders.of_draft(chat, draft_id)
        if order and self._clock.now() - order.created_at < _SAME_TAP:
            return Answer(chat)
        if order:
            return Answer(chat, (self._my_orders.state_message(chat, order),))
        words = words_in(chat.language)
        if chat.draft_id:
            text = words.say("That was changed. Please use my latest message.")
            return Answer(chat, (Outgoing(text),))
        text = words.say(
            "That was changed, so it no longer counts. No code was made for it."
        )
        return Answer(chat, (Outgoing(text, ((top_up_button(words),),)),))


def _is_current(chat: Chat, draft_id: str) -> bool:
    return bool(draft_id) and draft_id == chat.draft_id


def _case(chat: Chat, amount: Money, old: Order) -> one_code.InTheWay:
    return one_code.InTheWay(old, amount, chat.draft_id, words_in(chat.language))


def _resting(chat: Chat) -> Answer:
    words = words_in(chat.language)
    text = words.say(
        "I cannot make a code right now, because PayBy does not answer. Nothing was "
        "ordered or charged, and any other code of yours stays valid. Please try again "
        "in a few minutes."
    )
    again = button(Action.CONFIRM, words.say("Try again"), chat.draft_id)
    return Answer(chat, (Outgoing(text, ((again,),)),))
