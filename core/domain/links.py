"""Several chats of one payer, joined by a code given in one and sent in another."""

import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from hashlib import sha256

from core.domain.orders import NUMBER_ALPHABET

CODE_LIFETIME = timedelta(minutes=10)
_CODE_LENGTH = 8
_CODE = re.compile(rf"(?=.*\d)(?=.*[A-Z])[{NUMBER_ALPHABET}]{{{_CODE_LENGTH}}}")


class CodeFault(StrEnum):
    """Why a code joins nothing."""

    WRONG = "wrong"  # nobody was given it, or its chat was given another since
    EXPIRED = "expired"
    USED = "used"
    OWN = "own"  # it was given in the same chat


@dataclass(frozen=True)
class Payer:
    """A person with several chats."""

    id: str
    """Another one whenever a chat joins."""
    chats: tuple[str, ...]

    def others(self, conversation_id: str) -> tuple[str, ...]:
        """Return the chats but for this one."""
        return tuple(chat for chat in self.chats if chat != conversation_id)


def new_link_code() -> str:
    """Make a code with a letter and a digit, so that it is no word and no amount."""
    while True:
        code = "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(_CODE_LENGTH))
        if read_link_code(code):
            return code


def read_link_code(text: str) -> str:
    """Return the code that a text is, in capitals; empty when it is none.

    A copied text may hold invisible signs that turn its direction.
    """
    seen = (sign for sign in text if unicodedata.category(sign) != "Cf")
    code = "".join(seen).strip().upper()
    return code if _CODE.fullmatch(code) else ""


def digest_of(code: str) -> str:
    """Return what is kept of a code: SHA-256, in hex."""
    return sha256(code.encode()).hexdigest()
