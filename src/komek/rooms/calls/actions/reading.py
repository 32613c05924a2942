"""What the journal of the switch says, made true here: each line once, in one transaction with the place behind it."""

from collections.abc import Iterable
from datetime import UTC, datetime

import structlog

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.calls import queries, rules
from komek.rooms.calls.actions import calling_back, dialling, handing_over, inviting, joining
from komek.rooms.calls.actions.arriving import known_or_new
from komek.rooms.calls.facts import CallAnswered, CallEnded
from komek.rooms.calls.models import Call, JournalEntry, Reader
from komek.rooms.calls.rules import Cause, Entry, Place, State, What
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import State as ContactState

log = structlog.get_logger("komek.calls")


@together
def read(entries: Iterable[Entry], *, place: Place, at: datetime) -> int:
    """Take these lines in and remember the place behind them; returns how many were new to us."""
    taken = 0
    for entry in entries:
        agent = Agent.objects.filter(pk=entry.agent_id).first() if entry.agent_id is not None else None
        unit.append(
            JournalEntry(
                unique_id=entry.unique_id[:40],
                at=entry.at,
                what=entry.what,
                queue=entry.queue[:20],
                agent=agent,
                data=list(entry.data),
            )
        )
        _MEANING[entry.what](entry, agent)
        taken += 1
    Reader.objects.update_or_create(
        name=queries.JOURNAL, defaults={"file": place.file, "offset": place.offset, "at": at}
    )
    return taken


def _urgent(entry: Entry, _agent: Agent | None) -> None:
    """The key for a life in danger; what was known before becomes urgent too."""
    number = entry.data[0] if entry.data else ""
    call = known_or_new(entry.unique_id, number=number, queue=entry.queue, at=entry.at, urgent=True)
    if not call.urgent:
        call.urgent = True
        unit.save(call, "urgent")
        intake.hasten(call.contact_id, at=entry.at)


def _entered(entry: Entry, _agent: Agent | None) -> None:
    """ENTERQUEUE: a caller waits; one who has talked already waits again."""
    number = entry.data[1] if len(entry.data) > 1 else ""
    call = known_or_new(entry.unique_id, number=number, queue=entry.queue, at=entry.at)
    if call.state in {State.TALKING, State.ENDED} and call.answered_at is not None and call.answered_at < entry.at:
        intake.lost(call.contact_id, at=entry.at)
        call.state, call.ended_at, call.agent = State.WAITING, None, None
        unit.save(call, "state", "ended_at", "agent")
    calling_back.overtaken(call.number, by=call, at=entry.at)


def _answered(entry: Entry, agent: Agent | None) -> None:
    call = _call(entry)
    if agent is None:
        log.error("calls.unknown_agent", call=entry.unique_id)
        return
    intake.connected(call.contact_id, agent=agent, at=entry.at)
    if call.state == State.TALKING and call.agent_id == agent.pk:
        return
    call.state, call.agent, call.answered_at = State.TALKING, agent, call.answered_at or entry.at
    unit.save(call, "state", "agent", "answered_at")
    announce(CallAnswered(call.id, call.unique_id, call.contact_id, agent.pk, entry.at))


def _not_answered(entry: Entry, agent: Agent | None) -> None:
    if agent is not None:
        intake.not_answered(_call(entry).contact_id, agent=agent, at=entry.at)


def _ended(entry: Entry, agent: Agent | None) -> None:
    call = _call(entry)
    # The queue is done with a caller who goes on talking with an emergency service, or with a colleague too.
    if call.state in {State.ENDED, State.ABANDONED} or queries.open_hand_over(call) or queries.open_invitation(call):
        return
    _close(call, State.ENDED, at=entry.at)
    talked = call.agent or agent
    if talked is not None and call.contact.state == ContactState.ACCEPTED:
        intake.end(call.contact_id, by=talked, at=entry.at)


def _abandoned(entry: Entry, _agent: Agent | None) -> None:
    call = _call(entry)
    if call.state != State.WAITING:
        return
    _close(call, State.ABANDONED, at=entry.at)
    intake.abandon(call.contact_id, at=entry.at)
    if call.number and (call.urgent or entry.at - call.entered_at >= rules.SHORTEST_WAIT):
        cause = Cause.EMERGENCY if call.urgent else Cause.ABANDONED
        calling_back.want(call, number=call.number, cause=cause, at=entry.at)


