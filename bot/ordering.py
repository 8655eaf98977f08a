"""The guided top-up: account, amount, confirmation."""

import secrets
from dataclasses import replace

from bot.account_ids import BadAccount, find_account, not_creditable
from bot.amounts import UnusableAmount, proposed, read_amount, usable
from bot.buttons import Action, button
from bot.chats import Answer, Chat, Step
from bot.limit_words import is_about_the_account, leaves_room, over_limit
from bot.messages import Choice, Outgoing, Rows
from bot.my_orders import MyOrders
from bot.one_code import InTheWay, offered
from bot.ports import TopUps
from bot.shop import Shop
from bot.understanding import read_top_up
from bot.words import Words, words_in
from core.domain.accounts import Account
from core.domain.errors import AccountNotCreditable, OverLimit
from core.domain.limits import Breach
from core.domain.money import Money
from core.domain.orders import Order
from core.ports import Clock

_AMOUNTS_IN_A_ROW = 3
_TITLE_LENGTH = 40
_MOST_FILS_DIGITS = 15


class Ordering:
    """Leads from a wish to the confirmation on the screen."""

    def __init__(
        self, topups: TopUps, my_orders: MyOrders, clock: Clock, shop: Shop
    ) -> None:
        self._topups = topups
        self._my_orders = my_orders
        self._clock = clock
        self._shop = shop

    async def begin(self, chat: Chat, argument: str) -> Answer:
        """Start from "/topup 50 player-1001", where both may be missing.

        An amount alone keeps the account that is being topped up.
        """
        amount_text, account_text = read_top_up(argument)
        keeps_account = bool(amount_text and not account_text)
        chat = replace(
            chat,
            account_id=chat.account_id if keeps_account else "",
            amount=None,
            draft_id="",
        )
        note = ""
        if amount_text:
            try:
                amount = read_amount(self._topups, amount_text, words_in(chat.language))
                chat = replace(chat, amount=amount)
            except UnusableAmount as bad:
                note = str(bad)
        if account_text:
            return await self.choose_account(chat, account_text, note)
        return self.ask_amount(chat, note) if note else await self.ask_next(chat)

    async def again(self, chat: Chat, order: Order) -> Answer:
        """Prepare the same top-up once more."""
        chat = replace(
            chat, account_id=order.account_id, amount=order.amount, draft_id=""
        )
        return await self.ask_next(chat)

    async def choose_account(self, chat: Chat, typed: str, note: str = "") -> Answer:
        """Take the account that was typed, or ask again.

        A note says what was wrong with the amount that came with it.
        """
        try:
            account = await find_account(self._topups, typed, words_in(chat.language))
        except BadAccount as bad:
            return self.ask_account(chat, str(bad))
        chat = replace(chat, account_id=account.id, last_account_id=account.id)
        return self.ask_amount(chat, note) if note else await self.ask_next(chat)

    async def choose_last_account(self, chat: Chat, _key: str = "") -> Answer:
        """Take the account used last."""
        if not chat.last_account_id:
            return self.ask_account(chat)
        return await self.choose_account(chat, chat.last_account_id)

    async def choose_amount(self, chat: Chat, typed: str) -> Answer:
        """Take the amount that was typed, or ask again."""
        try:
            amount = read_amount(self._topups, typed, words_in(chat.language))
        except UnusableAmount as bad:
            return self.ask_amount(chat, str(bad))
        return await self.ask_next(replace(chat, amount=amount))

    async def tap_amount(self, chat: Chat, fils: str) -> Answer:
        """Take the amount of a button, checked like a typed one."""
        if not (fils.isdecimal() and len(fils) <= _MOST_FILS_DIGITS):
            return await self.ask_next(chat)
        words = words_in(chat.language)
        try:
            amount = usable(self._topups, Money(int(fils)), words)
        except UnusableAmount as bad:
            return self.ask_amount(chat, str(bad))
        return await self.ask_next(replace(chat, amount=amount))

    def is_preparing(self, chat: Chat) -> bool:
        """Tell whether a top-up is being prepared."""
        guided = {Step.ACCOUNT, Step.AMOUNT, Step.CONFIRM}
        return chat.step in guided or bool(chat.draft_id)

    def leave(self, chat: Chat) -> Answer:
        """Leave the guided top-up; nothing has been ordered yet."""
        words = words_in(chat.language)
        text = words.say("All right, I stopped. No new code was made.")
        return Answer(chat.at_rest(), (Outgoing(text, ((top_up_button(words),),)),))

    async def ask_next(self, chat: Chat) -> Answer:
        """Ask for what is missing, or for the confirmation."""
        words = words_in(chat.language)
        if not chat.account_id:
            return self.ask_account(chat)
        try:
            account = await self._topups.find_account(chat.account_id)
        except AccountNotCreditable as refusal:
            return self.ask_account(chat, not_creditable(refusal, words))
        if chat.amount is None:
            return self._ask_amount_for(chat, account)
        return await self._ask_confirmation(chat, account, chat.amount)

    async def _ask_confirmation(
        self, chat: Chat, account: Account, amount: Money
    ) -> Answer:
        """Ask whether it is right, or what to do about the code in its way."""
        draft_id = secrets.token_urlsafe(9)
        chat = replace(chat, step=Step.CONFIRM, draft_id=draft_id)
        old = await self._my_orders.live(chat, account.id)
        if old and not self._my_orders.has_ended(old):
            await self._topups.demand_not_frozen(old)
            case = InTheWay(old, amount, draft_id, words_in(chat.language))
            return offered(chat, case, self._clock.now())
        try:
            await self._topups.check_limits(
                chat.conversation_id,
                account.id,
                amount,
                instead_of=old.merchant_order_no if old else "",
            )
        except OverLimit as refusal:
            return self.over_limit(chat, refusal.breach)
        return Answer(chat, (self._confirmation(chat, account, amount),))

    def over_limit(self, chat: Chat, breach: Breach) -> Answer:
        """Say what a limit leaves, and ask for what would do; else stop here."""
        words, minimum = words_in(chat.language), self._topups.limits.minimum
        text = over_limit(breach, minimum, words, self._clock.now())
        if leaves_room(breach, minimum):
            return self.ask_amount(chat, text, most=breach.room)
        if is_about_the_account(breach):
            return self.ask_account(chat, text)
        mine = button(Action.ORDERS, words.say("My top-ups"))
        return Answer(chat.at_rest(), (Outgoing(text, ((mine,),)),))

    def ask_account(self, chat: Chat, note: str = "") -> Answer:
        """Ask for an account, after a note that says what was wrong with the last."""
        words = words_in(chat.language)
        text = note or words.say("Which account shall I top up? Please send me its ID.")
        chat = replace(chat, step=Step.ACCOUNT, account_id="", draft_id="")
        last = chat.last_account_id
        if not last:
            return Answer(chat, (Outgoing(text),))
        title = last if len(last) <= _TITLE_LENGTH else f"{last[:_TITLE_LENGTH]}…"
        return Answer(chat, (Outgoing(text, ((button(Action.ACCOUNT, title),),)),))

    def _ask_amount_for(self, chat: Chat, account: Account) -> Answer:
        limits = self._topups.limits
        text = words_in(chat.language).say(
            "How much shall I add to *{account}*? Choose, or send any amount from "
            "{minimum} to {maximum}.",
            account=account.masked_name,
            minimum=limits.minimum,
            maximum=limits.maximum,
        )
        return self.ask_amount(chat, text)

    def ask_amount(self, chat: Chat, text: str, most: Money | None = None) -> Answer:
        """Ask for an amount in these words, and propose some, up to a sum if given."""
        limits = self._topups.limits
        if most is not None:
            limits = replace(limits, maximum=min(most, limits.maximum))
        amounts = [
            button(Action.AMOUNT, str(amount), str(amount.fils))
            for amount in proposed(limits)
        ]
        rows = tuple(
            tuple(amounts[start : start + _AMOUNTS_IN_A_ROW])
            for start in range(0, len(amounts), _AMOUNTS_IN_A_ROW)
        )
        chat = replace(chat, step=Step.AMOUNT, amount=None, draft_id="")
        return Answer(chat, (Outgoing(text, rows),))

    def _confirmation(self, chat: Chat, account: Account, amount: Money) -> Outgoing:
        words = words_in(chat.language)
        text = "\n".join(
            (
                words.say("*Is this right?*"),
                words.say(
                    "Account: *{account}* (ID {id})",
                    account=account.masked_name,
                    id=account.id,
                ),
                words.say(
                    "Product: {product}",
                    product=words.pick(self._shop.product, self._shop.product_ar),
                ),
                words.say("Amount: *{amount}*", amount=amount),
                "",
                words.say(
                    "When you confirm, I send you a code. You show it at a store, pay "
                    "{amount} in cash, and the money is added to this account.",
                    amount=amount,
                ),
            )
        )
        rows = _confirmation_buttons(words, amount, chat.draft_id)
        return Outgoing(text, rows)


def top_up_button(words: Words) -> Choice:
    """Return the button that starts the guided top-up."""
    return button(Action.TOP_UP, words.say("Top up"))


def _confirmation_buttons(words: Words, amount: Money, draft_id: str) -> Rows:
    confirm = words.say("Confirm {amount}", amount=amount)
    return (
        (button(Action.CONFIRM, confirm, draft_id),),
        (
            button(Action.CHANGE_AMOUNT, words.say("Change amount"), draft_id),
            button(Action.CHANGE_ACCOUNT, words.say("Change account"), draft_id),
        ),
        (button(Action.DROP, words.say("Cancel"), draft_id),),
    )
