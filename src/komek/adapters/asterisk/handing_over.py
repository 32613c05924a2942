"""Caller and operator are brought into one room; from there the switch does the rest, also without us."""

from dataclasses import dataclass

from komek.adapters.asterisk.ami import Client, Message, Refused

ROOM = "ConfBridge"


class Gone(Exception):
    """The caller, or whoever talked with them, is not on the line any more."""


@dataclass(frozen=True)
class Pair:
    """The two channels of a call."""

    caller: str
    operator: str


async def begin(client: Client, *, unique_id: str, service: str) -> None:
    """Move both at once; raises Gone when one of them has hung up meanwhile.

    Where they are in the room already nothing is done: whoever asked last time has died before it could be written down.
    """
    channels = [one for one in await client.action("CoreShowChannels") if one.event == "CoreShowChannel"]
    caller = next((one for one in channels if one.get("Uniqueid") == unique_id), None)
    if caller is not None and caller.get("Application") == ROOM:
        return
    pair = _pair(caller, channels)
    try:
        await client.action(
            "Redirect",
            ("Channel", pair.caller),
            ("Context", "handover"),
            ("Exten", service),
            ("Priority", "1"),
            ("ExtraChannel", pair.operator),
            ("ExtraContext", "room"),
            ("ExtraExten", f"em-{unique_id}"),
            ("ExtraPriority", "1"),
        )
    except Refused as refusal:
        raise Gone(str(refusal)) from refusal


def _pair(caller: Message | None, channels: list[Message]) -> Pair:
    bridge = caller.get("BridgeId") if caller else ""
    if caller is None or not bridge:
        raise Gone("the caller does not talk with anybody")
    others = [one for one in channels if one.get("BridgeId") == bridge and one is not caller]
    if not others:
        raise Gone("the operator is gone")
    return Pair(caller.get("Channel"), others[0].get("Channel"))
