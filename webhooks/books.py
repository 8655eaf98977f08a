"""What is kept in the database, and by whom."""

from dataclasses import dataclass
from functools import partial

from bot.chat_store import ChatStore
from bot.painter import Painter
from core.database.accounts import SqlAccounts
from core.database.audit import SqlAudit
from core.database.cases import SqlCases
from core.database.conversations import SqlConversations
from core.database.day_figures import SqlDayFigures
from core.database.leases import SqlLeases
from core.database.links import SqlLinks
from core.database.messages import SqlMessages
from core.database.notices import SqlNotices
from core.database.orders import SqlOrders
from core.database.refunds import SqlRefunds
from core.database.staff import SqlStaff
from core.database.talks import SqlTalks
from core.database.whatsapp import SqlContacts
from core.domain.watching import next_look
from webhooks.ground import Ground


@dataclass(frozen=True, kw_only=True)
class Books:
    """What several parts read and write."""

    orders: SqlOrders
    refunds: SqlRefunds
    accounts: SqlAccounts
    notices: SqlNotices
    messages: SqlMessages
    chats: ChatStore
    links: SqlLinks
    contacts: SqlContacts
    cases: SqlCases
    talks: SqlTalks
    members: SqlStaff
    audit: SqlAudit
    leases: SqlLeases


def books_on(ground: Ground) -> Books:
    """Make all books."""
    database, clock, terms = ground.database, ground.clock, ground.terms
    plan = partial(next_look, pace=terms.pace, lifetime=terms.lifetime)
    return Books(
        orders=SqlOrders(database, clock, plan, ground.ceilings),
        refunds=SqlRefunds(database, clock, terms.pace),
        accounts=SqlAccounts(database, clock),
        notices=SqlNotices(database, clock),
        messages=SqlMessages(database, clock),
        chats=ChatStore(SqlConversations(database)),
        links=SqlLinks(database, clock),
        contacts=SqlContacts(database),
        cases=SqlCases(database, clock),
        talks=SqlTalks(database, clock),
        members=SqlStaff(database, clock),
        audit=SqlAudit(database, clock),
        leases=SqlLeases(database, clock),
    )


def painter_on(ground: Ground, books: Books) -> Painter:
    """Make the one who draws what the books say."""
    return Painter(
        orders=books.orders,
        chats=books.chats,
        store_by_id=ground.stores.by_id,
        shop=ground.shop,
        days=SqlDayFigures(ground.database),
        clock=ground.clock,
    )
