"""A freeze holds for an account, or for a payer in all chats they have."""

import pytest

from core.database.freezes import SqlFreezes
from core.database.links import SqlLinks
from core.database.orders import SqlOrders
from core.domain.errors import Frozen
from core.domain.freezing import of_account, of_payer
from tests.fakes import an_order


@pytest.fixture
def freezes(database, clock):
    return SqlFreezes(database, clock)


@pytest.fixture
def orders(database, clock):
    return SqlOrders(database, clock)


@pytest.fixture
def links(database, clock):
    return SqlLinks(database, clock)


async def test_a_frozen_account_gets_no_new_order_and_others_do(freezes, orders):
    await freezes.put(of_account("player-1"), "why", "Agent One")
    with pytest.raises(Frozen):
        await orders.add(an_order("T1", account_id="player-1"))
    await orders.add(an_order("T2", account_id="player-2"))
    await freezes.lift(of_account("player-1"))
    await orders.add(an_order("T1", account_id="player-1", draft_id="other"))


async def test_a_frozen_payer_is_frozen_in_linked_chats_also_once_they_are_parted(
    freezes, orders, links
):
    await links.give("tg:1", "digest")
    await links.join("digest", "wa:2")
    await freezes.put(of_payer("tg:1"), "why", "Agent One")
    await links.leave("wa:2")
    for chat in ("tg:1", "wa:2"):
        with pytest.raises(Frozen):
            await orders.demand_not_frozen(chat, "player-1")
    await orders.demand_not_frozen("tg:3", "player-1")


async def test_a_chat_that_joins_a_frozen_payer_is_frozen_and_let_go_with_them(
    freezes, orders, links
):
    await freezes.put(of_payer("tg:1"), "why", "Agent One")
    await links.give("tg:1", "digest")
    await links.join("digest", "wa:2")
    with pytest.raises(Frozen):
        await orders.demand_not_frozen("wa:2", "player-1")
    assert (await freezes.get(of_payer("wa:2"))).reason == "why"
    await freezes.lift(of_payer("wa:2"))
    await orders.demand_not_frozen("tg:1", "player-1")
    assert await freezes.get(of_payer("tg:1")) is None
