"""What a recording must be, what is not right about one, and what is said of the sound in it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

# The switch closes a leg a moment after it has said that the caller is gone.
SETTLED_AFTER = timedelta(seconds=2)
# Nobody said that the caller is gone: the switch was ended in the middle of the call.
FORGOTTEN_AFTER = timedelta(hours=1)
# A leg has to be as long as the call, but for so much of it.
LEAST_PART = 0.98
MOST_MISSING_SECONDS = 0.5
MOST_UNEVEN_SECONDS = 0.5
# The caller's line may be silent for so long before its first sound.
LATEST_SOUND = timedelta(seconds=5)
RAW_IS_KEPT = timedelta(hours=72)
# An answered call has sound by then, and goes on having it.
FIRST_SOUND = timedelta(seconds=60)
STILL_GROWS = timedelta(seconds=60)
TAKEN_IN_WITHIN = timedelta(minutes=10)
# How long somebody is asked to act; what cannot be mended any more is told for an hour.
LOOKED_BACK = timedelta(hours=24)
LOOKED_BACK_AT_INCOMPLETE = timedelta(hours=1)
# After a failure: the first pause, and the longest.
PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
# A-law: a byte a sample, 8 kHz.
BYTES_A_MILLISECOND = 8
FIRST_LINK = b"\0" * 32


class Finding(StrEnum):
    """What is not as it should be in a recording."""

    CALLER_MISSING = "caller_missing"
    OPERATOR_MISSING = "operator_missing"
    CALLER_SILENT = "caller_silent"
    OPERATOR_SILENT = "operator_silent"
    TOO_SHORT = "too_short"
    UNEVEN = "uneven"
    NOT_CLOSED = "not_closed"


# A recording with one of these is no recording of the call.
INCOMPLETE = [Finding.CALLER_MISSING.value, Finding.OPERATOR_MISSING.value, Finding.TOO_SHORT.value]


class Lack(StrEnum):
    """What is missing of an answered call."""

    NO_SOUND = "no_sound"
    NO_LONGER = "no_longer"
    NOT_TAKEN_IN = "not_taken_in"
    INCOMPLETE = "incomplete"


def lack(*, talking: bool, ended_at: datetime | None, grown_at: datetime | None, at: datetime) -> Lack | None:
    """What is missing of a call without a recording; None when it is on its way."""
    if grown_at is None:
        return Lack.NO_SOUND
    if talking and at - grown_at > STILL_GROWS:
        return Lack.NO_LONGER
    if not talking and ended_at is not None and at - ended_at > TAKEN_IN_WITHIN:
        return Lack.NOT_TAKEN_IN
    return None


@dataclass(frozen=True)
class Heard:
    """What is known of a call's sound before it is judged: lengths of the legs, and in how much of the talk each spoke."""

    caller_seconds: float | None
    operator_seconds: float | None
    expected_seconds: float | None
    talked: bool
    caller_spoke: float
    operator_spoke: float
    closed: bool


def findings(heard: Heard) -> list[Finding]:
    """Everything that is not right; a recording is kept however much that is."""
    found = []
    for seconds, spoke, missing, silent in (
        (heard.caller_seconds, heard.caller_spoke, Finding.CALLER_MISSING, Finding.CALLER_SILENT),
        (heard.operator_seconds, heard.operator_spoke, Finding.OPERATOR_MISSING, Finding.OPERATOR_SILENT),
    ):
        if not seconds:
            found.append(missing)
        elif heard.talked and not spoke:
            found.append(silent)
    longest = max(heard.caller_seconds or 0.0, heard.operator_seconds or 0.0)
    if heard.expected_seconds is not None and is_too_short(longest, of=heard.expected_seconds):
        found.append(Finding.TOO_SHORT)
    both = heard.caller_seconds and heard.operator_seconds
    if both and abs((heard.caller_seconds or 0.0) - (heard.operator_seconds or 0.0)) > MOST_UNEVEN_SECONDS:
        found.append(Finding.UNEVEN)
    if not heard.closed:
        found.append(Finding.NOT_CLOSED)
    return found


def is_too_short(seconds: float, *, of: float) -> bool:
    """Whether so much sound is less than the call was long; the moment of picking up and hanging up does not count."""
    return seconds < of * LEAST_PART and of - seconds > MOST_MISSING_SECONDS


def is_over(*, gone_at: datetime | None, grown_at: datetime, at: datetime) -> bool:
    """Whether a call's legs will not grow any more."""
    if gone_at is not None:
        return at - max(gone_at, grown_at) >= SETTLED_AFTER
    return at - grown_at >= FORGOTTEN_AFTER


def first_sound(began_at: datetime | None, *, until: datetime, seconds: float) -> datetime:
    """When the first sound of the legs was written: a moment after the switch began, told by their end and length."""
    counted = until - timedelta(seconds=seconds)
    if began_at is None or timedelta(0) <= counted - began_at <= LATEST_SOUND:
        return counted
    return began_at


def pause(tries: int) -> timedelta:
    """How long to wait after so many failures."""
    return min(PAUSE * 2 ** min(tries, 10), LONGEST_PAUSE)


@dataclass(frozen=True)
class Talk:
    """Who spoke how much, as parts of the talk between the answer and the end."""

    seconds: float
    caller: float
    operator: float
    both: float
    nobody: float


def talk(caller: Sequence[bool], operator: Sequence[bool], *, a_second: int) -> Talk:
    """What two sides come to: each a mark for every piece of the same length whether somebody spoke."""
    length = max(len(caller), len(operator))
    if not length:
        return Talk(0.0, 0.0, 0.0, 0.0, 0.0)
    pairs = [
        (index < len(caller) and bool(caller[index]), index < len(operator) and bool(operator[index]))
        for index in range(length)
    ]
    both = sum(one and other for one, other in pairs)
    return Talk(
        seconds=round(length / a_second, 1),
        caller=round(sum(one for one, _ in pairs) / length, 4),
        operator=round(sum(other for _, other in pairs) / length, 4),
        both=round(both / length, 4),
        nobody=round(sum(not one and not other for one, other in pairs) / length, 4),
    )


def link(previous: bytes, told: Mapping[str, Any]) -> bytes:
    """The digest of one link of the chain: SHA-256 over the link before it and what this one says, as canonical JSON."""
    canonical = json.dumps(dict(told), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(previous + canonical.encode()).digest()


def digest(content: bytes) -> str:
    """The SHA-256 of a sound."""
    return hashlib.sha256(content).hexdigest()
