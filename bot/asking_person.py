"""A payer's wish to talk to a person, and which of their words are for that person.

Commands and buttons go to the bot, and so does what a question of the bot's awaits and
a short phrase that it understands. Everything else that is typed goes to the person.
"""

from bot.chats import Answer, Chat, Step
from bot.messages import Incoming, Kind, Outgoing
from bot.my_orders import MyOrders
from bot.ports import People
from bot.understanding import read_request
from bot.words import Words, words_in
from core.domain.links import read_link_code
from core.domain.talks import Talk, TalkStage

_SHORT = 4
"""A longer text is told to a person, even where words of it mean something to us."""
_AWAITING = {Step.ACCOUNT, Step.AMOUNT, Step.BALANCE, Step.AREA, Step.TILL}


class AskingPerson:
    """Opens a case for a payer who wants to talk to a person."""

    def __init__(self, people: People, my_orders: MyOrders) -> None:
        self._people = people
        self._my_orders = my_orders

    async def ask(self, chat: Chat, typed: str) -> Answer:
        """Open a case about the order whose number ends so, else about the newest."""
        if not typed:
            order = await self._my_orders.latest(chat)
            return await self._open(chat, order.merchant_order_no if order else "")
        found = await self._my_orders.ending_in(chat, typed)
        if isinstance(found, Outgoing):
            return Answer(chat, (found,))
        return await self._open(chat, found.merchant_order_no)

    async def _open(self, chat: Chat, merchant_order_no: str) -> Answer:
        talk = await self._people.ask(chat.conversation_id, merchant_order_no)
        return Answer(chat.at_rest(), (_opened(talk, words_in(chat.language)),))


def is_for_a_person(chat: Chat, incoming: Incoming) -> bool:
    """Tell whether a payer who talks to a person says this to them."""
    if incoming.medium:
        return True
    text = incoming.text.strip()
    if incoming.kind is not Kind.TEXT or not text or text.startswith("/"):
        return False
    if chat.step in _AWAITING or read_link_code(text):
        return False
    return len(text.split()) > _SHORT or read_request(text) is None


def passed_on(talk: Talk, words: Words) -> tuple[Outgoing, ...]:
    """Say that what was written is with support; nothing while a person reads it."""
    if talk.stage is TalkStage.TAKEN:
        return ()
    text = words.say(
        "I have added that to case *{case}*. A person will write to you here.",
        case=talk.number,
    )
    return (Outgoing(text),)


def person_is_here(talk: Talk, words: Words) -> str:
    """Say that somebody has taken the case."""
    return words.say(
        "You are talking to a person of support now (case *{case}*). What you write "
        "here goes to them; buttons and commands like /orders still work.",
        case=talk.number,
    )


def person_left(talk: Talk, words: Words) -> str:
    """Say that another person will take the case."""
    return words.say(
        "Another person of support will go on with case *{case}*. What you write here "
        "waits for them.",
        case=talk.number,
    )


def talk_is_over(talk: Talk, words: Words) -> str:
    """Say that the case is closed."""
    return words.say(
        "Support has closed case *{case}*. You are talking to the bot again; send "
        "/support if you need a person once more.",
        case=talk.number,
    )


def cannot_be_shown(words: Words) -> str:
    """Say that a photo or a document does not reach the person."""
    return words.say(
        "The person of support cannot be shown what you sent. Please write what is to "
        "be seen on it."
    )


def said_by_person(text: str, words: Words) -> str:
    """Write what a person says to a payer."""
    name = words.say("*Support:*")
    return f"{name} {text}"


def _opened(talk: Talk, words: Words) -> Outgoing:
    if talk.stage is TalkStage.TAKEN:
        return Outgoing(person_is_here(talk, words))
    lines = [
        words.say(
            "Support has it as case *{case}*: a person will write to you here. Until "
            "then, write what it is about.",
            case=talk.number,
        )
    ]
    if talk.merchant_order_no:
        about = words.say("It is about order {order}.", order=talk.merchant_order_no)
        lines.append(about)
    lines.append(words.say("They see the last messages of this chat."))
    return Outgoing("\n".join(lines))
