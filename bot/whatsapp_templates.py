"""The prepared sentences, and how they come to Twilio and, for approval, to Meta.

Meta's rules: no text begins or ends with a value, no two values stand side by side,
and there are more than twice as many words as values. A name that was rejected, or
deleted, is never free again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from twilio.rest import Client
from twilio.rest.content.v1.content import ContentList
from twilio.rest.content.v1.content.approval_create import ApprovalCreateList

from bot.messages import InShort, Prepared
from core.database.whatsapp import Template

APPROVED: Final = "approved"
MISSING: Final = "missing"
UNASKED: Final = "unsubmitted"
_TEXT: Final = "twilio/text"
_CATEGORY: Final = "UTILITY"
_SAMPLES: Final = ("T261124-7K3QXMPA", "AED 50.00", "De••••on", "18:00")
_VALUE: Final = re.compile(r"\{\{(\d+)\}\}")

_BODIES: Final = {
    (Prepared.PAID, "en"): (
        "Payment received: order {{1}} for {{2}}. The money is now on the account "
        "{{3}}. Thank you!"
    ),
    (Prepared.PAID, "ar"): (
        "تم استلام الدفع: الطلب {{1}} بمبلغ {{2}}. المال الآن في الحساب {{3}}. شكرًا لك!"
    ),
    (Prepared.HELD, "en"): (
        "Your payment for order {{1}} of {{2}} has arrived and is safe. It is not on "
        "the account {{3}} yet: support has been told and will see to it. Please do "
        "not pay again."
    ),
    (Prepared.HELD, "ar"): (
        "وصلت دفعتك للطلب {{1}} بمبلغ {{2}} وهي في أمان. لم تُضف بعد إلى الحساب "
        "{{3}}: أُبلغ الدعم وسيتولى الأمر. من فضلك لا تدفع مرة أخرى."
    ),
    (Prepared.ENDED, "en"): (
        "The code of order {{1}} for {{2}} to the account {{3}} can no longer be "
        "paid. If you have paid it, write to us here: no payment gets lost."
    ),
    (Prepared.ENDED, "ar"): (
        "لم يعد ممكنًا دفع رمز الطلب {{1}} بمبلغ {{2}} للحساب {{3}} بعد الآن. إذا كنت "
        "قد دفعت فاكتب لنا هنا: لا تضيع أي دفعة."
    ),
    (Prepared.REMINDER, "en"): (
        "The code of order {{1}} for {{2}} to the account {{3}} ends {{4}}. After "
        "that it can no longer be paid. Write to us here to see it again."
    ),
    (Prepared.REMINDER, "ar"): (
        "ينتهي رمز الطلب {{1}} بمبلغ {{2}} للحساب {{3}} في هذا الموعد: {{4}}. بعد ذلك "
        "لا يمكن دفعه. اكتب لنا هنا لتراه مرة أخرى."
    ),
    (Prepared.NEWS, "en"): (
        "There is news about your order {{1}} for {{2}} to the account {{3}}. Write "
        "to us here to see it."
    ),
    (Prepared.NEWS, "ar"): (
        "هناك جديد بشأن طلبك {{1}} بمبلغ {{2}} للحساب {{3}}. اكتب لنا هنا لتعرفه."
    ),
}


@dataclass(frozen=True)
class Wording:
    """A prepared sentence in one language."""

    name: str
    language: str
    body: str

    def filled(self, values: Sequence[str]) -> str:
        """Put the values in, as Twilio does."""
        return _VALUE.sub(lambda found: values[int(found[1]) - 1], self.body)


WORDINGS: Final = {
    f"topup_{prepared}_{language}": Wording(
        f"topup_{prepared}_{language}", language, body
    )
    for (prepared, language), body in _BODIES.items()
}


def wordings_of(in_short: InShort) -> Sequence[Wording]:
    """Return the sentences that say it: in the person's language, then in English."""
    languages = dict.fromkeys((in_short.language, "en"))
    return [WORDINGS[f"topup_{in_short.prepared}_{each}"] for each in languages]


async def look(client: Client) -> Sequence[Template]:
    """Tell how each sentence stands at Twilio; one that is not there is missing.

    Raises what twilio_errors sorts.
    """
    found: dict[str, Any] = {}
    for each in await client.content.v1.content_and_approvals.list_async():
        found.setdefault(each.friendly_name, each)
    return [_standing(name, found.get(name)) for name in WORDINGS]


async def bring(client: Client) -> Sequence[Template]:
    """Bring to Twilio what is missing there; ask Meta to approve what nobody has asked.

    Again is harmless. Return how each stands. Raises what twilio_errors sorts.
    """
    brought = []
    for template in await look(client):
        after = template
        if after.approval == MISSING:
            after = await _make(client, WORDINGS[template.name])
        if after.approval == UNASKED:
            after = await _ask(client, after)
        brought.append(after)
    return brought


async def _make(client: Client, wording: Wording) -> Template:
    numbers = sorted(set(_VALUE.findall(wording.body)))
    wish = ContentList.ContentCreateRequest(
        {
            "friendly_name": wording.name,
            "language": wording.language,
            "variables": {number: _SAMPLES[int(number) - 1] for number in numbers},
            "types": {_TEXT: {"body": wording.body}},
        }
    )
    made = await client.content.v1.contents.create_async(wish)
    return Template(wording.name, str(made.sid), UNASKED)


async def _ask(client: Client, template: Template) -> Template:
    wish = ApprovalCreateList.ContentApprovalRequest(
        {"name": template.name, "category": _CATEGORY}
    )
    approvals = client.content.v1.contents(template.sid).approval_create
    asked = await approvals.create_async(wish)
    return replace(template, approval=str(asked.status))


def _standing(name: str, content: Any) -> Template:  # noqa: ANN401  (a page's item)
    if content is None:
        return Template(name, "", MISSING)
    asked = content.approval_requests or {}
    return Template(name, content.sid, str(asked.get("status") or UNASKED))
