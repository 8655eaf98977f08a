"""Links in memory, and a place that collects the news of them."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from core.domain.links import CODE_LIFETIME, CodeFault, Payer
from core.ports import Clock


@dataclass
class MemoryLinks:
    """Which chats belong to one payer."""

    clock: Clock
    codes: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    """By digest: the chat that was given it, and its end."""
    used: set[str] = field(default_factory=set)
    payers: dict[str, Payer] = field(default_factory=dict)
    """By chat."""

    async def give(self, conversation_id: str, digest: str) -> None:
        others = {
            each: code
            for each, code in self.codes.items()
            if code[0] != conversation_id
        }
        end = self.clock.now() + CODE_LIFETIME
        self.codes = {**others, digest: (conversation_id, end)}

    async def join(self, digest: str, conversation_id: str) -> Payer | CodeFault:
        if digest not in self.codes:
            return CodeFault.WRONG
        giver, end = self.codes[digest]
        if giver == conversation_id:
            return CodeFault.OWN
        payer = await self.payer(conversation_id)
        if not payer or giver not in payer.chats:
            if digest in self.used:
                return CodeFault.USED
            if end <= self.clock.now():
                return CodeFault.EXPIRED
            payer = self._join(giver, conversation_id)
        self.used.add(digest)
        return payer

    async def payer(self, conversation_id: str) -> Payer | None:
        return self.payers.get(conversation_id)

    async def leave(self, conversation_id: str) -> None:
        payer = self.payers.pop(conversation_id, None)
        left = payer.others(conversation_id) if payer else ()
        for chat in left:
            self.payers.pop(chat)
        if payer and len(left) > 1:
            self._keep(Payer(payer.id, left))

    def _join(self, *conversation_ids: str) -> Payer:
        alone = {each: Payer("", (each,)) for each in conversation_ids}
        known = {**alone, **self.payers}
        chats = {chat for each in conversation_ids for chat in known[each].chats}
        return self._keep(Payer(secrets.token_hex(16), tuple(sorted(chats))))

    def _keep(self, payer: Payer) -> Payer:
        self.payers.update(dict.fromkeys(payer.chats, payer))
        return payer


@dataclass
class MemoryLinkNews:
    """What the other chats were told."""

    told: list[tuple[str, str]] = field(default_factory=list)
    """Chats, and what each heard."""

    async def joined(self, payer: Payer, conversation_id: str, _digest: str) -> None:
        self.told += [(chat, "joined") for chat in payer.others(conversation_id)]

    async def leaving(self, payer: Payer, conversation_id: str) -> None:
        self.told += [(chat, "leaving") for chat in payer.others(conversation_id)]
