"""The legs that a switch has written become a recording. Killed between any two steps, it is done again to the same end.

1. A tape is noted, with a key. 2. Both legs are packed, sealed and stored: the same legs and key give the same bytes.
3. The stored bytes are read back. 4. The recording is linked into the chain, once for a call.
"""

import io
from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction

from komek.platform import disk, files, sound
from komek.platform.facts import announce
from komek.platform.files import FileGone
from komek.platform.sealed import NotOurs
from komek.platform.sound import FRAMES_A_SECOND, Packed
from komek.platform.transactions import together
from komek.rooms.calls import queries as calls
from komek.rooms.recordings import queries, rules
from komek.rooms.recordings.facts import RecordingKept
from komek.rooms.recordings.models import Keeping, Recording, Tape
from komek.rooms.recordings.ports import Legs
from komek.rooms.recordings.rules import Heard

log = structlog.get_logger("komek.recordings")

# Links of the chain are made one after the other, whoever makes them.
CHAIN_LOCK = 0x7265636F7264
# A leg that grows is noted so often.
NOTED_EVERY = timedelta(seconds=20)


def look(legs: Legs, *, at: datetime, known_taken: set[str] | None = None) -> int:
    """Note which legs there are and how far they have grown; returns of how many calls that are not taken in yet.

    Whoever looks again and again remembers in `known_taken` which calls it need not look at any more.
    """
    taken = set() if known_taken is None else known_taken
    found = legs.found(without=taken)
    known = queries.known_tapes(one.unique_id for one in found)
    new, grown = [], []
    for one in found:
        tape = known.get(one.unique_id)
        sizes = (one.heard, one.said)
        if tape is None:
            grown_at = min(one.grown_at, at)
            new.append(
                Tape(
                    unique_id=one.unique_id,
                    seen_at=at,
                    grown_at=grown_at,
                    next_at=at,
                    heard_bytes=sizes[0],
                    said_bytes=sizes[1],
                )
            )
        elif tape.taken_at is None and sizes != (tape.heard_bytes, tape.said_bytes) and _is_due(tape, at):
            tape.grown_at, tape.heard_bytes, tape.said_bytes = min(one.grown_at, at), *sizes
            grown.append(tape)
    Tape.objects.bulk_create(new, ignore_conflicts=True)
    Tape.objects.bulk_update(grown, ["grown_at", "heard_bytes", "said_bytes"])
    taken.update(one.unique_id for one in known.values() if one.taken_at is not None)
    return sum(one.unique_id not in taken for one in found)


def _is_due(tape: Tape, at: datetime) -> bool:
    return at - tape.grown_at >= NOTED_EVERY


def take_in_waiting(legs: Legs, *, clock: Callable[[], datetime]) -> int:
    """Take in every call that is over; returns how many were. A disk that is nearly full is left to who needs it more."""
    if disk.is_short(settings.HOME):
        log.warning("recordings.no_room")
        return 0
    taken = 0
    for tape in queries.waiting(at=clock()):
        try:
            taken += take_in(tape.unique_id, legs=legs, at=clock()) is not None
        except DatabaseError:
            raise
        except Exception as failure:  # noqa: BLE001 - whatever it is about one call, the others are taken in
            _failed(tape, failure, at=clock())
            if disk.is_full(failure):
                return taken
    return taken


def take_in(unique_id: str, *, legs: Legs, at: datetime) -> Recording | None:
    """Make the recording of a call that is over; None while it goes on. The one there is already is given back."""
    known = queries.by_unique_id(unique_id)
    if known is not None:
        _taken(unique_id, at=at)
        return known
    lines = calls.recorded(unique_id)
    heard, said = legs.paths(unique_id)
    changed = [datetime.fromtimestamp(path.stat().st_mtime, at.tzinfo) for path in (heard, said) if path]
    if not changed or not rules.is_over(gone_at=lines.gone_at, grown_at=max(changed), at=at):
        return None
    tape = _with_key(unique_id, at=at)
    if tape.taken_at is not None:
        return queries.by_unique_id(unique_id)
    # Whoever is recorded is heard by the switch; in a call that we began that is the operator.
    packed = sound.pack(said, heard) if lines.outgoing else sound.pack(heard, said)
    stored = _store(packed.opus, tape) if packed.opus else ""
    return _link(tape, lines, packed, stored, written_until=max(changed), at=at)


@transaction.atomic
def _with_key(unique_id: str, *, at: datetime) -> Tape:
    Tape.objects.get_or_create(unique_id=unique_id, defaults={"seen_at": at, "grown_at": at, "next_at": at})
    tape = Tape.objects.select_for_update().get(unique_id=unique_id)
    if tape.wrapped_key is None and tape.taken_at is None:
        tape.key_id, tape.wrapped_key = queries.keys().fresh()
        tape.save(update_fields=["key_id", "wrapped_key"])
    return tape


