"""What the journal of a switch can say, and what follows from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, time, timedelta
from enum import StrEnum

from komek.refusal import Refusal

LANGUAGES = ("kk", "ru", "en")
QUEUE = "q109-"
LONGEST_NUMBER = 20
SEATS = 200
EMERGENCY_SERVICES = ("101", "102", "103", "104", "112")

# A caller who rang for a life in danger and was gone before anybody answered is called at once; others after a while.
FIRST_TRY = timedelta(minutes=10)
BETWEEN_TRIES = timedelta(minutes=10)
MOST_TRIES = 3
# Nobody is called at night who has not asked for it.
NIGHT_BEGINS, NIGHT_ENDS = time(22), time(8)
# Who was gone so soon had dialled wrong, or read the number from a wall.
SHORTEST_WAIT = timedelta(seconds=10)

# Whoever rings again so soon has not been helped.
AGAIN_WITHIN = timedelta(minutes=30)


class What(StrEnum):
    """A line of the journal, in the centre's words."""

    URGENT = "urgent"
    ENTERED = "entered"
    ANSWERED = "answered"
    NOT_ANSWERED = "not_answered"
    ENDED = "ended"
    ABANDONED = "abandoned"
    CALLBACK_ASKED = "callback_asked"
    CALLED_BACK = "called_back"
    INCIDENT_HEARD = "incident_heard"
    INCIDENT_JOINED = "incident_joined"
    OPERATOR_LEFT = "operator_left"
    SERVICE_ASKED = "service_asked"
    SERVICE_RINGING = "service_ringing"
    SERVICE_SILENT = "service_silent"
    SERVICE_ANSWERED = "service_answered"
    SERVICE_LEFT = "service_left"
    COLLEAGUE_ASKED = "colleague_asked"
    COLLEAGUE_ANSWERED = "colleague_came"
    COLLEAGUE_SILENT = "colleague_silent"
    SPY_BEGAN = "spy_began"
    SPY_ENDED = "spy_ended"
    RECORDED = "recorded"
    RESIDENT_DIALLED = "resident_dialled"
    RESIDENT_CAME = "resident_came"
    GONE = "gone"


class State(StrEnum):
    WAITING = "waiting"
    TALKING = "talking"
    ENDED = "ended"
    ABANDONED = "abandoned"
    TO_CALL_BACK = "to_call_back"


class Wish(StrEnum):
    """Where a call-back stands. All but the first two are ends."""

    WAITING = "waiting"
    CALLING = "calling"
    DONE = "done"
    NOT_REACHED = "not_reached"
    OVERTAKEN = "overtaken"
    NOT_NEEDED = "not_needed"


class Ear(StrEnum):
    """How a supervisor takes part in a call: heard by nobody, by the operator, by both."""

    LISTEN = "listen"
    WHISPER = "whisper"
    BARGE = "barge"


class Cause(StrEnum):
    """Why somebody is to be called back."""

    ASKED = "asked"
    ABANDONED = "abandoned"
    EMERGENCY = "emergency"


@dataclass(frozen=True)
class Entry:
    """One line of the journal: `unique_id` is the caller's call, `agent_id` whom it names, `data` what else it says."""

    at: datetime
    unique_id: str
    what: What
    queue: str = ""
    agent_id: int | None = None
    data: tuple[str, ...] = ()


@dataclass(frozen=True)
class Place:
    """How far a journal has been read."""

    file: int = 0
    offset: int = 0


@dataclass(frozen=True)
class Told:
    """What came with the call itself, to the browser that answered it."""

    number: str = ""
    language: str = ""
    queue: str = ""
    waited_seconds: int = 0
    urgent: bool = False


class NotTalking(Refusal):
    def __init__(self, unique_id: str) -> None:
        super().__init__("not_talking", "Nobody talks in call %(call)s any more.", call=unique_id[:40])


class NotInACall(Refusal):
    def __init__(self, name: str) -> None:
        super().__init__("agent_not_in_a_call", "%(name)s is in no call.", name=name)


class NoSuchService(Refusal):
    def __init__(self, service: str) -> None:
        super().__init__("no_such_emergency_service", "%(service)s is no emergency service.", service=service[:20])


class CallBackEndedAlready(Refusal):
    def __init__(self) -> None:
        super().__init__("callback_ended", "Nobody is to be called there any more.")


class NotThere(Refusal):
    """A colleague without a telephone cannot be rung."""

    def __init__(self, name: str) -> None:
        super().__init__("colleague_not_there", "%(name)s is not at a telephone now.", name=name)


class NoNumber(Refusal):
    def __init__(self) -> None:
        super().__init__("no_number", "This resident has left no telephone number.")


class NoPhone(Refusal):
    def __init__(self) -> None:
        super().__init__("no_phone", "This installation has no telephone.")


class NoSeatFree(Refusal):
    def __init__(self) -> None:
        super().__init__("no_seat_free", "All %(seats)s lines of the telephone are taken.", seats=SEATS)


class NoSuchCall(Refusal):
    def __init__(self, unique_id: str) -> None:
        super().__init__("no_such_call", "There is no call %(call)s.", call=unique_id[:40])


