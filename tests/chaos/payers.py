"""What one payer does, whatever happens: ask, confirm, walk to a store, pay."""

import asyncio
import io
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any

from PIL import Image

from tests.chaos.plan import Mind, Wish, network_of
from tests.chaos.street import Sees, Street
from tests.networks import TELEGRAM, WHATSAPP
from tests.phones import Message, read_qr

_ASKS_AGAIN_AFTER_S = {TELEGRAM: 50.0, WHATSAPP: 20.0}
"""WhatsApp loses what is said while we are down; Telegram brings it again."""
_GOES_ON_TRYING = 5
_TRIES_AFTER_FAILURES = 2
_BREATHES_S = 3.0
_ANOTHER_AMOUNT = "15"


@dataclass
class Payer:
    """A person with a wish, and how far they came."""

    wish: Wish
    street: Street
    confirmed_at: int = 0
    """The newest message when they last tapped Confirm; 0: never."""
    asked: int = 0
    """How often they asked for a code."""
    chosen: int = 0
    """How often they chose Confirm. Where choices are numbers, what was done more than
    once may have brought another list by the time that a number came: one that shows
    the code."""
    paid: asyncio.Event = field(default_factory=asyncio.Event)
    shown_again: int = 0
    """How often support meant to show once more how it stands."""

    async def live(self) -> None:
        """Do everything, patiently; a failed code is asked for once more."""
        await asyncio.sleep(self.wish.at)
        for _ in range(1 + _TRIES_AFTER_FAILURES):
            answer = await self._confirm(await self._ask())
            if answer is None:
                return
            if answer.kind == "photo":
                await self._use(answer)
                return
            await asyncio.sleep(_BREATHES_S)

    async def _use(self, code: Message) -> None:
        match self.wish.mind:
            case Mind.PAYS:
                await self._pay(code)
            case Mind.CHECKS:
                await self._pay(code, self._choose("Check now", code))
            case Mind.CANCELS:
                await self._cancel(code)
            case Mind.CANCELS_AT_THE_TILL:
                await self._pay(code, self._cancel(code))
            case Mind.ASKS_ANEW:
                await self._ask_anew(code)
            case Mind.BLOCKS:
                await self._act(block=True)
                await self._pay(code)
                await asyncio.sleep(_BREATHES_S)
                await self._act(unblock=True)
                await self._act(text="Hello?")

    async def _ask(self) -> Message | None:
        text = f"/topup {self.wish.amount} {self.wish.account}"
        for _ in range(_GOES_ON_TRYING):
            self.asked += 1
            typed = await self._act(text=text)
            question = await self._wait(_asks, typed)
            if question:
                return question
        return None

    async def _confirm(self, question: Message | None) -> Message | None:
        """Tap, again if need be, and wait for a code or for being told of none."""
        if question is None:
            return None
        asked_at = question.id
        for _ in range(_GOES_ON_TRYING):
            question = await self._newest(question)
            tapped = await self._choose("Confirm", question, self.wish.taps)
            self.confirmed_at = tapped or self.confirmed_at
            self.chosen += self.wish.taps
            answer = await self._wait(_answers, asked_at)
            if answer:
                return answer
        return None

    async def _newest(self, question: Message) -> Message:
        """Look for the newest question: who asked again is answered again."""
        shown = await self.street.messages(self.wish.phone, question.id)
        asked = [one for one in shown if one.sender == "bot" and _asks(one)]
        return asked[-1] if asked else question

    async def _pay(self, code: Message, *meanwhile: Coroutine[Any, Any, Any]) -> None:
        qr = await asyncio.to_thread(_read, await self.street.picture(code))
        await asyncio.sleep(self.wish.walks_for)
        scans = [self._try_stores(qr) for _ in range(self.wish.cashiers)]
        await asyncio.gather(*scans, *meanwhile)

    async def _cancel(self, code: Message) -> None:
        typed = await self._act(text="/cancel")
        asked = await self._wait(_asks_back, typed or code.id)
        if asked:
            await self._choose("Yes, cancel it", asked)

    async def _ask_anew(self, code: Message) -> None:
        """Have the code replaced; keep it when that does not work out."""
        await self._act(text=f"/topup {_ANOTHER_AMOUNT} {self.wish.account}")
        offer = await self._wait(_offers, code.id)
        if offer:
            await self._choose("Replace it", offer)
            code = await self._wait(_is_code, offer.id) or code
        await self._pay(code)

    async def _try_stores(self, qr: str) -> None:
        for store in self.wish.stores:
            slip = await self.street.scan(qr, store, looks=self.wish.looks)
            if "balance of" not in slip.get("error", ""):
                if slip.get("status") == "SUCCESS":
                    self.paid.set()
                return

    async def _act(self, **what: object) -> int:
        return await self.street.act(self.wish.phone, language_code="en", **what)

    async def _choose(self, label: str, message: Message, times: int = 1) -> int:
        return await self.street.choose(self.wish.phone, label, message, times=times)

    async def _wait(self, seen: Sees, after: int) -> Message | None:
        phone = self.wish.phone
        within = _ASKS_AGAIN_AFTER_S[network_of(phone)]
        return await self.street.wait_for(phone, seen, after, within)


def _asks(message: Message) -> bool:
    return message.has_button("Confirm")


def _answers(message: Message) -> bool:
    return (
        _is_code(message)
        or message.has_button("Try again")
        or message.has_button("Top up")
    )


def _is_code(message: Message) -> bool:
    return message.kind == "photo"


def _asks_back(message: Message) -> bool:
    return message.has_button("Yes, cancel it")


def _offers(message: Message) -> bool:
    return message.has_button("Replace it")


def _read(picture: bytes) -> str:
    return read_qr(Image.open(io.BytesIO(picture)))
