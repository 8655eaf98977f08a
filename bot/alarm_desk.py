"""Brings alarms to the chat of support, if there is one."""

from dbos import DBOS, DBOSConfiguredInstance

from bot.alarm_words import alarm_message, over_message
from bot.courier import PUSH_TRIES, Courier, Parcel
from bot.messages import Choice, Outgoing
from core import engine
from core.domain.alarms import Alarm
from core.engine import Queue, Urgency


@DBOS.dbos_class("AlarmDesk")
class AlarmDesk(DBOSConfiguredInstance):
    """Tells each alarm once per telling, under an id that this telling alone has."""

    def __init__(self, courier: Courier, chat: str) -> None:
        """`chat` is a conversation like "tg:-100123", or empty for none."""
        super().__init__("alarm_desk")
        self._courier = courier
        self._chat = chat

    async def tell(self, alarm: Alarm) -> None:
        """See to it that support hears of it, as the alarm's next telling."""
        await self._enqueue(f"{_id(alarm)}:{alarm.tellings + 1}", alarm_message(alarm))

    async def tell_over(self, alarm: Alarm) -> None:
        """See to it that support hears that what was told last is over."""
        await self._enqueue(f"{_id(alarm)}:{alarm.tellings}:over", over_message(alarm))

    async def _enqueue(self, telling: str, message: Outgoing) -> None:
        if self._chat:
            await engine.enqueue(
                Queue.OUTBOX,
                telling,
                self.bring,
                telling,
                message.text,
                [(each.id, each.title) for (each,) in message.choices],
                urgency=Urgency.ANSWER,
            )

    @engine.job("bring_alarm")
    async def bring(
        self, telling: str, text: str, buttons: list[tuple[str, str]]
    ) -> None:
        """Bring the message; about this one nobody is told in turn."""
        rows = tuple((Choice(*button),) for button in buttons)
        await self._courier.deliver(
            Parcel(
                id=telling,
                conversation_id=self._chat,
                message=Outgoing(text, rows),
                tries=PUSH_TRIES,
                keeps_distance=True,
            )
        )


def _id(alarm: Alarm) -> str:
    return f"alarm:{alarm.kind}:{alarm.about}"
