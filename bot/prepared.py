"""The sentences that Meta approves beforehand, and what fills them in.

Outside of a day after a person last wrote, WhatsApp takes nothing else (CHANNELS.md
D5). Meta's rules: no sentence begins or ends with a value, no two values stand side by
side, and there are more than twice as many words as values.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from bot.messages import InShort, Prepared
from bot.words import Words
from core.domain.orders import Event, Order

_PREPARED: Final[Mapping[Event, Prepared]] = {
    Event.CREDITED: Prepared.PAID,
    Event.HELD: Prepared.HELD,
    Event.EXPIRED: Prepared.ENDED,
    Event.CANCELLED: Prepared.ENDED,
    Event.REMINDER: Prepared.REMINDER,
}
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
_SAMPLES: Final = ("T261124-7K3QXMPA", "AED 50.00", "De••••", "18:40")


@dataclass(frozen=True)
class Sentence:
    """A prepared sentence in one language."""

    name: str
    language: str
    body: str

    @property
    def samples(self) -> tuple[str, ...]:
        """A value of each kind, for those who approve it."""
        return _SAMPLES[: len(set(_VALUE.findall(self.body)))]

    def filled(self, values: Sequence[str]) -> str:
        """Put the values in, as Twilio does."""
        return _VALUE.sub(lambda found: values[int(found[1]) - 1], self.body)


def template_name(prepared: Prepared, language: str) -> str:
    """Name the template of a sentence; a name that was refused is never free again."""
    return f"topup_{prepared}_{language}"


SENTENCES: Final = {
    (prepared, language): Sentence(template_name(prepared, language), language, body)
    for (prepared, language), body in _BODIES.items()
}


def sentences_of(short: InShort) -> Sequence[Sentence]:
    """Return the sentences that say it: in the person's language, then in English."""
    languages = dict.fromkeys((short.language, "en"))
    return [SENTENCES[short.prepared, language] for language in languages]


def in_short(order: Order, event: Event, words: Words, now: datetime) -> InShort:
    """Say an event in prepared words.

    Money that was given back is only news: its code has ended too, but it was paid.
    """
    prepared = _PREPARED.get(event, Prepared.NEWS)
    if order.is_given_back:
        prepared = Prepared.NEWS
    values = (order.merchant_order_no, str(order.amount), order.account_name)
    if prepared is Prepared.REMINDER:
        values = (*values, words.moment(order.expires_at, now))
    return InShort(prepared, words.language, values)
