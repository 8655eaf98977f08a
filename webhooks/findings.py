"""What a look at one of the things we need has found."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Finding:
    """How one thing is, and what to do where it is not well."""

    ok: bool
    says: str
    vital: bool = False
    """Whether nothing can be done while this is not ok."""
    remedy: str = ""
    """What to do about it; empty where `says` is all that can be said."""

    @property
    def sentence(self) -> str:
        """Say how it is, and what to do."""
        return f"{self.says}: {self.remedy}" if self.remedy else self.says


Findings: TypeAlias = dict[str, Finding]


class Lately:
    """Findings that are sought by one at a time, and not again too soon."""

    def __init__(
        self,
        seek: Callable[[], Awaitable[Findings]],
        *,
        again_after_s: float,
        sooner_s: float,
    ) -> None:
        """Seek again `again_after_s` later, or `sooner_s` when something is wrong."""
        self._seek = seek
        self._again_after_s = again_after_s
        self._sooner_s = sooner_s
        self._again_at = time.monotonic()
        self._found: Findings = {}
        self._turn = asyncio.Lock()

    async def findings(self) -> Findings:
        """Return what was found last."""
        async with self._turn:
            if time.monotonic() >= self._again_at:
                self._found = await self._seek()
                all_well = all(finding.ok for finding in self._found.values())
                wait_s = self._again_after_s if all_well else self._sooner_s
                self._again_at = time.monotonic() + wait_s
        return self._found
