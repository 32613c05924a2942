"""A caller is brought together with an emergency service; the operator leaves when the service has them."""

from datetime import datetime

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.calls import queries, rules
from komek.rooms.calls.actions.own import own
from komek.rooms.calls.facts import HandOverAsked, HandOverMoved
from komek.rooms.calls.models import Call, HandOver
from komek.rooms.calls.rules import Entry, State, What


@together
def hand_over(unique_id: str, *, service: str, by: Agent, at: datetime) -> HandOver:
    """Ask the switch to call this service into the call; asked twice it is one."""
    if service not in rules.EMERGENCY_SERVICES:
        raise rules.NoSuchService(service)
    call = own(unique_id, by=by)
    known = queries.open_hand_over(call)
    if known is not None:
        return known
    handover = unit.add(HandOver(call=call, service=service, asked_by=by, asked_at=at))
    announce(HandOverAsked(handover.pk, unique_id, call.contact_id, service, at))
    return handover


@together
def begun(handover_id: int, *, at: datetime) -> None:
    """The switch has brought them together; what follows it says in its journal."""
    handover = unit.hold(HandOver, handover_id)
    if handover is not None and handover.begun_at is None:
        handover.begun_at = at
        unit.save(handover, "begun_at")


@together
def failed(handover_id: int, *, why: str, at: datetime) -> None:
    """The switch could not: the caller is gone, or it does not answer. The operator is told, and dials by hand."""
    handover = unit.hold(HandOver, handover_id)
    if handover is not None and handover.ended_at is None:
        handover.failure, handover.ended_at = why[:200], at
        unit.save(handover, "failure", "ended_at")
        _announce(handover, "failed", at=at)


def moved(call: Call, entry: Entry) -> None:
    """What the journal says of the service's leg; asked for by an operator's own key, we hear of it only here."""
    handover = queries.open_hand_over(call)
    if handover is None and entry.what is What.SERVICE_ASKED and call.agent is not None and entry.data:
        handover = unit.add(HandOver(call=call, service=entry.data[0][:3], asked_by=call.agent, asked_at=entry.at))
        _goes_on(call)
    if handover is None:
        return
    handover = unit.hold(HandOver, handover.pk) or handover
    way = entry.data[1] if len(entry.data) > 1 else ""
    if entry.what is What.SERVICE_ASKED:
        handover.begun_at = handover.begun_at or entry.at
    elif entry.what is What.SERVICE_RINGING:
        handover.rang_at = handover.rang_at or entry.at
        handover.ways = [*handover.ways, {"way": way, "service": entry.data[0], "at": entry.at.isoformat()}]
    elif entry.what is What.SERVICE_ANSWERED:
        handover.answered_at = entry.at
    elif entry.what is What.SERVICE_LEFT:
        handover.ended_at = entry.at
    unit.save(handover)
    _announce(handover, entry.what, at=entry.at)


def _goes_on(call: Call) -> None:
    """The queue has let go of the caller, who talks on in the room."""
    if call.state == State.ENDED:
        call.state, call.ended_at = State.TALKING, None
        unit.save(call, "state", "ended_at")


def over(call: Call, *, at: datetime) -> None:
    """The caller has hung up: nobody is to be called in any more."""
    handover = queries.open_hand_over(call)
    if handover is not None:
        handover = unit.hold(HandOver, handover.pk) or handover
        handover.ended_at = at
        unit.save(handover, "ended_at")
        _announce(handover, "over", at=at)


def _announce(handover: HandOver, state: str, *, at: datetime) -> None:
    announce(HandOverMoved(handover.pk, handover.call.contact_id, handover.service, state, at))
