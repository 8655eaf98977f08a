import asyncio

from sandbox.events import Events


async def test_every_listener_hears_every_event_in_order():
    events = Events()
    with events.listen() as first, events.listen() as second:
        events.publish("orders", merchantOrderNo="a")
        events.publish("stores")
        events.close()
        for listener in (first, second):
            assert [event async for event in listener] == [
                {"changed": "orders", "merchantOrderNo": "a"},
                {"changed": "stores"},
            ]


async def test_a_listener_that_left_hears_nothing():
    events = Events()
    with events.listen() as listener:
        pass
    events.publish("orders")
    events.close()
    reading = asyncio.ensure_future(anext(aiter(listener)))
    await asyncio.sleep(0)
    assert not reading.done()
    reading.cancel()


async def test_a_sleeping_listener_loses_the_oldest_events():
    events = Events()
    with events.listen() as listener:
        for number in range(1500):
            events.publish("orders", number=str(number))
        events.close()
        heard = [event["number"] async for event in listener]
    assert len(heard) < 1001
    assert heard[-1] == "1499"
