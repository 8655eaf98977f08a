"""The signature of a webhook, written from its description and from nothing else.

Base64 of the HMAC of the address followed by each field's name and value, the fields in
the order of their names. The address is signed as it is called, without a fragment.
"""

import base64
import hmac
from dataclasses import dataclass
from typing import Literal, TypeAlias

from sandbox.twilio.json_types import Form

Algorithm: TypeAlias = Literal["sha1", "sha256"]

_KEY_ID = "webhooks_sharedkey_00000000000000000000000000"


@dataclass(frozen=True, kw_only=True)
class Signer:
    """Signs what goes to the webhooks of one account."""

    secret: str
    """The account's auth token; with SHA-256 the secret of a shared key."""

    algorithm: Algorithm = "sha1"

    def headers(self, url: str, form: Form) -> dict[str, str]:
        """Return the headers that prove who sent a form to an address."""
        signed = {"X-Twilio-Signature": self._signature(url, form)}
        if self.algorithm == "sha256":
            settings = f"key={_KEY_ID},algorithm=HMAC_SHA256"
            signed["X-Twilio-Webhooks-Signature-Settings"] = settings
        return signed

    def _signature(self, url: str, form: Form) -> str:
        text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
        mac = hmac.new(self.secret.encode(), text.encode(), self.algorithm)
        return base64.b64encode(mac.digest()).decode()