def tidy_number(said: str) -> str:
    """A caller's number as it can be kept and dialled; nothing for who hides it, or sends anything else.

    What is left of other writing would be somebody else's number, so it is all or nothing.
    """
    kept = said.strip().translate(str.maketrans("", "", " -()"))
    digits = kept.removeprefix("+")
    return kept if digits.isascii() and digits.isdigit() and len(kept) <= LONGEST_NUMBER else ""


def not_at_night(local: datetime) -> datetime:
    """The moment itself, or the end of the night that it lies in; in the time of whoever is called."""
    if NIGHT_ENDS <= local.time() < NIGHT_BEGINS:
        return local
    day = local.date() + timedelta(days=1) if local.time() >= NIGHT_BEGINS else local.date()
    return datetime.combine(day, NIGHT_ENDS, local.tzinfo)


def precise(at: datetime, said: str) -> datetime:
    """A moment that a line tells by the thousandth, where the journal itself knows whole seconds only."""
    try:
        told = datetime.fromtimestamp(float(said), at.tzinfo)
    except (ValueError, OverflowError, OSError):
        return at
    return told if abs(told - at) <= timedelta(seconds=2) else at


def language_of(queue: str, default: str = LANGUAGES[0]) -> str:
    """The language that a queue is for."""
    language = queue.removeprefix(QUEUE)
    return language if language in LANGUAGES else default


@dataclass(frozen=True)
class Pace:
    """How fast a queue moves: how many wait, who is at work in it, and how long one call takes with its wrap-up."""

    waiting: int
    staffed: int
    call_seconds: float


def ahead(language: str, *, waiting: Mapping[str, int], serving: Mapping[str, set[int]]) -> int:
    """How many wait before a new caller of this language: those of another one as far as their operators are ours too."""
    ours = serving[language]
    return round(
        sum(
            many if other == language else many * len(ours & serving[other]) / max(1, len(serving[other]))
            for other, many in waiting.items()
        )
    )


# Names of the sentences, and up to how many seconds each is true.
BUCKETS = (("wait_2", 120), ("wait_5", 300), ("wait_10", 600), ("wait_20", 1200))
LONGEST_BUCKET = "wait_long"
# So many wait while nobody is at work: how long it takes cannot be said, only that it will.
OVERLOAD = "overload"
CROWD = 3


def told_seconds(pace: Pace) -> float | None:
    """How long a new caller will wait at most, kept for four in five; None when nobody is at work.

    The mean, and so much of its spread as simulation has shown to hold for 81 % of callers.
    """
    if not pace.staffed:
        return None
    mean = (pace.waiting + 1) * pace.call_seconds / pace.staffed
    return float(mean + 0.85 * (mean * pace.call_seconds / pace.staffed) ** 0.5)


def sentence(pace: Pace) -> str:
    """The name of what a new caller is told of the wait; nothing while nobody waits, or nothing is known."""
    if not pace.waiting:
        return ""
    seconds = told_seconds(pace)
    if seconds is None:
        return OVERLOAD if pace.waiting >= CROWD else ""
    return next((name for name, most in BUCKETS if seconds <= most), LONGEST_BUCKET)


def is_their_turn(*, ahead: int, free: int, rung: int, staffed: int) -> bool:
    """Whether whoever is to be called back keeps their place by being called now.

    `ahead` have waited longer and wait still, `free` people could answer this moment, `rung` are being called or have been
    and wait, `staffed` are at work. Nobody is called whom nobody will answer soon.
    """
    return staffed > 0 and ahead <= free + 1 and rung < free + max(1, staffed // 10)


def penalty(languages: Sequence[str], language: str) -> int | None:
    """Where somebody stands in a queue: 0 for the language they named first, 1 for another; None when not in it."""
    if language not in languages:
        return None
    return 0 if languages[0] == language else 1


# An answer so soon is in time; who left so soon had hardly begun to wait.
IN_TIME_SECONDS, SOON_SECONDS = 20, 5


@dataclass(frozen=True)
class Tally:
    """What the journal says of the calls that came into a queue in one span of time, as it stands now.

    A call is offered once, when it first comes into a queue; it is answered, to be called back or abandoned, or waits.
    """

    begins_at: datetime
    offered: int = 0
    answered: int = 0
    in_time: int = 0
    abandoned: int = 0
    abandoned_soon: int = 0
    to_call_back: int = 0
    waiting: int = 0
    talking: int = 0
    # Of those who were answered, all together.
    waited_seconds: int = 0

    @property
    def service_level(self) -> float | None:
        """Answered in time / (offered - abandoned soon)."""
        held = self.offered - self.abandoned_soon
        return self.in_time / held if held > 0 else None

    @property
    def asa(self) -> float | None:
        """How long whoever was answered had waited on average."""
        return self.waited_seconds / self.answered if self.answered else None


def together(tallies: Sequence[Tally], *, begins_at: datetime) -> Tally:
    """Several spans as one."""
    counted = [field.name for field in fields(Tally)][1:]
    return Tally(begins_at, **{name: sum(getattr(one, name) for one in tallies) for name in counted})
