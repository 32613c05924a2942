"""Our client of the manager interface against a server that says more than any switch."""

import asyncio
import time
from contextlib import suppress
from pathlib import Path

from benchmarks.rig.figures import Figures, percentile
from benchmarks.switch.rig import Size
from komek.adapters.asterisk import ami
from komek.adapters.asterisk.ami import Client, Heard, Login

A_SECOND, BATCH = 5_000, 50
QUEUE = "q109-ru"


async def manager(size: Size, _folder: Path) -> Figures:
    """Our client against a server that says more than any switch."""
    figures = Figures("switch-manager")
    server = await asyncio.start_server(lambda reader, writer: _switch(reader, writer, size.events), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = Client(Login("127.0.0.1", port, "komek", "secret"))
    listening = asyncio.create_task(client.run())
    try:
        await asyncio.wait_for(client.up.wait(), 5)
        began = time.monotonic()
        told_all = await client.action("QueueStatus")
        figures.add("stock-taking, 200 members and 300 callers", (time.monotonic() - began) * 1000, "ms", bar=1000)
        figures.add("members and callers found", len(told_all) - 2, "standings")
        asyncio.create_task(client.action("Flood", seconds=120)).add_done_callback(lambda done: done.exception())
        late, most, heard = [], 0, 0
        began = time.monotonic()
        async for told in client.told():
            if isinstance(told, Heard) and told.message.event == "AgentCalled":
                heard += 1
                most = max(most, client.waiting)
                late.append((time.monotonic() - float(told.message.get("At"))) * 1000)
                if heard == size.events:
                    break
        spent = time.monotonic() - began
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        server.close()
        # Whoever was still saying something is cut off with the others.
        for task in asyncio.all_tasks() - {asyncio.current_task()}:
            task.cancel()
            with suppress(asyncio.CancelledError, Exception):
                await task
    figures.add("events", heard / spent, "per s")
    figures.add("heard late p95", percentile(late, 0.95), "ms")
    figures.add("waiting at most", most, "events", bar=5000)
    figures.add("lost", size.events - heard, "events", bar=0)
    return figures


async def _switch(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, events: int) -> None:
    """As much of the manager interface as is asked for: Login, QueueStatus, and a flood."""
    writer.write(ami.BANNER + b"11.0.0\r\n")
    with suppress(asyncio.IncompleteReadError, ConnectionError):
        while True:
            asked = ami.decode(await reader.readuntil(ami.END))
            number = ("ActionID", asked.get("ActionID"))
            if asked.get("Action") == "QueueStatus":
                writer.write(ami.encode([("Response", "Success"), number, ("EventList", "start")]))
                standing = {"Penalty": "0", "Paused": "0", "Status": "1"}
                for one in range(200):
                    who = {"Name": f"agent-{one}", "Location": f"PJSIP/op{one:03}"}
                    writer.write(_event("QueueMember", number, Queue=QUEUE, **who, **standing))
                for one in range(300):
                    who = {"Uniqueid": f"17900.{one}", "CallerIDNum": f"+7700555{one:04}"}
                    writer.write(_event("QueueEntry", number, Queue=QUEUE, Position=str(one), **who))
                writer.write(_event("QueueStatusComplete", number, EventList="Complete"))
            else:
                writer.write(ami.encode([("Response", "Success"), number]))
            if asked.get("Action") == "Flood":
                await _flood(writer, events)


async def _flood(writer: asyncio.StreamWriter, events: int) -> None:
    began = time.monotonic()
    for first in range(0, events, BATCH):
        for one in range(first, first + BATCH):
            said = {"Uniqueid": f"17900.{one}", "MemberName": "agent-1", "CallerIDName": "Әйгерім"}
            writer.write(_event("AgentCalled", Queue=QUEUE, **said, At=str(time.monotonic())))
        await writer.drain()
        await asyncio.sleep(max(0.0, began + first / A_SECOND - time.monotonic()))


def _event(name: str, *told: tuple[str, str], **fields: str) -> bytes:
    return ami.encode([("Event", name), *told, *fields.items()])
