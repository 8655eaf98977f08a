"""Staff find any order and see all about it, and never who its payer is."""

from datetime import timedelta

import pytest
import pytest_asyncio

from core.database.tables.whatsapp import WhatsAppContactRow
from core.domain.orders import Event, Status
from core.domain.staff import Role
from tests.integration.clerks import hired
from tests.integration.telling import an_order_in, moved, told


@pytest_asyncio.fixture(loop_scope="session")
async def viewer(town):
    return await hired(town, Role.VIEWER)


async def test_an_order_is_found_by_its_number_or_the_end_of_it(town, viewer):
    order = await an_order_in(town, Status.OPEN)
    number = order.merchant_order_no
    for typed in (number, number.lower(), number[-8:]):
        said = await viewer.types(f"/find {typed}")
        assert said.startswith(f"{number}: open")


async def test_an_order_is_found_by_paybys_number_and_by_account(town, viewer):
    order = await an_order_in(town, Status.CREATING)
    number, theirs = order.merchant_order_no, f"1314{town.number():08}"
    await town.orders.opened(number, theirs, "https://qr", order.expires_at)
    for typed in (theirs, order.account_id):
        assert (await viewer.types(f"/find {typed}")).startswith(f"{number}: open")


async def test_an_order_is_found_by_the_last_digits_of_a_whatsapp_phone(town, viewer):
    phone = f"+97150{town.number():07}"
    chat = f"wa:{town.number():016x}"
    row = WhatsAppContactRow(conversation_id=chat, phone=phone, menu={})
    await town.database.write(lambda session: session.add(row))
    order = await an_order_in(town, Status.OPEN, chat)
    said = await viewer.types(f"/find {phone[-7:]}")
    assert said.startswith(order.merchant_order_no)
    assert f"WhatsApp ••••{phone[-2:]}" in said
    assert phone not in said


@pytest.mark.parametrize("day", ["today", "24.11", "24.11.2026", "2026-11-24"])
async def test_an_order_is_found_by_amount_and_day(town, viewer, day):
    town.clock.pass_by(timedelta(seconds=town.number()))
    order = await an_order_in(town, Status.OPEN)
    assert order.merchant_order_no in await viewer.types(f"/find 50 {day}")
    assert "No order fits" in await viewer.types("/find 50 yesterday")
    assert "No order fits" in await viewer.types(f"/find 49 {day}")


@pytest.mark.parametrize("typed", ["x", "50 someday", "50 31.2", "'; drop table x; --"])
async def test_what_fits_nothing_is_said_so(viewer, typed):
    assert await viewer.types(f"/find {typed}") == "No order fits that."


async def test_several_orders_are_listed_each_with_a_button(town, viewer):
    first = await an_order_in(town, Status.EXPIRED)
    town.clock.pass_by(timedelta(minutes=1))
    second = await an_order_in(town, Status.OPEN)
    account = first.account_id
    again = await town.topups.start(
        draft_id=f"again-{town.number()}",
        conversation_id=first.conversation_id,
        account_id=account,
        amount=first.amount,
    )
    said = await viewer.types(f"/find {account}")
    assert first.merchant_order_no in said
    assert again.merchant_order_no in said
    assert second.merchant_order_no not in said
    assert len(viewer.buttons) == 2
    assert (await viewer.taps(first.merchant_order_no)).startswith(
        first.merchant_order_no
    )


async def test_one_screen_tells_how_an_order_stands_and_what_waits(town, viewer):
    order = await an_order_in(town, Status.PAID)
    await told(town, order, Event.HELD)
    said = await viewer.types(f"/order {order.merchant_order_no}")
    for part in (
        f"{order.merchant_order_no}: paid",
        f"AED 50.00 for account {order.account_id} (De••••••on)",
        "Paid 24 Nov 12:07 at store-007",
        "PayBy's number: 131404956265007836",
        f"Payer: Telegram ••••{order.conversation_id[-2:]}",
        "Told: held sent",
        "The money waits for an account that can be credited.",
        "paid, we heard by notice",
        "told held: sent",
    ):
        assert part in said
    assert order.conversation_id not in said


@pytest.mark.parametrize("status", Status)
async def test_every_order_has_a_screen_that_both_networks_take(town, viewer, status):
    order = await an_order_in(town, status)
    for number in range(40):
        facts = {"call": "getOrder", "msg": "SUCCESS", "trace_code": f"T{number:030}"}
        await town.orders.note(order.merchant_order_no, "payby", facts)
    await viewer.types(f"/order {order.merchant_order_no}")
    menu = sum(len(title) + 4 for title in viewer.buttons)
    assert len(viewer.seen[-1].text) + menu < 1600


async def test_the_timeline_has_older_pages(town, viewer):
    order = await an_order_in(town, Status.OPEN)
    for number in range(30):
        facts = {"call": "getOrder", "msg": f"no {number}", "ms": "1"}
        await town.orders.note(order.merchant_order_no, "payby", facts)
    said = await viewer.types(f"/order {order.merchant_order_no}")
    assert "no 29 " in said
    assert "no 21 " not in said
    said = await viewer.taps("Older")
    assert "no 21 " in said
    assert "no 8 " in said
    assert "ordered, AED" not in said
    said = await viewer.taps("Older")
    assert "ordered, AED 50.00" in said
    assert viewer.buttons == ["Back to the order"]
    assert "no 29 " in await viewer.taps("Back")


async def test_what_comes_from_outside_stays_one_short_line(town, viewer):
    order = await an_order_in(town, Status.OPEN)
    facts = {"verdict": "PayBy \n\n\u202esays \ue000" + "x" * 5000}
    await town.orders.note(order.merchant_order_no, "notice", facts)
    said = await viewer.types(f"/order {order.merchant_order_no}")
    (line,) = [each for each in said.splitlines() if "notice from PayBy" in each]
    assert "notice from PayBy: PayBy says x" in line
    assert len(line) <= 110


async def test_an_order_that_does_not_exist_is_said_so(viewer):
    assert "no order with that number" in await viewer.types("/order T000000-NBDY2222")


async def test_a_late_change_shows_on_the_next_look(town, viewer):
    order = await an_order_in(town, Status.OPEN)
    await viewer.types(f"/order {order.merchant_order_no}")
    await moved(town, order, Status.CREDITED)
    said = await viewer.types(f"/order {order.merchant_order_no}")
    assert f"{order.merchant_order_no}: credited" in said
    assert "Nothing waits: paid, credited and told." in said
