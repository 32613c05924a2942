"""Questions about what is kept of calls: their sound, who may hear it, and who has."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db.models import QuerySet

from komek.platform import files, plugs
from komek.platform.files import FileGone
from komek.platform.sealed import MasterKeyMissing, MasterKeys, NotOurs, master_keys
from komek.registers.staff.models import Agent
from komek.registers.staff.rules import Right
from komek.rooms.recordings import rules
from komek.rooms.recordings.models import Listening, Recording
from komek.rooms.recordings.ports import Legs
from komek.rooms.recordings.rules import Ground

log = structlog.get_logger("komek.recordings")

PAGE = 100


def keys() -> MasterKeys:
    """The master keys of this installation."""
    return master_keys(settings.HOME)


def legs() -> Legs | None:
    """The sound of calls that go on; None where there is no switch."""
    named = plugs.names(Legs)
    return plugs.plugged(Legs, named[0]) if named else None  # type: ignore[type-abstract]  # a port is asked for


def by_unique_id(unique_id: str) -> Recording | None:
    """The recording of a call; None while there is none."""
    return Recording.objects.filter(unique_id=unique_id).first()


def sound(recording: Recording) -> bytes:
    """The plain sound; raises FileGone, NotOurs or MasterKeyMissing."""
    keeping = recording.keeping
    if keeping.wrapped_key is None or not recording.stored:
        raise FileGone(recording.stored or recording.unique_id)
    with files.store().open(recording.stored) as content:
        sealed = content.read()
    return keys().open(sealed, key_id=keeping.key_id, wrapped=bytes(keeping.wrapped_key))


def plain(recording: Recording) -> bytes:
    """The sound for somebody's ears; a refusal where there is none."""
    try:
        return sound(recording)
    except FileGone:
        raise rules.SoundGone from None
    except (NotOurs, MasterKeyMissing) as failure:
        log.exception("recordings.not_opened", recording=recording.pk)
        raise rules.SoundBroken from failure


def recording(recording_id: int) -> Recording:
    """The recording of this number, with what is kept of it."""
    found = Recording.objects.select_related("keeping", "call").filter(pk=recording_id).first()
    if found is None:
        raise rules.NoSuchRecording(recording_id)
    return found


def has_sound(one: Recording) -> bool:
    """Whether there is anything to hear."""
    return bool(one.stored) and one.keeping.destroyed_at is None


def ground(one: Recording, *, by: Agent, at: datetime, reviews: bool = False) -> Ground | None:
    """On which ground this person may hear the call; None when they may not."""
    return rules.ground(
        agent_id=by.pk,
        talked=one.agent_ids,
        ended_at=one.began_at + timedelta(milliseconds=one.milliseconds),
        at=at,
        own=by.may(Right.HEAR_OWN_CALLS),
        team=by.may(Right.HEAR_CALLS),
        by_reason=by.may(Right.HEAR_CALLS_BY_REASON),
        reviews=reviews and by.may(Right.REVIEW_CONTACTS),
    )


@dataclass(frozen=True)
class Playable:
    """A recording as somebody is shown it."""

    recording: Recording
    ground: Ground
    has_sound: bool

    @property
    def needs_reason(self) -> bool:
        return self.ground is Ground.REASON


def of_contacts(contact_ids: Iterable[int], *, by: Agent, at: datetime) -> list[Playable]:
    """The recordings of these contacts that this person may hear, in the order of time."""
    return _playable(Recording.objects.filter(call__contact_id__in=list(contact_ids)), by=by, at=at)


def of_calls(unique_ids: Iterable[str], *, by: Agent, at: datetime) -> list[Playable]:
    """The recordings of these calls that this person may hear, in the order of time."""
    return _playable(Recording.objects.filter(unique_id__in=list(unique_ids)), by=by, at=at)


def _playable(rows: QuerySet[Recording], *, by: Agent, at: datetime) -> list[Playable]:
    found = [(one, ground(one, by=by, at=at)) for one in rows.select_related("keeping").order_by("began_at", "id")]
    return [Playable(one, why, has_sound(one)) for one, why in found if why is not None]


def lately(*, before: int | None = None, with_findings: bool = False) -> list[Recording]:
    """The newest recordings."""
    rows = Recording.objects.select_related("keeping", "call")
    if with_findings:
        rows = rows.exclude(findings=[])
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:PAGE])


def listening(listening_id: int, *, by: Agent, since: datetime) -> Listening:
    """What this person has opened since then; nobody else's."""
    rows = Listening.objects.select_related("recording__keeping").filter(agent=by, at__gte=since)
    found = rows.filter(pk=listening_id).exclude(ground=Ground.EXPORT).first()
    if found is None:
        raise rules.NotYourListening
    return found


def listenings(*, recording_id: int | None = None, before: int | None = None) -> list[Listening]:
    """Who has heard what, the newest first."""
    rows = Listening.objects.select_related("recording", "agent").prefetch_related("stretches")
    if recording_id is not None:
        rows = rows.filter(recording_id=recording_id)
    if before is not None:
        rows = rows.filter(id__lt=before)
    return list(rows.order_by("-id")[:PAGE])
