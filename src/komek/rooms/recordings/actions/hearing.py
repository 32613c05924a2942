"""Somebody hears a call: it is written down before the first second of it, and as it goes on."""

from datetime import datetime

from komek.platform import audit, sound, unit
from komek.platform.transactions import together
from komek.registers.staff.models import Agent
from komek.registers.staff.rules import Right, RightMissing
from komek.rooms.calls import queries as calls
from komek.rooms.calls.rules import NotTalking, State
from komek.rooms.recordings import queries, rules
from komek.rooms.recordings.models import Listening, Recording, Stretch
from komek.rooms.recordings.rules import Ground

MOST_STRETCHES = 1_000


@together
def listen(recording_id: int, *, by: Agent, at: datetime, reason: str = "", reviews: bool = False) -> Listening:
    """Let somebody hear a call; whoever has no call of their own in it says why."""
    recording = queries.recording(recording_id)
    ground = queries.ground(recording, by=by, at=at, reviews=reviews)
    if ground is None:
        raise rules.MayNotHear
    return _opened(recording, ground, rules.checked_reason(reason, is_needed=ground is Ground.REASON), by=by, at=at)


@together
def heard(listening_id: int, *, since: int, until: int, by: Agent, at: datetime) -> None:
    """Note that these milliseconds were heard; what was noted is never changed."""
    listening = queries.listening(listening_id, by=by, since=at - rules.OPEN_FOR)
    if listening.stretches.count() < MOST_STRETCHES and 0 <= since < until <= listening.recording.milliseconds + 1_000:
        unit.append(Stretch(listening=listening, since=since, until=until))


@together
def export(recording_id: int, *, by: Agent, at: datetime, reason: str) -> tuple[Recording, bytes]:
    """Give the sound away as a file: only by a right of its own, and never without a reason."""
    if not by.may(Right.EXPORT_RECORDINGS):
        raise RightMissing(Right.EXPORT_RECORDINGS)
    recording = queries.recording(recording_id)
    plain = queries.plain(recording)
    _opened(recording, Ground.EXPORT, rules.checked_reason(reason, is_needed=True), by=by, at=at)
    return recording, plain


def replay(unique_id: str, *, by: Agent, at: datetime) -> bytes:
    """The last minute of the call somebody is in, as WAV: what was the number of the house?"""
    call = calls.by_unique_id(unique_id)
    if call is None or call.state != State.TALKING or call.agent_id != by.pk:
        raise NotTalking(unique_id)
    legs = queries.legs()
    heard, said = legs.paths(unique_id) if legs else (None, None)
    if heard is None or said is None:
        raise rules.SoundGone
    audit.read(subject=f"call:{call.pk}", fields=["sound"], by=by.pk, purpose="the last minute again")
    return sound.part(heard, said, seconds=rules.REPLAY_SECONDS)


def _opened(recording: Recording, ground: Ground, reason: str, *, by: Agent, at: datetime) -> Listening:
    if not queries.has_sound(recording):
        raise rules.SoundGone
    audit.read(subject=f"recording:{recording.pk}", fields=["sound"], by=by.pk, purpose=ground.value)
    return unit.add(Listening(recording=recording, agent=by, at=at, ground=ground, reason=reason))
