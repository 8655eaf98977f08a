"""Puts the support desk together."""

from dataclasses import dataclass

from bot.chat_store import ChatStore
from bot.courier import Courier
from bot.hand_over import HandOver
from bot.outbox import Outbox
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
from bot.staff.ports import Stores
from bot.staff.proposing import Proposing
from bot.staff.retrying import Retrying
from bot.staff.showing import Showing
from bot.staff.standings import Standings
from bot.staff.stores import StoreDesk
from bot.staff.talking import Talking
from core.database.accounts import SqlAccounts
from core.database.alarms import SqlAlarms
from core.database.audit import SqlAudit
from core.database.cases import SqlCases
from core.database.day_figures import SqlDayFigures
from core.database.engine import Database
from core.database.figures import SqlFigures
from core.database.freezes import SqlFreezes
from core.database.messages import SqlMessages
from core.database.order_files import SqlOrderFiles
from core.database.order_search import SqlOrderSearch
from core.database.proposals import SqlProposals
from core.database.staff import SqlStaff
from core.database.store_files import SqlStoreFiles
from core.database.stuck import SqlStuck
from core.database.talks import SqlTalks
from core.domain.acts import Act
from core.domain.money import Money
from core.ports import Clock, Orders
from core.topup import TopUps


@dataclass(frozen=True, kw_only=True)
class DeskParts:
    """What the desk works with."""

    database: Database
    clock: Clock
    orders: Orders
    topups: TopUps
    stores: Stores
    outbox: Outbox
    courier: Courier
    hand_over: HandOver
    screens: CaseScreens
    chats: ChatStore
    group: str
    """The desk's own group, like "tg:-100123"; empty for none."""
    second_above: Money
    """More than that goes back only when a second person agrees."""


def staff_desk(parts: DeskParts) -> StaffDesk:
    """Make every part of the desk."""
    database, clock, orders = parts.database, parts.clock, parts.orders
    staff, audit = SqlStaff(database, clock), SqlAudit(database, clock)
    search, files = SqlOrderSearch(database), SqlOrderFiles(database)
    topups, refunds = parts.topups, parts.topups.refunds
    standings = Standings(
        search=search, files=files, topups=topups, refunds=refunds, clock=clock
    )
    screens = OrderDesk(
        standings=standings,
        search=search,
        files=files,
        stores=parts.stores,
        clock=clock,
    )
    acting = Acting(staff=staff, standings=standings, screens=screens, audit=audit)
    carrying_out = CarryingOut(
        acting=acting,
        audit=audit,
        topups=topups,
        refunds=refunds,
        pushes=parts.outbox,
        orders=orders,
    )
    order_acts = OrderActs(
        acting=acting,
        standings=standings,
        stores=parts.stores,
        carrying_out=carrying_out,
        second_above=parts.second_above,
    )
    freezing = Freezing(
        staff=staff,
        standings=standings,
        freezes=SqlFreezes(database, clock),
        accounts=SqlAccounts(database, clock),
        audit=audit,
        topups=topups,
    )
    proposals = SqlProposals(database, clock)
    proposing = Proposing(
        matters={
            Act.CANCEL: order_acts,
            Act.EXTEND: order_acts,
            Act.REFUND: order_acts,
            Act.REVOKE: order_acts,
            Act.FREEZE: freezing,
            Act.UNFREEZE: freezing,
        },
        proposals=proposals,
        colleagues=Colleagues(staff=staff, courier=parts.courier, group=parts.group),
        clock=clock,
    )
    showing = Showing(acting=acting, pushes=parts.outbox, courier=parts.courier)
    retrying = Retrying(
        acting=acting,
        showing=showing,
        carrying_out=carrying_out,
        topups=topups,
        refunds=refunds,
        orders=orders,
    )
    figures = Figures(
        stuck=SqlStuck(database),
        days=SqlDayFigures(database),
        figures=SqlFigures(database),
        proposals=proposals,
        clock=clock,
    )
    stores = StoreDesk(
        stores=parts.stores, files=SqlStoreFiles(database, clock), audit=audit
    )
    audits = Audits(standings, audit)
    alarms = AlarmList(SqlAlarms(database, clock))
    return StaffDesk(
        staff,
        SqlMessages(database, clock),
        [
            screens,
            retrying,
            showing,
            proposing,
            _cases(parts, staff, audit),
            figures,
            alarms,
            stores,
            audits,
        ],
    )


def _cases(parts: DeskParts, staff: SqlStaff, audit: SqlAudit) -> CaseDesk:
    database, clock = parts.database, parts.clock
    talks, cases = SqlTalks(database, clock), SqlCases(database, clock)
    book = CaseBook(cases=cases, talks=talks, staff=staff, audit=audit)
    talking = Talking(
        book=book,
        talks=talks,
        hand_over=parts.hand_over,
        screens=parts.screens,
        chats=parts.chats,
        clock=clock,
    )
    return CaseDesk(
        book=book, cases=cases, talks=talks, talking=talking, screens=parts.screens
    )
