"""Who stands in the queues of the switch: compared with who ought to, and put right."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from komek.adapters.asterisk import astdb
from komek.adapters.asterisk.ami import Client, Message, Pair
from komek.adapters.asterisk.layout import seat_name
from komek.adapters.asterisk.words import AGENT, member_name
from komek.rooms.calls.queries import Member
from komek.rooms.calls.rules import URGENT
from komek.rooms.intake.rules import SeatState

BUSY = "busy"
TURN = "turn"
# These end by themselves; a break ends when somebody says so.
WITH_A_CALLER = frozenset({SeatState.OFFERED, SeatState.TALKING, SeatState.WRAP_UP})


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
        (queue, f"PJSIP/{seat_name(member.seat)}"): Standing(
            member_name(member.agent_id), penalty, member.paused or _waits_for_its_turn(member, queue)
        )
        for member in members
        for queue, penalty in member.queues
    }


def _waits_for_its_turn(member: Member, queue: str) -> str:
    """A life in danger never does."""
    return TURN if member.turn and not queue.endswith((member.turn, URGENT)) else ""


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


class Queues:
    """The queues of a switch, kept as they ought to be."""

    def __init__(self, client: Client) -> None:
        self.client = client
        # Who was noted down as at work with a caller, and why; unknown for a switch that we have just found.
        self._busy: dict[int, str] | None = None

    def found(self) -> None:
        """The switch was away, or we were: what was noted down there may be another's."""
        self._busy = None

    async def put_right(self, members: Sequence[Member]) -> None:
        """Compare and correct, then note down who is kept from being rung."""
        for action, pairs in corrections(found(await self.client.action("QueueStatus")), wanted(members)):
            await self.client.action(action, *pairs)
        await self._note({one.seat: one.paused for one in members if one.paused in WITH_A_CALLER})

    async def _note(self, busy: dict[int, str]) -> None:
        """Should nobody of ours be there when their call is over, the switch itself has them rung again."""
        if self._busy is None:
            await astdb.drop(self.client, BUSY)
            self._busy = {}
        for seat in self._busy.keys() - busy.keys():
            await astdb.drop(self.client, BUSY, seat_name(seat))
        for seat, why in busy.items():
            if self._busy.get(seat) != why:
                await astdb.put(self.client, BUSY, seat_name(seat), str(int(time.time())))
        self._busy = busy
