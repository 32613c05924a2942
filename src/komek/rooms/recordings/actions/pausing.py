"""A recording is paused for a typed reason and goes on by itself; what was left out, and why, stands in the recording."""

from datetime import datetime

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.calls import actions as calls
from komek.rooms.recordings import queries, rules
from komek.rooms.recordings.facts import PauseAsked, PauseMoved
from komek.rooms.recordings.models import Pause


@together
def pause(unique_id: str, *, cause: str, by: Agent, at: datetime) -> Pause:
    """Ask the switch to write down nothing for a while; never while a life may be in danger."""
    call = calls.own(unique_id, by=by)
    if queries.is_emergency(call):
        raise rules.NotInAnEmergency
    told = rules.checked_cause(cause)
    if queries.open_pause(unique_id) is not None:
        raise rules.PausedAlready
    made = unit.add(Pause(call=call, agent=by, cause=told, asked_at=at))
    announce(PauseAsked(made.pk, unique_id, call.contact_id, by.pk, at))
    return made


@together
def resume(unique_id: str, *, by: Agent, at: datetime) -> None:
    """Ask the switch to write down everything again."""
    call = calls.own(unique_id, by=by)
    found = queries.open_pause(unique_id)
    if found is None:
        raise rules.NotPaused
    found.resume_asked_at = found.resume_asked_at or at
    unit.save(found, "resume_asked_at")
    announce(PauseAsked(found.pk, unique_id, call.contact_id, by.pk, at))


@together
def pausing(pause_id: int, *, at: datetime) -> bool:
    """The switch is about to be told: from now on there may be a gap; false when nobody wants it any more."""
    found = unit.hold(Pause, pause_id)
    if found is None or found.resumed_at is not None or at >= rules.until(found.asked_at):
        return False
    found.begun_at = found.begun_at or at
    unit.save(found, "begun_at")
    return True


@together
def paused(pause_id: int, *, at: datetime) -> None:
    """The switch writes down nothing now."""
    found = unit.hold(Pause, pause_id)
    if found is not None and found.applied_at is None:
        found.applied_at = at
        unit.save(found, "applied_at")
        _announce(found, "paused", at)


@together
def resumed(pause_id: int, *, at: datetime, failure: str = "") -> None:
    """The switch writes down everything again, or never stopped: `failure` says why."""
    found = unit.hold(Pause, pause_id)
    if found is not None and found.resumed_at is None:
        found.resumed_at = rules.resumed_at(found.asked_at, told_at=at)
        found.failure = failure[:200]
        unit.save(found, "resumed_at", "failure")
        _announce(found, "resumed", at)


def _announce(found: Pause, state: str, at: datetime) -> None:
    announce(PauseMoved(found.pk, found.call.unique_id, found.call.contact_id, state, at))
