"""Puts the support desk together."""

from bot.hand_over import HandOver
from bot.staff.acting import Acting
from bot.staff.alarms import AlarmList
from bot.staff.audits import Audits
from bot.staff.carrying_out import CarryingOut
from bot.staff.case_book import CaseBook
from bot.staff.case_screens import CaseScreens
from bot.staff.cases import CaseDesk
from bot.staff.colleagues import Colleagues
from bot.staff.desk import StaffDesk
from bot.staff.figures import Figures
from bot.staff.freezing import Freezing
from bot.staff.order_acts import OrderActs
from bot.staff.orders import OrderDesk
from bot.staff.proposing import Proposing
from bot.staff.retrying import Retrying
from bot.staff.showing import Showing
from bot.staff.standings import Standings
from bot.staff.stores import StoreDesk
from bot.staff.talking import Talking
from core.database.alarms import SqlAlarms
from core.database.day_figures import SqlDayFigures
from core.database.figures import SqlFigures
from core.database.freezes import SqlFreezes
from core.database.order_files import SqlOrderFiles
from core.database.order_search import SqlOrderSearch
from core.database.proposals import SqlProposals
from core.database.store_files import SqlStoreFiles
from core.database.stuck import SqlStuck
from core.domain.acts import Act
from core.topup import TopUps
from webhooks.books import Books
from webhooks.ground import Ground
from webhooks.post import Post


def staff_desk(
    ground: Ground, books: Books, post: Post, topups: TopUps, cases: CaseDesk
) -> StaffDesk:
    """Make every part of the desk but that for cases."""
    database, clock = ground.database, ground.clock
    search, files = SqlOrderSearch(database), SqlOrderFiles(database)
    standings = Standings(
        search=search,
        files=files,
        topups=topups,
        refunds=topups.refunds,
        clock=clock,
    )
    orders = OrderDesk(
        standings=standings,
        search=search,
        files=files,
        stores=ground.stores,
        clock=clock,
    )
    acting = Acting(
        staff=books.members, standings=standings, screens=orders, audit=books.audit
    )
    carrying_out = CarryingOut(
        acting=acting,
        audit=books.audit,
        topups=topups,
        refunds=topups.refunds,
        pushes=post.outbox,
        orders=books.orders,
    )
    showing = Showing(acting=acting, pushes=post.outbox, courier=post.courier)
    retrying = Retrying(
        acting=acting,
        showing=showing,
        carrying_out=carrying_out,
        topups=topups,
        refunds=topups.refunds,
        orders=books.orders,
    )
    order_acts = OrderActs(
        acting=acting,
        standings=standings,
        stores=ground.stores,
        carrying_out=carrying_out,
        second_above=ground.second_above,
    )
    freezing = _freezing(ground, books, standings, topups)
    return StaffDesk(
        books.members,
        books.messages,
        [
            orders,
            retrying,
            showing,
            _proposing(ground, books, post, order_acts, freezing),
            cases,
            _figures(ground),
            AlarmList(SqlAlarms(database, clock)),
            _stores(ground, books),
            Audits(standings, books.audit),
        ],
    )


def _freezing(
    ground: Ground, books: Books, standings: Standings, topups: TopUps
) -> Freezing:
    return Freezing(
        staff=books.members,
        standings=standings,
        freezes=SqlFreezes(ground.database, ground.clock),
        accounts=books.accounts,
        audit=books.audit,
        topups=topups,
    )


def _proposing(
    ground: Ground, books: Books, post: Post, order_acts: OrderActs, freezing: Freezing
) -> Proposing:
    return Proposing(
        matters={
            Act.CANCEL: order_acts,
            Act.EXTEND: order_acts,
            Act.REFUND: order_acts,
            Act.REVOKE: order_acts,
            Act.FREEZE: freezing,
            Act.UNFREEZE: freezing,
        },
        proposals=SqlProposals(ground.database, ground.clock),
        colleagues=Colleagues(
            staff=books.members, courier=post.courier, group=ground.support_group
        ),
        clock=ground.clock,
    )


def _figures(ground: Ground) -> Figures:
    database, clock = ground.database, ground.clock
    return Figures(
        stuck=SqlStuck(database),
        days=SqlDayFigures(database),
        figures=SqlFigures(database),
        proposals=SqlProposals(database, clock),
        clock=clock,
    )


def _stores(ground: Ground, books: Books) -> StoreDesk:
    files = SqlStoreFiles(ground.database, ground.clock)
    return StoreDesk(stores=ground.stores, files=files, audit=books.audit)


def case_desk(
    ground: Ground, books: Books, hand_over: HandOver, screens: CaseScreens
) -> CaseDesk:
    """Make the part for cases and for talks with payers."""
    cases, talks = books.cases, books.talks
    book = CaseBook(cases=cases, talks=talks, staff=books.members, audit=books.audit)
    talking = Talking(
        book=book,
        talks=talks,
        hand_over=hand_over,
        screens=screens,
        chats=books.chats,
        clock=ground.clock,
    )
    return CaseDesk(
        book=book, cases=cases, talks=talks, talking=talking, screens=screens
    )
