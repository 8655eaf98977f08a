"""A chat's state and its newest answer are kept together."""

from core.database.conversations import KeptConversation, SqlConversations

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
