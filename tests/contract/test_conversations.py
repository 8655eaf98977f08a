"""A chat's state and its newest answer are kept together."""

from dataclasses import replace

from bot.chat_store import ChatStore
from bot.chats import Search, TillProblem
from core.database.conversations import KeptConversation, SqlConversations
from core.domain.money import Money
from core.domain.stores import Trouble
from tests.fakes import NOW

KEPT = KeptConversation(
    state={"step": "amount", "amount": {"fils": 5000}, "draft_id": ""},
    update_id="tg:1:7",
    answer=[{"text": "كم تريد؟ 👋", "choices": []}],
)


async def test_a_new_chat_has_no_state(database):
    kept = await SqlConversations(database).load("tg:1")
    assert kept == KeptConversation({}, "", [])


async def test_a_chat_comes_back_as_it_was_kept(database):
    conversations = SqlConversations(database)
    await conversations.save("tg:1", KEPT)
    assert await conversations.load("tg:1") == KEPT
    assert await conversations.load("tg:2") == KeptConversation()


async def test_the_newest_state_takes_the_place_of_the_older(database):
    conversations = SqlConversations(database)
    await conversations.save("tg:1", KEPT)
    newer = KeptConversation({"step": "idle"}, "tg:1:8", [])
    await conversations.save("tg:1", newer)
    assert await conversations.load("tg:1") == newer


async def test_a_chat_of_before_is_read_and_remembers_more_from_then_on(database):
    conversations = SqlConversations(database)
    state = {"conversation_id": "tg:1", **KEPT.state}
    await conversations.save("tg:1", KeptConversation(state, "tg:1:7", []))
    chats = ChatStore(conversations)
    old = await chats.chat("tg:1")
    assert (old.amount, old.search, old.till_problem) == (Money(5000), None, None)
    new = replace(
        old,
        search=Search(NOW, point=(25.27, 55.31), store_ids=("s1", "s2")),
        till_problem=TillProblem("T1", Trouble.REFUSED, ("s1",)),
    )
    await chats.save(new, "tg:1:8", ())
    assert await chats.chat("tg:1") == new
