"""The city as the fill needs it: who works, which houses there are, and what the rules in force make of a card."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from komek.desks.console.demo.pictures import AFTER, BEFORE
from komek.desks.console.fill import tables
from komek.desks.console.fill.chance import Chance, of_all
from komek.desks.console.fill.steps import Shape
from komek.platform.languages import LANGUAGES, pick
from komek.platform.models import StoredFile
from komek.registers.calendar import queries as calendar
from komek.registers.catalog import queries as catalog
from komek.registers.places import queries as places
from komek.registers.places.rules import Place
from komek.registers.staff import queries as staff
from komek.registers.staff.rules import Role
from komek.rooms.feedback import queries as feedback
from komek.rooms.knowledge import queries as knowledge
from komek.rooms.knowledge.rules import Answer
from komek.rooms.routing import queries as routing
from komek.rooms.routing import rules
from komek.rooms.routing.queries import Subject
from komek.rooms.routing.rules import Decision, Situation

# Some houses are told of far more often than others.
SKEW = 1.5


@dataclass(frozen=True)
class House:
    """An address with what matters of it: where it is and who serves it."""

    id: int
    street_id: int
    number: str
    district_code: str
    lat: float | None
    lon: float | None
    duties: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Fate:
    """What the rules make of a card: what it gets, and what is written down as the reason."""

    shape: Shape
    services: tuple[str, ...]
    # The service of the centre's own that the rule names, if it names one.
    own: str
    whys: tuple[Any, ...]
    rule_id: int | None
    priority: str
    norm: str


class NoWay(Exception):
    """The rules of the city make of a card what no life of the fill has."""


class City:
    """Read once, before the work is shared out."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self.zone = ZoneInfo(settings.TIME_ZONE)
        self.topics: dict[str, Any] = {topic.code: topic for topic in catalog.topics()}
        self.services = staff.services()
        self.calendar = calendar.working_calendar()
        self.book = routing.rule_book()
        self.working, self.own = routing.working_services()
        self.agents = list(staff.agents())
        self.operators = [agent for agent in self.agents if agent.role == Role.OPERATOR]
        self.controllers = [agent for agent in self.agents if agent.role == Role.CONTROLLER]
        self.dispatchers: dict[str, list[Any]] = defaultdict(list)
        for agent in self.agents:
            if agent.role == Role.DISPATCHER and agent.service:
                self.dispatchers[agent.service.code].append(agent)
        self.akimats = {one.code: staff.akimat(one.code) or "" for one in places.districts()}
        self.streets: dict[int, Mapping[str, Any]] = {row["id"]: row for row in tables.values("places.Street")}
        self.houses = self._houses()
        self.texts = feedback.texts()
        self.files: dict[tuple[str, str], list[int]] = defaultdict(list)
        self._names: dict[tuple[str, str], str] = {}
        self._streets: dict[tuple[int, str], str] = {}
        self._fates: dict[tuple[object, ...], Fate] = {}
        self._articles: dict[tuple[str, str], Answer | None] = {}

    def find_files(self, purpose: str) -> None:
        """Learn which photos there are to show; their names say of what."""
        for file_id, name in (
            StoredFile.objects.filter(purpose=purpose).order_by("id").values_list("id", "original_name")
        ):
            group, shows = name.split("-")[:2]
            self.files[group, shows].append(file_id)
            self.files["", shows].append(file_id)

    def photos(self, group: str, chance: Chance) -> dict[str, int]:
        """A photo before and one after."""
        return {shows: chance.one(self.files.get((group, shows)) or self.files["", shows]) for shows in (BEFORE, AFTER)}

    def house(self, chance: Chance) -> House | None:
        """A house of the city."""
        return self.houses[int(len(self.houses) * chance.random() ** SKEW)] if self.houses else None

    def address(self, house: House, language: str) -> str:
        """The address as somebody says it."""
        return f"{self._street(house.street_id, language)}, {house.number}"

    def place(self, house: House | None, language: str) -> Place:
        """Where it is, as the register understood it."""
        if house is None:
            return Place(text="")
        return Place(
            text=self.address(house, language),
            street_id=house.street_id,
            house_id=house.id,
            house_number=house.number,
            district_code=house.district_code,
            lat=house.lat,
            lon=house.lon,
        )

    def is_working(self, at: datetime) -> bool:
        return routing.is_working(self.calendar, at)

    def fate(self, topic: Any, house: House | None, *, working: bool) -> Fate:
        """What the rules in force make of a card about this topic and this house."""
        district = house.district_code if house else ""
        duties = house.duties if house else ()
        key = (topic.code, district, duties, working)
        if key not in self._fates:
            situation = Situation(
                topic_code=topic.code,
                group_code=topic.group_code,
                district_code=district,
                duties=dict(duties),
                akimat=self.akimats.get(district, ""),
                working=working,
            )
            lines = self.book.lines if self.book else ()
            decision = rules.decide(lines, situation, working=self.working, own=self.own)
            self._fates[key] = self._fate(topic, house, decision)
        return self._fates[key]

    def other_service(self, topic: Any, fate: Fate, house: House | None, chance: Chance) -> str:
        """Who else may have it: the service of its topic, else one of the same group, else an akimat."""
        had = {*fate.services, *self.own}
        group = [one.service_code for one in self._of_group.get(topic.group_code, ())]
        akimats = [self.akimats.get(house.district_code, "") if house else "", *self.akimats.values()]
        found = [code for code in (topic.service_code, *group, *akimats) if code in self.working - had]
        return chance.one(found[:4]) if found else next(iter(sorted(self.working - had)), "")

    def dispatcher(self, service_code: str, chance: Chance) -> Any:
        """Somebody who works for a service, or for the body above it, else for the second line."""
        service = self.services.get(service_code)
        people = self.dispatchers.get(service_code) or (self.dispatchers.get(service.parent_code) if service else None)
        return chance.one(people or self.controllers)

    def operator(self, language: str, chance: Chance) -> Any:
        """Somebody of the first line who speaks the language."""
        return chance.one(self._speaking.get(language) or self.operators)

    def read_up(self) -> None:
        """Look up every answer before the work is shared out."""
        for code in self.topics:
            for language in LANGUAGES:
                self.article(code, language)

    def article(self, topic_code: str, language: str) -> Answer | None:
        """What the knowledge says of a topic."""
        key = (topic_code, language)
        if key not in self._articles:
            self._articles[key] = next(iter(knowledge.for_topic(topic_code, language, self.at)), None)
        return self._articles[key]

    @cached_property
    def _speaking(self) -> dict[str, list[Any]]:
        speaking: dict[str, list[Any]] = defaultdict(list)
        for agent in self.operators:
            for language in agent.languages:
                speaking[language].append(agent)
        return speaking

    @cached_property
    def _of_group(self) -> dict[str, list[Any]]:
        of_group: dict[str, list[Any]] = defaultdict(list)
        for topic in self.topics.values():
            of_group[topic.group_code].append(topic)
        return of_group

    def _houses(self) -> list[House]:
        duties: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for row in tables.values("places.HouseService"):
            duties[row["house_id"]].append((row["duty"], row["service_code"]))
        houses = [
            House(
                id=row["id"],
                street_id=row["street_id"],
                number=row["number"],
                district_code=row["district_code"],
                lat=row["lat"],
                lon=row["lon"],
                duties=tuple(sorted(duties[row["id"]])),
            )
            for row in tables.values("places.House")
            if row["district_code"]
        ]
        of_all(len(houses), "houses").shuffle(houses)
        return houses

    def _fate(self, topic: Any, house: House | None, decision: Decision) -> Fate:
        if any(one.cause is not rules.Cause.SECOND_LINE for one in decision.trouble) or len(decision.trouble) > 1:
            message = f"A card about {topic.code} in {house} goes to the second line because of {decision.trouble}."
            raise NoWay(message)
        line = decision.line
        assert line is not None
        assert self.book is not None
        about = Subject(topic, topic.code, "", None)
        priority, norm = routing.promised(about, line)
        return Fate(
            shape=Shape(len(decision.targets), trouble=bool(decision.trouble)),
            services=decision.services,
            own=decision.trouble[0].asked if decision.trouble else "",
            whys=tuple(_why(decision, target, self.book.version) for target in decision.targets),
            rule_id=line.id,
            priority=priority,
            norm=norm,
        )

    def shapes(self) -> set[tuple[Shape, bool]]:
        """What the rules make of the topics at all, each with whether somebody has to go there."""
        found = set()
        samples: Sequence[House | None] = [*self.houses[:200], None]
        for topic in self.topics.values():
            for house in samples:
                for working in (True, False):
                    try:
                        found.add((self.fate(topic, house, working=working).shape, bool(topic.on_site)))
                    except NoWay:
                        continue
        return found

    def text(self, moment: str, language: str) -> str:
        """The text of a moment, in this language or in the first that has one."""
        said = self.texts.get(moment, {})
        return pick({f"text_{code}": text for code, text in said.items()}, "text", language)

    def name_of(self, service_code: str, language: str) -> str:
        """The name of a service in a language."""
        key = (service_code, language)
        if key not in self._names:
            self._names[key] = self.services[service_code].name(language)
        return self._names[key]

    def _street(self, street_id: int, language: str) -> str:
        key = (street_id, language)
        if key not in self._streets:
            street = self.streets[street_id]
            self._streets[key] = pick(street, "name", language) or street["name"]
        return self._streets[key]


def _why(decision: Decision, target: rules.Target, version: int) -> dict[str, Any]:
    """The reason of an assignment by a rule, as routing writes it; a test holds the two against each other."""
    assert decision.line is not None
    because = [*(why.as_data() for why in decision.why), target.why.as_data()]
    params = {"version": version, "line": decision.line.position, "note": decision.line.note, "because": because}
    return rules.Why("rule", params).as_data()
