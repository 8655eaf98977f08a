"""What is done about a result that its payer's chat has not taken."""

from collections.abc import Mapping
from typing import Final

from bot.courier import Parcel
from bot.elsewhere import Elsewhere
from core.database.messages import UNWORDED, Delivery, SqlMessages
from core.domain.cases import CaseKind
from core.ports import Support

_NO_LOSS: Final = frozenset({Delivery.SENT, Delivery.UNREACHABLE, Delivery.PASSED})
_NOT_HERE: Final = frozenset({Delivery.UNREACHABLE, Delivery.REFUSED, Delivery.UNKNOWN})


class LastResort:
    """Another chat of the payer's, or else support."""

    def __init__(
        self, elsewhere: Elsewhere, messages: SqlMessages, support: Support
    ) -> None:
        self._elsewhere = elsewhere
        self._messages = messages
        self._support = support

    async def bring(self, parcel: Parcel, state: Delivery) -> bool:
        """Bring to another chat what this one has not; tell if one has it."""
        return state in _NOT_HERE and await self._elsewhere.bring(parcel)

    async def raise_hand(
        self, parcel: Parcel, state: Delivery, facts: Mapping[str, str]
    ) -> None:
        """Open a case for what no chat has, unless the payer has blocked us.

        All the same it is shown once the payer is back.
        """
        number = parcel.merchant_order_no
        if await self._is_unworded(parcel, state):
            await self._support.open_case(CaseKind.NO_TEMPLATE, number, {**facts})
        elif state not in _NO_LOSS:
            facts = {**facts, "state": state}
            await self._support.open_case(CaseKind.NOT_TOLD, number, facts)

    async def _is_unworded(self, parcel: Parcel, state: Delivery) -> bool:
        if state is not Delivery.UNREACHABLE:
            return False
        record = await self._messages.get(parcel.id)
        return record is not None and record.trouble == UNWORDED
