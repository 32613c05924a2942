"""A supervisor takes part in a call; every second of it is written down."""

from datetime import datetime

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.registers.staff.rules import Right, RightMissing
from komek.rooms.calls import queries, rules
from komek.rooms.calls.facts import JoiningAsked, JoiningBegan, JoiningEnded
from komek.rooms.calls.models import Joining
from komek.rooms.calls.rules import Ear, Entry, What


@together
def join(agent: Agent, *, ear: Ear, by: Agent, at: datetime) -> Joining:
    """Ask the switch to ring this supervisor and let them into the call of that operator."""
    if not by.may(Right.JOIN_CALLS):
        raise RightMissing(Right.JOIN_CALLS)
    call = queries.talking(agent)
    if call is None:
        raise rules.NotInACall(agent.name)
    if queries.seat_number(by) is None or queries.seat_number(agent) is None:
        raise rules.NoPhone
    joining = unit.add(Joining(call=call, agent=agent, asked_by=by, ear=ear, asked_at=at))
    announce(JoiningAsked(joining.pk, agent.pk, by.pk, ear, at))
    return joining


@together
def rung(joining_id: int, *, at: datetime) -> bool:
    """The switch is told to ring the supervisor; false when it was told already."""
    joining = unit.hold(Joining, joining_id)
    if joining is None or joining.dialled_at is not None or joining.ended_at is not None:
        return False
    joining.dialled_at = at
    unit.save(joining, "dialled_at")
    return True


@together
def not_joined(joining_id: int, *, why: str, at: datetime) -> None:
    """It could not be: the supervisor did not answer, or the call was over."""
    joining = unit.hold(Joining, joining_id)
    if joining is not None and joining.ended_at is None:
        joining.failure = why[:200]
        _end(joining, at=at)


def heard(entry: Entry) -> None:
    """What the journal says of it: `joining` in the first place of the data."""
    joining = unit.hold(Joining, int(entry.data[0])) if entry.data and entry.data[0].isdigit() else None
    if joining is None or joining.ended_at is not None:
        return
    if entry.what is What.SPY_BEGAN:
        joining.began_at = joining.began_at or entry.at
        unit.save(joining, "began_at")
        announce(JoiningBegan(joining.pk, joining.agent_id, joining.asked_by_id, entry.at))
    else:
        _end(joining, at=entry.at)


def _end(joining: Joining, *, at: datetime) -> None:
    joining.ended_at = at
    unit.save(joining, "ended_at", "failure")
    seconds = int((at - joining.began_at).total_seconds()) if joining.began_at else 0
    announce(JoiningEnded(joining.pk, joining.agent_id, joining.asked_by_id, seconds, at))
