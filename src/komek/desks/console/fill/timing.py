"""When the steps of a life are taken: people are as fast as in the demo, and a promise is kept or broken as told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache

from komek.desks.console.demo.dice import between
from komek.desks.console.demo.pace import HOUR, MINUTE, Pace, Work
from komek.desks.console.fill.chance import Chance
from komek.desks.console.fill.lives import Life
from komek.desks.console.fill.parts import EXTENDED_BY
from komek.desks.console.fill.steps import Step
from komek.registers.calendar.rules import Norm, Pause, WorkingCalendar
from komek.rooms.routing import rules
from komek.rooms.routing.rules import Granted

S = Step
PACE = Pace()
SECOND = timedelta(seconds=1)
# Within so many seconds the worker notes that a promise is broken.
NOTED_WITHIN = 58.0
ROUTES = frozenset({S.REGISTER, S.CLASSIFY, S.WRITE, S.WRITE_WITH_PHOTO})
PROMISES = ROUTES | {S.EXTEND, S.RESUME}
# With these the clock stops.
STOPS = frozenset({S.ACCEPT_WORK, S.WITHDRAW})
# What is hurried up to be in time is done within this part of it.
HURRY = (0.55, 0.97)
MORNING, NIGHT = 8, 22
# Nobody calls or works at night but those who work round the clock, and whoever writes by himself.
BY_DAY = frozenset({S.TAKE, S.SET_OUT, S.TAKE_SECOND, S.TAKE_THIRD, S.REPORT, S.REPORT_WITH_PHOTO,
                    S.REPORT_WITH_PHOTOS, S.DECLINE, S.CALL_BACK, S.CALL_IN_VAIN, S.CONFIRM, S.REFUTE,
                    S.RESUME})  # fmt: skip


class NotInTime(Exception):
    """The promise leaves no room for this life: another has to be lived."""


@dataclass
class Course:
    """A life with its times: when each step is taken, and what was promised, one promise after another."""

    times: list[datetime] = field(default_factory=list)
    promises: list[datetime | None] = field(default_factory=list)
    legal_due_on: date | None = None


@dataclass(frozen=True)
class Window:
    """Steps, from one place to before another, that have to be taken before the promise runs out."""

    since: int
    until: int


@cache
def windows(life: Life) -> dict[int, Window]:
    """The windows of a life by where they end."""
    routed = next((place for place, step in enumerate(life.steps) if step in ROUTES), None)
    found: dict[int, Window] = {}
    if routed is None:
        return found
    stops = [place for place, step in enumerate(life.steps) if step in STOPS]
    since, counts = routed + 1, True
    for place, step in enumerate(life.steps):
        if step is S.MISS:
            # Until then everything was in time, or the clock stood because the card was over.
            _note(found, since, next((stop + 1 for stop in stops if since <= stop < place), place))
            counts = False
        elif step is S.EXTEND:
            counts = True
        elif step is S.RESUME:
            _note(found, since, place + 1)
        else:
            continue
        since = place + 1
    if counts and stops:
        _note(found, since, stops[-1] + 1)
    return found


def _note(found: dict[int, Window], since: int, until: int) -> None:
    if until > since:
        found[until] = Window(since, until)


class Going:
    """A life while its times are drawn."""

    def __init__(
        self, life: Life, calendar: WorkingCalendar, chance: Chance, *, priority: str = "", norm: str = ""
    ) -> None:
        self.life = life
        self.calendar = calendar
        self.chance = chance
        self.priority = priority
        self.norm: Norm | None = rules.norm_of(norm, priority) if norm else None
        self.course = Course()
        self.work: Work | None = None
        self.taken: dict[Step, int] = {}

    def draw(self, arrived_at: datetime) -> Course:
        """The times from the arrival on; raises NotInTime."""
        times, ends = self.course.times, windows(self.life)
        offset = arrived_at.astimezone(self.calendar.zone).utcoffset() or timedelta()
        for place, step in enumerate(self.life.steps):
            at = self._next(step, offset) if place else arrived_at
            times.append(_odd(at))
            self.taken[step] = self.taken.get(step, 0) + 1
            if place + 1 in ends:
                self._hurry(ends[place + 1])
            if self.norm is not None and step in PROMISES:
                self._promise(step)
        return self.course

    def _next(self, step: Step, offset: timedelta) -> datetime:
        before = self.course.times[-1]
        if step is S.MISS:
            due = self.course.promises[-1]
            if due is None:
                raise NotInTime
            return max(before, due) + timedelta(seconds=self.chance.uniform(1, NOTED_WITHIN))
        at = before + max(DELAYS[step](self), SECOND)
        sleeps = step in BY_DAY and self.norm is not None and not self.norm.round_the_clock
        if sleeps and not MORNING <= (at + offset).hour < NIGHT:
            at += timedelta(hours=(MORNING - (at + offset).hour) % 24, minutes=self.chance.uniform(0, 90))
        return at

    def _promise(self, step: Step) -> None:
        """What is promised from this step on."""
        at, promises = self.course.times[-1], self.course.promises
        assert self.norm is not None
        if step in ROUTES:
            promises.append(rules.due_at(at, self.norm, self.calendar))
            self.work = PACE.work(self.chance, sent_at=at, due_at=promises[0])
            self.course.legal_due_on = rules.legal_due_on(at, self.calendar)
        elif step is S.EXTEND:
            granted = [Granted(at, rules.norm_of(EXTENDED_BY, self.priority))]
            self._promise_later(granted=granted, pauses=[])
        elif step is S.RESUME:
            self._promise_later(granted=[], pauses=[Pause(self.course.times[-2], at)])

    def _promise_later(self, *, granted: list[Granted], pauses: list[Pause]) -> None:
        routed = next(place for place, step in enumerate(self.life.steps) if step in ROUTES)
        assert self.norm is not None
        due = rules.due_at(self.course.times[routed], self.norm, self.calendar, pauses=pauses, granted=granted)
        if due is None or due <= self.course.times[-1]:
            raise NotInTime
        self.course.promises.append(due)

    def _hurry(self, window: Window) -> None:
        """Take the steps of a window faster, when they would not be in time."""
        times, due = self.course.times, self.course.promises[-1]
        if due is None or times[window.until - 1] < due:
            return
        since = times[window.since - 1]
        room, needed = (due - since).total_seconds(), (times[window.until - 1] - since).total_seconds()
        part = room / needed * self.chance.uniform(*HURRY)
        for place in range(window.since, window.until):
            times[place] = _odd(since + (times[place] - since) * part)
            if times[place] <= times[place - 1]:
                raise NotInTime

    def elapsed(self) -> timedelta:
        """How long the services have had the card."""
        routed = next(place for place, step in enumerate(self.life.steps) if step in ROUTES)
        return self.course.times[-1] - self.course.times[routed]

    def of_work(self, moment: str) -> timedelta:
        """From now until this moment of the work; whoever has the card a second time is faster."""
        is_again = self.taken.get(S.GIVE_BACK) or self.taken.get(S.REFUTE)
        if self.work is None or is_again:
            return PACE.again(self.chance) / 2
        planned: timedelta = getattr(self.work, moment)
        return max(planned - self.elapsed(), between(self.chance, 1, 20, unit=MINUTE))


def _odd(at: datetime) -> datetime:
    """A moment never falls on a whole second: all of them are written alike."""
    return at if at.microsecond else at + timedelta(microseconds=1)


Delay = Callable[[Going], timedelta]


def _waiting(going: Going) -> timedelta:
    """Who calls is offered to somebody in seconds, mostly; what was written waits until it is read."""
    if going.life.is_read_late:
        return between(going.chance, 1, 50, unit=MINUTE)
    is_busy = going.chance.random() < 0.2  # noqa: PLR2004 - one in five waits
    return between(going.chance, 15, 90) if is_busy else timedelta(seconds=going.chance.uniform(0.05, 6))


def _talking(going: Going) -> timedelta:
    return between(going.chance, 30, 200) if going.life.is_read_late else PACE.talk(going.chance)


DELAYS: dict[Step, Delay] = {
    S.OFFER: _waiting,
    S.ACCEPT: lambda going: PACE.pick_up(going.chance),
    S.ANSWER: _talking,
    S.ANSWER_BY_HEART: _talking,
    S.EXPLAIN: _talking,
    S.HAND_OVER: _talking,
    S.REGISTER: _talking,
    S.CLASSIFY: _talking,
    S.END: lambda going: between(going.chance, 1, 30),
    S.WRAP_UP: lambda going: PACE.wrap_up(going.chance),
    S.ABANDON: lambda going: PACE.patience(going.chance),
    S.ASSIGN: lambda going: PACE.decide(going.chance),
    S.DECLINE: lambda going: going.of_work("accept"),
    S.TAKE: lambda going: going.of_work("accept"),
    S.SET_OUT: lambda going: going.of_work("set_out"),
    S.GET_THERE: lambda going: going.of_work("arrive"),
    S.REPORT: lambda going: going.of_work("report"),
    S.REPORT_WITH_PHOTO: lambda going: going.of_work("report"),
    S.REPORT_WITH_PHOTOS: lambda going: going.of_work("report"),
    S.REPORT_PARTLY: lambda going: going.of_work("report"),
    S.REPORT_IN_VAIN: lambda going: going.of_work("report"),
    S.TAKE_SECOND: lambda going: between(going.chance, 1, 40, unit=MINUTE),
    S.TAKE_THIRD: lambda going: between(going.chance, 1, 40, unit=MINUTE),
    S.REPORT_SECOND: lambda going: between(going.chance, 10, 180, unit=MINUTE),
    S.REPORT_THIRD: lambda going: between(going.chance, 10, 180, unit=MINUTE),
    S.EXTEND: lambda going: PACE.decide(going.chance),
    S.RESOLVE: lambda going: PACE.decide(going.chance),
    S.PAUSE: lambda going: between(going.chance, 0.1, 3, unit=HOUR),
    S.RESUME: lambda going: between(going.chance, 3, 30, unit=HOUR),
    S.ACCEPT_WORK: lambda going: PACE.check(going.chance),
    S.GIVE_BACK: lambda going: PACE.check(going.chance),
    S.FETCH: lambda going: PACE.fetch(going.chance),
    S.CALL_BACK: lambda going: PACE.call_back(going.chance),
    S.CALL_IN_VAIN: lambda going: PACE.call_back(going.chance),
    S.CONFIRM: lambda going: PACE.reply(going.chance),
    S.REFUTE: lambda going: PACE.reply(going.chance),
    S.WITHDRAW: lambda going: between(going.chance, 0.1, 20, unit=HOUR),
}
