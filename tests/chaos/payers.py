"""What one payer does, whatever happens: ask, confirm, walk to a store, pay."""

import asyncio
import io
from dataclasses import dataclass

from PIL import Image

from tests.chaos.plan import Wish
from tests.chaos.street import Street
from tests.phones import Message, read_qr

_ASKS_AGAIN_AFTER_S = 50.0
_TAPS_AGAIN_AFTER_S = 50.0
_GOES_ON_TRYING = 5
_TRIES_AFTER_FAILURES = 2
_BREATHES_S = 3.0


@dataclass
class Payer:
    """A person with a wish, and how far they came."""

    wish: Wish
    street: Street
    confirmed_at: int = 0
    """The newest message when they last tapped Confirm; 0: never."""
    has_paid: bool = False

    async def live(self) -> None:
        """Do everything, patiently; a failed code is asked for once more."""
        await asyncio.sleep(self.wish.at)
        for _ in range(1 + _TRIES_AFTER_FAILURES):
            answer = await self._confirm(await self._ask())
            if answer is None:
                return
            if answer.kind == "photo":
                await self._pay(answer)
                return
            await asyncio.sleep(_BREATHES_S)

    async def _ask(self) -> Message | None:
        text = f"/topup {self.wish.amount} {self.wish.account}"
        for _ in range(_GOES_ON_TRYING):
            typed = await self._act(text=text)
            question = await self._wait(_asks, typed, _ASKS_AGAIN_AFTER_S)
            if question:
                return question
        return None

    async def _confirm(self, question: Message | None) -> Message | None:
        """Tap, again if need be, and wait for a code or for being told of none."""
        if question is None:
            return None
        taps = self.wish.taps
        for _ in range(_GOES_ON_TRYING):
            how = {"press": "Confirm", "message_id": question.id, "times": taps}
            tapped = await self._act(**how)
            self.confirmed_at = tapped or self.confirmed_at
            answer = await self._wait(_answers, question.id, _TAPS_AGAIN_AFTER_S)
            if answer:
                return answer
        return None

    async def _pay(self, code: Message) -> None:
        if not self.wish.stores:
            return
        picture = await self.street.picture(code)
        qr = await asyncio.to_thread(_read, picture)
        await asyncio.sleep(self.wish.walks_for)
        async with asyncio.TaskGroup() as group:
            for _ in range(self.wish.cashiers):
                group.create_task(self._try_stores(qr))
            if self.wish.checks:
                tap = {"press": "Check now", "message_id": code.id}
                group.create_task(self._act(**tap))

    async def _try_stores(self, qr: str) -> None:
        for store in self.wish.stores:
            slip = await self.street.scan(qr, store, looks=self.wish.looks)
            if "balance of" not in slip.get("error", ""):
                self.has_paid |= slip.get("status") == "SUCCESS"
                return

    async def _act(self, **what: object) -> int:
        return await self.street.act(self.wish.phone, language_code="en", **what)

    async def _wait(self, seen, after: int, within: float) -> Message | None:
        return await self.street.wait_for(self.wish.phone, seen, after, within)


def _asks(message: Message) -> bool:
    return message.has_button("Confirm")


def _answers(message: Message) -> bool:
    is_code = message.kind == "photo"
    return is_code or message.has_button("Try again") or message.has_button("Top up")


def _read(picture: bytes) -> str:
    return read_qr(Image.open(io.BytesIO(picture)))
