"""Who stands in the queues of the switch: compared with who ought to, and put right."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from komek.adapters.asterisk.ami import Client, Message, Pair
from komek.adapters.asterisk.layout import seat_name
from komek.adapters.asterisk.words import AGENT, member_name
from komek.rooms.calls.queries import Member


@dataclass(frozen=True)
class Standing:
    """How somebody stands in one queue; `paused` says why they are not rung, empty when they are."""

    name: str
    penalty: int
    paused: str


# Queue and line.
Standings = dict[tuple[str, str], Standing]


def wanted(members: Iterable[Member]) -> Standings:
    """How the queues ought to stand."""
    return {
        (queue, f"PJSIP/{seat_name(member.seat)}"): Standing(member_name(member.agent_id), penalty, member.paused)
        for member in members
        for queue, penalty in member.queues
    }


def found(messages: Iterable[Message]) -> Standings:
    """How they stand, from the answer to QueueStatus; members that are not ours are left alone."""
    return {
        (one.get("Queue"), one.get("Location")): Standing(
            one.get("Name"),
            int(one.get("Penalty") or 0),
            (one.get("PausedReason") or "paused") if one.get("Paused") == "1" else "",
        )
        for one in messages
        if one.event == "QueueMember" and one.get("Name").startswith(AGENT)
    }


def corrections(now: Standings, ought: Standings) -> Iterator[tuple[str, tuple[Pair, ...]]]:
    """The actions that make the one into the other; none when nothing is wrong."""
    for (queue, line), standing in now.items():
        if (queue, line) not in ought or ought[queue, line].name != standing.name:
            yield "QueueRemove", (("Queue", queue), ("Interface", line))
    for (queue, line), standing in ought.items():
        before = now.get((queue, line))
        if before is None or before.name != standing.name:
            yield (
                "QueueAdd",
                (
                    ("Queue", queue),
                    ("Interface", line),
                    ("Penalty", str(standing.penalty)),
                    ("Paused", "true" if standing.paused else "false"),
                    ("MemberName", standing.name),
                    ("StateInterface", line),
                    *([("Reason", standing.paused)] if standing.paused else []),
                ),
            )
            continue
        if before.paused != standing.paused:
            yield (
                "QueuePause",
                (
                    ("Queue", queue),
                    ("Interface", line),
                    ("Paused", "true" if standing.paused else "false"),
                    *([("Reason", standing.paused)] if standing.paused else []),
                ),
            )
        if before.penalty != standing.penalty:
            yield "QueuePenalty", (("Queue", queue), ("Interface", line), ("Penalty", str(standing.penalty)))


async def put_right(client: Client, members: Iterable[Member]) -> int:
    """Compare and correct; returns how many corrections were made."""
    made = 0
    for action, pairs in corrections(found(await client.action("QueueStatus")), wanted(members)):
        await client.action(action, *pairs)
        made += 1
    return made
