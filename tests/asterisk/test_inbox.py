"""The box a call's coroutine reads from."""

import asyncio

from ivr.asterisk.inbox import Inbox


async def test_items_come_out_in_the_order_they_were_put() -> None:
    inbox: Inbox[int] = Inbox()
    for number in range(3):
        inbox.put(number)
    assert [await inbox.next() for _ in range(3)] == [0, 1, 2]
    assert inbox.take() is None


async def test_a_reader_is_woken_by_what_comes() -> None:
    inbox: Inbox[str] = Inbox()
    asyncio.get_running_loop().call_soon(inbox.put, "key 3")
    assert await inbox.next() == "key 3"


async def test_the_deadline_gives_none_and_loses_nothing() -> None:
    inbox: Inbox[str] = Inbox()
    assert await inbox.next(asyncio.get_running_loop().time() + 0.01) is None
    inbox.put("late")
    assert await inbox.next(asyncio.get_running_loop().time() - 1) == "late"


async def test_a_cancelled_reader_takes_nothing_with_it() -> None:
    inbox: Inbox[str] = Inbox()
    reader = asyncio.create_task(inbox.next())
    await asyncio.sleep(0)
    reader.cancel()
    await asyncio.gather(reader, return_exceptions=True)
    inbox.put("still here")
    assert await inbox.next() == "still here"
