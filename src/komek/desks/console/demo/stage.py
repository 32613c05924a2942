"""The stage: what is going to happen when, and what everybody on it needs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from heapq import heappop, heappush
from itertools import count
from typing import Any, cast
from zoneinfo import ZoneInfo

import structlog

from komek.desks.console.demo.dice import Dice
from komek.desks.console.demo.material import Material
from komek.desks.console.demo.pace import Pace
from komek.desks.console.demo.people import Cast
from komek.desks.console.demo.pictures import Pictures
from komek.desks.console.demo.stories import Stories
from komek.refusal import Refusal
from komek.registers.calendar import queries as calendar
from komek.registers.catalog import queries as catalog

MORNING, NIGHT = 8, 22
MOMENT = timedelta(seconds=1)

Step = Callable[[datetime], None]
Hearing = Callable[[object], None]

log = structlog.get_logger("komek.demo")


@dataclass(order=True)
class Due:
    """One step that somebody is going to take."""

    at: datetime
    place: int
    step: Step = field(compare=False)


@dataclass
class Stage:
    """The people, what they say, how fast they are, and their plans in the order of time."""

    material: Material
    stories: Stories
    dice: Dice
    pace: Pace
    cast: Cast
    pictures: Pictures
    zone: ZoneInfo
    partner_id: int
    plans: list[Due] = field(default_factory=list)
    hearings: dict[type, list[Hearing]] = field(default_factory=dict)
    _places: "count[int]" = field(default_factory=count)
    _calendar: Any = None
    _topics: dict[str, Any] = field(default_factory=dict)

    def plan(self, at: datetime, step: Step) -> None:
        """Let a step be taken at a moment."""
        heappush(self.plans, Due(at, next(self._places), step))

    def listen(self, kind: type, hearing: Hearing) -> None:
        """Let somebody hear of one kind of fact."""
        self.hearings.setdefault(kind, []).append(hearing)

    def hear(self, fact: object) -> None:
        """Tell everybody who listens for it what happened."""
        for hearing in self.hearings.get(type(fact), ()):
            hearing(fact)

    def next_until(self, until: datetime) -> Due | None:
        """The next step, if its time comes by then."""
        if self.plans and self.plans[0].at <= until:
            return heappop(self.plans)
        return None

    def take(self, due: Due, *, at: datetime) -> bool:
        """Take a step; what a room refuses, because somebody was quicker, is dropped."""
        try:
            due.step(at)
        except Refusal as refusal:
            log.debug("demo.refused", code=refusal.code, at=at.isoformat())
            return False
        return True

    def in_the_office(self, at: datetime, service_code: str) -> datetime:
        """That moment, or the next one at which somebody works there."""
        service = self.cast.services.get(service_code)
        if self.pace.never_sleeps or service is None or service.works_round_the_clock:
            return at
        if self._calendar is None:
            self._calendar = calendar.working_calendar()
        return cast(datetime, self._calendar.add_working_time(at, MOMENT))

    def by_day(self, at: datetime, wait: timedelta) -> datetime:
        """That moment, or some time after people have got up."""
        local = at.astimezone(self.zone)
        if self.pace.never_sleeps or MORNING <= local.hour < NIGHT:
            return at
        day = local.date() + timedelta(days=1 if local.hour >= NIGHT else 0)
        return datetime.combine(day, time(MORNING), tzinfo=self.zone).astimezone(UTC) + wait % timedelta(hours=3)

    def topic(self, code: str) -> Any:
        """A topic of the catalog by its code, if there is one."""
        return self._catalog().get(code)

    def topics(self) -> list[Any]:
        """Every topic of the catalog, in its order."""
        return list(self._catalog().values())

    def topics_of(self, group: str) -> list[Any]:
        """The topics of a group, in the order of the catalog."""
        return [topic for topic in self.topics() if topic.code.startswith(f"{group}-")]

    def _catalog(self) -> dict[str, Any]:
        if not self._topics:
            self._topics = {topic.code: topic for topic in catalog.topics()}
        return self._topics
