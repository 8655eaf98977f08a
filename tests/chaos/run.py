"""Plays a plan against the running whole, waits until it is quiet, and takes stock."""

import asyncio
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from sandbox.demo import topup
from tests.chaos.books import AtOurs, AtPayBy, Books, Chat, Credit
from tests.chaos.clerks import PHONES, Clerk, answer
from tests.chaos.comparing import compare
from tests.chaos.findings import Comparison, Defect
from tests.chaos.payers import Payer
from tests.chaos.plan import Plan, network_of
from tests.chaos.reading import said
from tests.chaos.street import Street, street
from tests.networks import TELEGRAM, WHATSAPP
from tests.phones import read_message
from tests.sandbox_client import Json
from tests.world import World

_PATIENCE_S = 600
_LOOK_EVERY_S = 2.0
_LONGER_THAN_A_PUSH_S = 3.0


async def play(world: World, plan: Plan) -> list[Payer]:
    """Let it all happen, and clear the faults that nobody met."""
    await _hire(world)
    async with street(world.desk.url) as here:
        payers = [Payer(wish, here) for wish in plan.wishes]
        clerks = [Clerk(phone, here) for phone in PHONES]
        living = asyncio.gather(
            *(payer.live() for payer in payers),
            *(answer(call, payers[call.payer], clerks) for call in plan.calls),
        )
        await asyncio.gather(_trouble(here, plan), _kill(world, plan))
        await asyncio.to_thread(world.clear_faults)
        async with asyncio.timeout(_PATIENCE_S):
            await living
    return payers


async def _hire(world: World) -> None:
    for phone in PHONES:
        identity = phone if network_of(phone) == WHATSAPP else f"tg:{phone}"
        await topup(world.desk, "support", "add", identity, f"Clerk {phone}", "agent")


async def _trouble(here: Street, plan: Plan) -> None:
    began = time.monotonic()
    for trouble in sorted(plan.troubles, key=lambda one: one.at):
        await asyncio.sleep(began + trouble.at - time.monotonic())
        await here.fault(trouble.target, trouble.mode, trouble.how)
    await asyncio.sleep(began + plan.seconds - time.monotonic())


async def _kill(world: World, plan: Plan) -> None:
    """Kill -9, whatever the product does, and start it again at once."""
    for kill in plan.kills:
        if not kill.while_starting:
            await asyncio.to_thread(world.until_ready)
        await asyncio.sleep(kill.after)
        await asyncio.to_thread(world.kill_product)
        world.launch_product()


def take_stock(world: World, payers: list[Payer], within_s: float) -> Comparison:
    """Compare the books once nothing is left to do, or nothing more is to be hoped for.

    What was withheld since nobody knew whether it had arrived twice already must be
    shown as soon as the payer writes again.
    """
    found = _at_rest(world, payers, within_s)
    withheld = found.phones(Defect.WITHHELD)
    if withheld:
        for phone in withheld:
            world.post(f"{network_of(phone)}/{phone}/send", {"text": "Hello?"})
        found = _at_rest(world, payers, within_s)
    return replace(found, withheld=len(withheld))


def _at_rest(world: World, payers: list[Payer], within_s: float) -> Comparison:
    """Wait, in the end a little longer, since a message too many may come late."""
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        time.sleep(_LOOK_EVERY_S)
        if world.is_quiet() and _nothing_is_missing_but_withheld(world, payers):
            time.sleep(_LONGER_THAN_A_PUSH_S)
            break
    return compare(take_down(world, payers))


def _nothing_is_missing_but_withheld(world: World, payers: list[Payer]) -> bool:
    found = compare(take_down(world, payers))
    return len(found.findings) == found.count(Defect.WITHHELD)


def take_down(world: World, payers: list[Payer]) -> Books:
    """Read PayBy's book, our database and the phones."""
    database = world.desk.database
    phones = _phones(database)
    orders = _rows(
        database,
        "select merchant_order_no, status, conversation_id, account_id, amount_fils"
        " from orders",
    )
    bookings = _rows(
        database,
        "select merchant_order_no, ledger_account, -amount_fils from postings"
        " where ledger_account like 'account:%'",
    )
    unknown = _rows(
        database,
        "select conversation_id, sum(unconfirmed) from messages group by 1",
    )
    ends = {phones(chat): count for chat, count in unknown}
    return Books(
        payby={
            order["merchantOrderNo"]: AtPayBy(
                order["status"],
                _fils(order["totalAmount"]),
                tuple(
                    _fils(refund["amount"])
                    for refund in order["refunds"]
                    if refund["status"] != "FAILURE"
                ),
            )
            for order in world.get("payby/orders")["orders"]
        },
        ours={
            number: AtOurs(status, phones(chat), account, fils)
            for number, status, chat, account, fils in orders
        },
        set_aside=_sums(
            database,
            "select merchant_order_no, -sum(amount_fils) from postings"
            " where ledger_account = 'refunding' group by 1",
        ),
        given_back=_given_back(database),
        credits=tuple(
            Credit(number, account.removeprefix("account:"), fils)
            for number, account, fils in bookings
        ),
        chats={
            payer.wish.phone: _chat(world, payer, ends.get(payer.wish.phone, 0))
            for payer in payers
        },
    )


def _chat(world: World, payer: Payer, unknown_ends: int) -> Chat:
    phone = payer.wish.phone
    network = network_of(phone)
    shown = world.get(f"{network}/{phone}/messages")["messages"]
    messages = [read_message(each) for each in shown]
    return Chat(
        tuple(said(each) for each in messages if each.sender == "bot"),
        payer.confirmed_at,
        unknown_ends,
        shown_again=payer.shown_again,
        asked_again=0 if network == TELEGRAM else _asked_again(payer),
        amends=network == TELEGRAM,
    )


def _asked_again(payer: Payer) -> int:
    return max(payer.asked - 1, 0) + max(payer.chosen - 1, 0)


def _phones(database: Path) -> Callable[[str], str]:
    """Tell whose conversation one is."""
    contacts = _rows(database, "select conversation_id, phone from whatsapp_contacts")
    known = dict(contacts)
    return lambda chat: known.get(chat) or chat.removeprefix("tg:")


def _sums(database: Path, question: str) -> dict[str, int]:
    return dict(_rows(database, question))


def _given_back(database: Path) -> dict[str, tuple[int, ...]]:
    rows = _rows(
        database,
        "select merchant_order_no, amount_fils from refunds where status = 'done'",
    )
    found: dict[str, tuple[int, ...]] = {}
    for number, fils in rows:
        found[number] = (*found.get(number, ()), fils)
    return found


def _fils(amount: Json) -> int:
    return round(amount["amount"] * 100)


def _rows(database: Path, question: str) -> list[tuple]:
    with closing(sqlite3.connect(database, timeout=30)) as connection:
        return connection.execute(question).fetchall()