def _store(opus: bytes, tape: Tape) -> str:
    """Seal, store, and read back what was stored."""
    keys, wrapped = queries.keys(), bytes(tape.wrapped_key or b"")
    stored = files.store().save(io.BytesIO(keys.seal(opus, key_id=tape.key_id, wrapped=wrapped)))
    with files.store().open(stored) as content:
        if keys.open(content.read(), key_id=tape.key_id, wrapped=wrapped) != opus:
            raise NotOurs("what was stored is not what was sealed")
    return stored


@together
def _link(
    tape: Tape, lines: calls.Recorded, packed: Packed, stored: str, *, written_until: datetime, at: datetime
) -> Recording:
    """The next link of the chain; of two that make it at once, the second finds it made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [CHAIN_LOCK])
    known = queries.by_unique_id(tape.unique_id)
    if known is not None:
        return known
    began_at = rules.first_sound(lines.began_at, until=written_until, seconds=packed.seconds)
    last = Recording.objects.order_by("-id").first()
    call = calls.by_unique_id(tape.unique_id)
    # One of us rang: the journal names nobody who answered us.
    rung = calls.outgoing(tape.unique_id) if lines.outgoing else None
    made = Recording(
        unique_id=tape.unique_id,
        call=call,
        agent_ids=[rung.agent_id] if rung and rung.agent_id else list(lines.agent_ids),
        outgoing=lines.outgoing,
        began_at=began_at,
        answered_at=rung.answered_at if rung else lines.answered_at,
        milliseconds=round(packed.seconds * 1000),
        sha256=rules.digest(packed.opus) if packed.opus else "",
        stored=stored,
        size=len(packed.opus),
        taken_at=at,
        previous=bytes(last.digest) if last else rules.FIRST_LINK,
        gaps=rules.gaps(
            queries.gaps(tape.unique_id), began_at=began_at, ended_at=began_at + timedelta(seconds=packed.seconds)
        ),
        **_judged(lines, packed, began_at),
    )
    # The id is a part of what is linked: it is drawn before.
    made.pk = _next_id()
    made.digest = rules.link(bytes(made.previous), queries.told(made))
    made.save(force_insert=True)
    Keeping.objects.create(
        recording=made,
        key_id=tape.key_id,
        wrapped_key=tape.wrapped_key if stored else None,
        caller_peaks=packed.left.peaks,
        operator_peaks=packed.right.peaks,
        verified_at=at,
    )
    _taken(tape.unique_id, at=at)
    contact = call.contact_id if call else None
    announce(RecordingKept(made.pk, made.unique_id, contact, round(packed.seconds), tuple(made.findings), at))
    if made.findings:
        log.warning("recordings.findings", call=made.unique_id, findings=made.findings)
    return made


def _judged(lines: calls.Recorded, packed: Packed, began_at: datetime) -> dict[str, object]:
    """What is said of the sound: between the answer and the end of the talk, or of all of it where nobody answered."""
    since = max(0.0, (lines.answered_at - began_at).total_seconds()) if lines.answered_at else 0.0
    caller, operator = packed.left.voice(since), packed.right.voice(since)
    expected = (lines.gone_at - lines.began_at).total_seconds() if lines.gone_at and lines.began_at else None
    found = rules.findings(
        Heard(
            caller_seconds=packed.legs[0],
            operator_seconds=packed.legs[1],
            expected_seconds=expected,
            talked=lines.answered_at is not None,
            caller_spoke=float(caller.sum()),
            operator_spoke=float(operator.sum()),
            closed=lines.gone_at is not None,
        )
    )
    spoken = rules.talk(caller.tolist(), operator.tolist(), a_second=FRAMES_A_SECOND)
    return {"findings": [one.value for one in found], "talk": asdict(spoken)}


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [Recording._meta.db_table])
        return int(cursor.fetchone()[0])


def _taken(unique_id: str, *, at: datetime) -> None:
    # From here on the key is kept in one place only.
    Tape.objects.filter(unique_id=unique_id, taken_at__isnull=True).update(taken_at=at, failure="", wrapped_key=None)


def _failed(tape: Tape, failure: Exception, *, at: datetime) -> None:
    """It is tried again, for ever: legs that could not be taken in are never thrown away."""
    why = "the file is gone" if isinstance(failure, FileGone) else f"{type(failure).__name__}: {failure}"
    log.error("recordings.not_taken_in", call=tape.unique_id, why=why, tries=tape.tries + 1)
    Tape.objects.filter(unique_id=tape.unique_id).update(
        tries=min(tape.tries + 1, 30_000), next_at=at + rules.pause(tape.tries), failure=why[:300]
    )