def _callback_asked(entry: Entry, _agent: Agent | None) -> None:
    """`number|language|entered|urgent`, as the caller has confirmed it."""
    number, language, entered, urgent = (*entry.data, "", "", "", "")[:4]
    at = datetime.fromtimestamp(int(entered), UTC) if entered.isdigit() else entry.at
    call = known_or_new(
        entry.unique_id, number=number, queue=entry.queue, at=at, language=language, urgent=urgent == "1"
    )
    if call.state == State.WAITING:
        _close(call, State.TO_CALL_BACK, at=entry.at)
        intake.settle(call.contact_id, at=entry.at)
    calling_back.want(call, number=rules.tidy_number(number) or call.number, cause=Cause.ASKED, at=entry.at)


def _called_back(entry: Entry, _agent: Agent | None) -> None:
    """`call-back|number`: the resident is on the line again, in the place that was theirs."""
    callback, number = (*entry.data, "", "")[:2]
    call = known_or_new(entry.unique_id, number=number, queue=entry.queue, at=entry.at)
    if callback.isdigit():
        calling_back.called(int(callback), call=call, at=entry.at)


def _incident(entry: Entry, _agent: Agent | None) -> None:
    """Heard what is known, or said that it concerns them too: kept in the journal, and counted from it."""


def _operator_left(entry: Entry, _agent: Agent | None) -> None:
    """The operator's line is free, whoever goes on talking; nothing is known of one who was only rung."""
    call = queries.by_unique_id(entry.unique_id)
    if call is None or call.agent is None:
        return
    who = queries.at_seat(entry.data[1]) if len(entry.data) > 1 else None
    if inviting.left(call, who, at=entry.at):
        return
    if call.contact.state == ContactState.ACCEPTED:
        intake.end(call.contact_id, by=call.agent, at=entry.at)


def _service(entry: Entry, _agent: Agent | None) -> None:
    call = queries.by_unique_id(entry.unique_id)
    if call is not None:
        handing_over.moved(call, entry)


def _colleague(entry: Entry, _agent: Agent | None) -> None:
    """`op007`: a colleague is rung, comes, or does not."""
    call = queries.by_unique_id(entry.unique_id)
    if call is None:
        return
    if entry.what is What.COLLEAGUE_ASKED:
        inviting.asked(call, entry, queries.at_seat(entry.data[0] if entry.data else ""))
    elif entry.what is What.COLLEAGUE_ANSWERED:
        inviting.answered(call, entry)
    else:
        inviting.silent(call, entry)


def _dialled(entry: Entry, _agent: Agent | None) -> None:
    if entry.what is What.RESIDENT_DIALLED:
        dialling.began(entry)
    else:
        dialling.answered(entry)


def _spied(entry: Entry, _agent: Agent | None) -> None:
    joining.heard(entry)


def _recorded(entry: Entry, _agent: Agent | None) -> None:
    """The switch has begun to write the legs down: kept in the journal for whoever looks for them."""


def _gone(entry: Entry, agent: Agent | None) -> None:
    """The caller has hung up, wherever they were; who never came as far as a queue is only in the journal."""
    call = queries.by_unique_id(entry.unique_id)
    if call is None:
        dialling.over(entry)
        return
    handing_over.over(call, at=entry.at)
    inviting.over(call, at=entry.at)
    if call.state == State.WAITING:
        _abandoned(entry, agent)
    elif call.state == State.TALKING:
        _ended(entry, agent)


def _call(entry: Entry) -> Call:
    found = known_or_new(entry.unique_id, number="", queue=entry.queue, at=entry.at)
    return unit.hold(Call, found.pk) or found


def _close(call: Call, state: State, *, at: datetime) -> None:
    call.state, call.ended_at = state, at
    unit.save(call, "state", "ended_at")
    announce(CallEnded(call.id, call.unique_id, call.contact_id, call.agent_id, at))


_MEANING = {
    What.URGENT: _urgent,
    What.ENTERED: _entered,
    What.ANSWERED: _answered,
    What.NOT_ANSWERED: _not_answered,
    What.ENDED: _ended,
    What.ABANDONED: _abandoned,
    What.CALLBACK_ASKED: _callback_asked,
    What.CALLED_BACK: _called_back,
    What.INCIDENT_HEARD: _incident,
    What.INCIDENT_JOINED: _incident,
    What.OPERATOR_LEFT: _operator_left,
    What.SERVICE_ASKED: _service,
    What.SERVICE_RINGING: _service,
    What.SERVICE_SILENT: _service,
    What.SERVICE_ANSWERED: _service,
    What.SERVICE_LEFT: _service,
    What.COLLEAGUE_ASKED: _colleague,
    What.COLLEAGUE_ANSWERED: _colleague,
    What.COLLEAGUE_SILENT: _colleague,
    What.SPY_BEGAN: _spied,
    What.SPY_ENDED: _spied,
    What.RECORDED: _recorded,
    What.RESIDENT_DIALLED: _dialled,
    What.RESIDENT_CAME: _dialled,
    What.GONE: _gone,
}
