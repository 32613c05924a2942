"""What browsers and bells say before the journal does: a line rings, a person answers, a person takes a line."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from komek.platform import plugs, unit
from komek.platform.facts import announce
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.rooms.calls import queries, rules
from komek.rooms.calls.actions.arriving import known_or_new
from komek.rooms.calls.facts import CallAnswered
from komek.rooms.calls.models import Call, PhoneSeat
from komek.rooms.calls.ports import Line, Telephony
from komek.rooms.calls.rules import State, Told
from komek.rooms.intake import actions as intake

QUALITY = ("loss_percent", "jitter_ms", "round_trip_ms", "seconds", "silent_seconds")


@dataclass(frozen=True)
class Phone:
    """The telephone of one browser: its number in the house and how it reaches the switch."""

    number: int
    line: Line

    def told(self) -> dict[str, object]:
        """As the browser is told it."""
        return {"number": self.number, **asdict(self.line)}


@together
def rang(unique_id: str, *, number: str, queue: str, agent_id: int, at: datetime) -> None:
    """The switch rings this person for this call."""
    agent = Agent.objects.filter(pk=agent_id).first()
    if agent is not None:
        call = known_or_new(unique_id, number=number, queue=queue, at=at)
        intake.ring(call.contact_id, agent=agent, at=at)


@together
def accept(unique_id: str, *, told: Told, by: Agent, at: datetime) -> Call:
    """Somebody has answered; a call that nobody had told us of is made of what came with it."""
    entered_at = at - timedelta(seconds=max(0, told.waited_seconds))
    found = known_or_new(
        unique_id, number=told.number, queue=told.queue, language=told.language, urgent=told.urgent, at=entered_at
    )
    call = unit.hold(Call, found.pk) or found
    intake.connected(call.contact_id, agent=by, at=at)
    if call.state == State.WAITING:
        call.state, call.agent, call.answered_at = State.TALKING, by, at
        unit.save(call, "state", "agent", "answered_at")
        announce(CallAnswered(call.id, call.unique_id, call.contact_id, by.pk, at))
    return call


@together
def note_quality(unique_id: str, *, quality: Mapping[str, object], by: Agent, at: datetime) -> Call:
    """How the call sounded, as the browser of whoever answered it has measured."""
    call = queries.by_unique_id(unique_id)
    if call is None or call.agent_id != by.pk:
        raise rules.NoSuchCall(unique_id)
    measured = {name: quality[name] for name in QUALITY if isinstance(quality.get(name), int | float)}
    call.quality = measured
    unit.save(call, "quality")
    return call


@together
def seat_of(agent: Agent, *, at: datetime) -> Phone:
    """The telephone of this person's browser: the line they had, a free one, or that of whoever is long gone."""
    if not plugs.names(Telephony):
        raise rules.NoPhone
    number = queries.seat_number(agent)
    if number is None:
        number = _free_seat()
        PhoneSeat.objects.update_or_create(number=number, defaults={"agent": agent, "taken_at": at})
    (name,) = plugs.names(Telephony)
    telephony = plugs.plugged(Telephony, name)  # type: ignore[type-abstract]  # a port is asked for
    return Phone(number, telephony.line(number))


@together
def take_desk(agent: Agent, *, number: int, at: datetime) -> PhoneSeat:
    """Somebody sits down where a telephone of its own stands; whoever had it before has none any more."""
    PhoneSeat.objects.filter(agent=agent).exclude(number=number).update(agent=None)
    seat, _ = PhoneSeat.objects.update_or_create(number=number, defaults={"agent": agent, "taken_at": at})
    return seat


def _free_seat() -> int:
    taken = dict(PhoneSeat.objects.select_for_update().filter(agent__isnull=False).values_list("number", "agent_id"))
    free = next((number for number in range(1, rules.SEATS + 1) if number not in taken), None)
    if free is not None:
        return free
    gone = PhoneSeat.objects.exclude(agent_id__in=queries.at_work()).order_by("taken_at").first()
    if gone is None:
        raise rules.NoSeatFree
    return gone.number
