"""The switch's own small database: what the way of a call goes by when nobody of ours can be asked."""

from contextlib import suppress

from komek.adapters.asterisk.ami import Client, Refused


async def put(client: Client, family: str, key: str, value: str) -> None:
    """Write a value."""
    await client.action("DBPut", ("Family", family), ("Key", key), ("Val", value))


async def get(client: Client, family: str, key: str) -> str:
    """What is written there; empty when nothing is."""
    try:
        told = await client.action("DBGet", ("Family", family), ("Key", key))
    except Refused:
        return ""
    return next((one.get("Val") for one in told if one.event == "DBGetResponse"), "")


async def drop(client: Client, family: str, key: str = "") -> None:
    """Forget a key, or without one the whole family; nothing happens where there is none."""
    with suppress(Refused):
        if key:
            await client.action("DBDel", ("Family", family), ("Key", key))
        else:
            await client.action("DBDelTree", ("Family", family))
