"""People of support, who help payers by typing and tapping, whatever happens."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field

from tests.chaos.helps import Call, Help
from tests.chaos.payers import Payer
from tests.chaos.street import Street
from tests.phones import Message

PHONES = ("990001", "+971500009901")
"""One on each network."""
_PATIENCE_S = 30.0
_PAYERS_PATIENCE_S = 60.0
_LAST_WORDS = {Help.CANCEL: "Cancel now", Help.REFUND: "Refund now"}
_SHOWS_AGAIN = {Help.RESEND, Help.RETRY}


@dataclass
class Clerk:
    """Somebody of support with a phone: one thing is done after the other."""

    phone: str
    street: Street
    _hands: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def help(self, call: Call, payer: Payer) -> None:
        """Do to the payer's newest order what they called for, if it is possible."""
        async with self._hands:
            number = await self._newest_order(payer)
            if number:
                await self._act(call, payer, number)

    async def _act(self, call: Call, payer: Payer, number: str) -> None:
        if call.help is Help.REFUND:
            await self._answer(await self._types(f"/check {number}"), number)
        command = f"/{call.help} {number}"
        if call.help in _SHOWS_AGAIN:
            payer.shown_again += 1
        if call.help in _LAST_WORDS:
            command = f"{command} because the payer called"
        answer = await self._answer(await self._types(command), number)
        last_word = _LAST_WORDS.get(call.help, "")
        if answer and last_word and answer.has_button(last_word):
            await self.street.choose(self.phone, last_word, answer, times=call.taps)
            await self._answer(answer.id, number)

    async def _answer(self, after: int, number: str) -> Message | None:
        def is_one(message: Message) -> bool:
            return number in message.text

        return await self.street.wait_for(self.phone, is_one, after, _PATIENCE_S)

    async def _types(self, text: str) -> int:
        return await self.street.act(self.phone, language_code="en", text=text)

    async def _newest_order(self, payer: Payer) -> str:
        """Find what the payer reads out; empty when no order ever came."""
        phone = payer.wish.phone
        await self.street.wait_for(phone, _names, 0, _PAYERS_PATIENCE_S)
        shown = await self.street.messages(phone)
        named = [one.names for one in shown if one.sender == "bot" and one.names]
        return named[-1] if named else ""


def _names(message: Message) -> bool:
    return bool(message.names)


async def answer(call: Call, payer: Payer, clerks: list[Clerk]) -> None:
    """Wait for the call, and let those help at once whom it reaches.

    Who wants money back has paid, or never will.
    """
    await asyncio.sleep(payer.wish.at + call.after)
    if call.help is Help.REFUND:
        with suppress(TimeoutError):
            async with asyncio.timeout(_PAYERS_PATIENCE_S):
                await payer.paid.wait()
    await asyncio.gather(*(clerks[each].help(call, payer) for each in call.clerks))
