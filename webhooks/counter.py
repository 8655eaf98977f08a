"""Those who answer what people write: payers, and staff at the support desk."""

from dataclasses import dataclass

from bot.answering import Answering
from bot.conversation import Conversation, ConversationParts
from bot.hand_over import HandOver
from bot.link_news import LinkNews
from bot.missed import Missed
from bot.staff.case_screens import CaseScreens
from bot.staff.desk import StaffDesk
from core.database.lost_messages import SqlLostMessages
from core.topup import TopUps
from webhooks.books import Books
from webhooks.desk import case_desk, staff_desk
from webhooks.ground import Ground
from webhooks.post import Post


@dataclass(frozen=True, kw_only=True)
class Counter:
    """Who finds the answer, and who hands payers over to a person."""

    answering: Answering
    staff: StaffDesk
    hand_over: HandOver


def counter_on(ground: Ground, books: Books, post: Post, topups: TopUps) -> Counter:
    """Make everybody at the counter."""
    screens = CaseScreens(talks=books.talks, orders=books.orders, clock=ground.clock)
    hand_over = HandOver(
        talks=books.talks,
        screens=screens,
        staff=books.members,
        chats=books.chats,
        courier=post.courier,
        messages=books.messages,
        support_chat=ground.support_chat,
        remind_after=ground.remind_after,
        clock=ground.clock,
    )
    cases = case_desk(ground, books, hand_over, screens)
    staff = staff_desk(ground, books, post, topups, cases)
    answering = Answering(
        conversation=_conversation(ground, books, post, topups, hand_over),
        staff=staff,
        chats=books.chats,
        courier=post.courier,
        outbox=post.outbox,
        hand_over=hand_over,
        missed=Missed(
            SqlLostMessages(ground.database), post.courier, ground.support_chat
        ),
    )
    return Counter(answering=answering, staff=staff, hand_over=hand_over)


def _conversation(
    ground: Ground, books: Books, post: Post, topups: TopUps, hand_over: HandOver
) -> Conversation:
    return Conversation(
        ConversationParts(
            topups=topups,
            orders=books.orders,
            accounts=books.accounts,
            stores=ground.stores,
            links=books.links,
            link_news=LinkNews(courier=post.courier, chats=books.chats),
            support=post.support,
            people=hand_over,
            clock=ground.clock,
            shop=ground.shop,
        )
    )
