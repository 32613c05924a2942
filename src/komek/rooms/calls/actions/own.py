"""The call that somebody is in: what only they may change."""

from komek.platform import unit
from komek.registers.staff.models import Agent
from komek.rooms.calls import queries, rules
from komek.rooms.calls.models import Call
from komek.rooms.calls.rules import State


def own(unique_id: str, *, by: Agent) -> Call:
    """Hold this call for a change while this person talks in it.

    Raises NoSuchCall, or NotTalking when it is over or somebody else's.
    """
    found = queries.by_unique_id(unique_id)
    call = unit.hold(Call, found.pk) if found else None
    if call is None:
        raise rules.NoSuchCall(unique_id)
    if call.state != State.TALKING or call.agent_id != by.pk:
        raise rules.NotTalking(unique_id)
    return call
