"""What an online account holds."""

from dataclasses import replace

from bot.account_ids import BadAccount, find_account
from bot.chats import Answer, Chat, Step
from bot.messages import Outgoing
from bot.ports import Accounts, TopUps
from bot.words import words_in


class Balances:
    """Answers "what is my balance?"."""

    def __init__(self, topups: TopUps, accounts: Accounts) -> None:
        self._topups = topups
        self._accounts = accounts

    async def show(self, chat: Chat, typed: str) -> Answer:
        """Tell the balance of the account named, or else of the one used last."""
        words = words_in(chat.language)
        wanted = typed or chat.last_account_id
        if not wanted:
            text = words.say("Whose balance? Please send me the account's ID.")
            return Answer(replace(chat, step=Step.BALANCE), (Outgoing(text),))
        try:
            account = await find_account(self._topups, wanted, words)
        except BadAccount as bad:
            asking = replace(chat, step=Step.BALANCE)
            return Answer(asking, (Outgoing(str(bad)),))
        balance = await self._accounts.balance(account.id)
        text = words.say(
            "The balance of {account} is *{balance}*.",
            account=account.masked_name,
            balance=balance,
        )
        if chat.step is Step.BALANCE:
            chat = replace(chat, step=Step.IDLE)
        return Answer(chat, (Outgoing(text),))
