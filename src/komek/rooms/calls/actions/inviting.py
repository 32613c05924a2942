"""A colleague is asked into a call; whoever asked may leave, and the caller and the card are the colleague's then."""

from datetime import datetime

from komek.platform import unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.calls import queries, rules
from komek.rooms.calls.actions.own import own
from komek.rooms.calls.facts import ColleagueAsked, ColleagueMoved
from komek.rooms.calls.models import Call, Invitation
from komek.rooms.calls.rules import Entry
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import State as ContactState


@together
def invite(unique_id: str, *, colleague: Agent, by: Agent, at: datetime) -> Invitation:
    """Ask the switch to ring this colleague into the call; asked twice it is one."""
    call = own(unique_id, by=by)
    known = queries.open_invitation(call)
    if known is not None:
        return known
    if colleague == by or queries.seat_number(colleague) is None:
        raise rules.NotThere(colleague.name)
    invitation = unit.add(Invitation(call=call, colleague=colleague, asked_by=by, asked_at=at))
    announce(ColleagueAsked(invitation.pk, unique_id, call.contact_id, colleague.pk, at))
    return invitation


@together
def invited(invitation_id: int, *, at: datetime) -> None:
    """The switch rings them; what follows it says in its journal."""
    invitation = unit.hold(Invitation, invitation_id)
    if invitation is not None and invitation.begun_at is None:
        invitation.begun_at = at
        unit.save(invitation, "begun_at")


@together
def not_invited(invitation_id: int, *, why: str, at: datetime) -> None:
    """The switch could not: the caller is gone, or it does not answer."""
    invitation = unit.hold(Invitation, invitation_id)
    if invitation is not None and invitation.ended_at is None:
        _end(invitation, "failed", failure=why, at=at)


def asked(call: Call, entry: Entry, colleague: Agent | None) -> None:
    """Rung by the operator's own key while nobody of us was up: we hear of it only here."""
    if queries.open_invitation(call) is None and colleague is not None and call.agent is not None:
        unit.add(Invitation(call=call, colleague=colleague, asked_by=call.agent, asked_at=entry.at, begun_at=entry.at))


def answered(call: Call, entry: Entry) -> None:
    """The colleague is in the call; when nobody else of us is any more, it is theirs."""
    invitation = _held(call)
    if invitation is None:
        return
    invitation.answered_at = entry.at
    unit.save(invitation, "answered_at")
    if call.contact.state == ContactState.WAITING:
        _take_over(call, invitation, at=entry.at)
    else:
        _announce(invitation, "answered", at=entry.at)


def silent(call: Call, entry: Entry) -> None:
    """They did not come: the call stays with whoever asked, or goes back to the queue."""
    invitation = _held(call)
    if invitation is not None:
        _end(invitation, "silent", failure="not answered", at=entry.at)


def left(call: Call, who: Agent | None, *, at: datetime) -> bool:
    """Somebody of us has left a call that another was asked into; false when there is none, and the call is over for us."""
    invitation = _held(call)
    if invitation is None:
        # A helper who leaves takes nothing away.
        return who is not None and call.agent_id is not None and who.pk != call.agent_id
    if who is not None and who == invitation.colleague:
        _end(invitation, "left", at=at, failure="" if invitation.answered_at else "not answered")
        return True
    intake.passed_on(call.contact_id, at=at)
    if invitation.answered_at is not None:
        _take_over(call, invitation, at=at)
    return True


def over(call: Call, *, at: datetime) -> None:
    """The caller has hung up: nobody is to be rung any more."""
    invitation = _held(call)
    if invitation is not None:
        _end(invitation, "over", at=at)


def _take_over(call: Call, invitation: Invitation, *, at: datetime) -> None:
    intake.connected(call.contact_id, agent=invitation.colleague, at=at)
    held = unit.hold(Call, call.pk) or call
    held.agent = invitation.colleague
    unit.save(held, "agent")
    _end(invitation, "taken", at=at)


def _held(call: Call) -> Invitation | None:
    found = queries.open_invitation(call)
    return unit.hold(Invitation, found.pk) if found else None


def _end(invitation: Invitation, state: str, *, at: datetime, failure: str = "") -> None:
    invitation.failure, invitation.ended_at = failure[:200], at
    unit.save(invitation, "failure", "ended_at")
    _announce(invitation, state, at=at)


def _announce(invitation: Invitation, state: str, *, at: datetime) -> None:
    contact_id = invitation.call.contact_id
    announce(ColleagueMoved(invitation.pk, contact_id, invitation.colleague_id, invitation.asked_by_id, state, at))
