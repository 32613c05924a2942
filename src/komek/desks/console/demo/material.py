"""What the city pack gives a demonstration: words of residents, of services and of the centre, streets and hours."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from komek import letters
from komek.desks.console.pack import Pack
from komek.desks.console.pack.contents import Bulletin
from komek.rooms.cards.rules import Kind

# As many letters of two words are enough to see that they speak of one thing, whatever their endings.
STEM = 5
ANY_GROUP = "*"
HOURS_A_WEEK = 168


@dataclass(frozen=True)
class Said:
    """What somebody says, and what an operator would make of it."""

    text: str
    written: str
    topic: str
    kind: Kind
    place: str
    urgency: str


@dataclass(frozen=True)
class Person:
    """A resident who gives their name."""

    name: str
    language: str
    phone: str


@dataclass(frozen=True)
class Resolution:
    """A sentence of a service or of the centre about one card."""

    group: str
    language: str
    outcome: str
    text: str
    stems: frozenset[str]


@dataclass(frozen=True)
class Reply:
    """What a resident answers to the question whether it is done."""

    confirms: bool
    score: int
    language: str
    text: str


@dataclass(frozen=True)
class Road:
    """A street by its names, as likely as it is long."""

    name: str
    names: dict[str, str]
    points: int


class Material:
    """Everything that is said in the demonstration; nothing of it is written in the program."""

    def __init__(self, pack: Pack) -> None:
        demo = pack.demo
        self.said: dict[Kind, list[Said]] = defaultdict(list)
        for row in demo.contacts:
            one = Said(row["text"], row["lang"], row["topic"], Kind(row["kind"]), row["place_hint"], row["urgency"])
            self.said[one.kind].append(one)
        self.people: dict[str, list[Person]] = defaultdict(list)
        for row in demo.residents:
            self.people[row["language"]].append(Person(row["name"], row["language"], row["phone"]))
        self.hours = {(int(row["weekday"]), int(row["hour"])): float(row["weight"]) for row in demo.profile}
        self.busiest = max(self.hours.values(), default=1.0)
        self.replies = [
            Reply(row["answer"] == "confirm", int(row["score"]), row["lang"], row["text"]) for row in demo.replies
        ]
        self.resolutions = [
            Resolution(row["group"], row["lang"], row["outcome"], row["text"], stems(row["text"]))
            for row in demo.resolutions
        ]
        self.roads = [
            Road(row["name"], {tongue: row[f"name_{tongue}"] for tongue in ("kk", "ru", "en")}, int(row["points"] or 1))
            for row in pack.streets
        ]
        self._lengths = [road.points for road in self.roads]
        self.bulletins: Sequence[Bulletin] = pack.bulletins

    def weight(self, weekday: int, hour: int) -> float:
        """How much of a week reaches out in this hour."""
        return self.hours.get((weekday, hour), 1 / HOURS_A_WEEK)

    def day_share(self, weekday: int) -> float:
        """How busy a weekday is beside the average one."""
        total = sum(self.hours.values()) or 1.0
        return 7 * sum(self.weight(weekday, hour) for hour in range(24)) / total if self.hours else 1.0

    def road(self, chance: Random) -> Road | None:
        """A street, long ones likelier."""
        return chance.choices(self.roads, self._lengths)[0] if self.roads else None

    def sentence(self, outcome: str, *, chance: Random, language: str, group: str = "", about: str = "") -> str:
        """What somebody says of a card with this outcome: of its own group and speaking of the same, else of any."""
        of_group = [one for one in self._of(outcome, language) if one.group == group]
        wanted = stems(about)
        fitting = [one for one in of_group if one.stems & wanted] if about else of_group
        most = max((len(one.stems & wanted) for one in fitting), default=0)
        fitting = [one for one in fitting if len(one.stems & wanted) == most]
        general = [one for one in self._of(outcome, language) if one.group == ANY_GROUP]
        found = fitting or general or of_group
        return chance.choice(found).text if found else outcome

    def reply(self, *, confirms: bool, chance: Random, language: str) -> Reply:
        """What this resident answers, in their language where somebody wrote one."""
        fitting = [one for one in self.replies if one.confirms == confirms]
        return chance.choice([one for one in fitting if one.language == language] or fitting)

    def _of(self, outcome: str, language: str) -> list[Resolution]:
        said = [one for one in self.resolutions if one.outcome == outcome or one.outcome.startswith(f"{outcome}_")]
        return [one for one in said if one.language == language] or said


def stems(text: str) -> frozenset[str]:
    """The beginnings of the longer words, read as Cyrillic."""
    return frozenset(word[:STEM] for word in letters.from_latin(text).split() if len(word) >= STEM)
