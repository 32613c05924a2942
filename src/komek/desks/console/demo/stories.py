"""Who reaches out when, about what and by which way: a story is drawn from its key alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from komek.desks.console.demo.dice import Dice
from komek.desks.console.demo.material import Material, Person, Said
from komek.rooms.cards.rules import Kind

PAST, PRESENT = "demo", "live"
KINDS = {Kind.QUESTION: 56, Kind.REQUEST: 35, Kind.APPEAL: 3, Kind.EMERGENCY: 2, Kind.NOT_OURS: 4}
WAYS = {"desk": 72, "webform": 17, "api": 11}
LANGUAGES = ("kk", "ru", "en")
NEAR = 0.35
# Numbers that nobody has: those who ask without giving a name.
NAMELESS = range(400, 3_000)


@dataclass(frozen=True)
class Story:
    """One resident who reaches out once."""

    key: str
    said: Said
    language: str
    channel: str
    phone: str
    name: str
    knows_topic: bool
    sends_photo: bool


class Stories:
    """Draws the stories of a city."""

    def __init__(self, material: Material, dice: Dice, zone: ZoneInfo) -> None:
        self.material = material
        self.dice = dice
        self.zone = zone
        # In the present a visitor may sit at one service: of its topics more is spoken.
        self.near: frozenset[str] = frozenset()

    def of_day(self, day: date, *, contacts: float) -> Iterator[tuple[datetime, str]]:
        """When the residents of one day reach out, in order, each with the key of their story."""
        chance = self.dice.of("day", day)
        expected = contacts * self.material.day_share(day.weekday())
        number = int(expected) + (chance.random() < expected % 1)
        weights = [self.material.weight(day.weekday(), hour) for hour in range(24)]
        hours = chance.choices(range(24), weights, k=number)
        midnight = datetime.combine(day, time(), tzinfo=self.zone)
        moments = sorted(midnight + timedelta(hours=hour, seconds=chance.uniform(0, 3600)) for hour in hours)
        for place, moment in enumerate(moments):
            yield moment.astimezone(UTC), f"{PAST}:{day}:{place}"

    def between(self, since: datetime, until: datetime, *, contacts: float) -> Iterator[tuple[datetime, str]]:
        """The same for a stretch of time, its beginning left out."""
        day, last = since.astimezone(self.zone).date(), until.astimezone(self.zone).date()
        while day <= last:
            for at, key in self.of_day(day, contacts=contacts):
                if since < at <= until:
                    yield at, key
            day += timedelta(days=1)

    def story(self, key: str) -> Story:
        """The story of this key."""
        chance = self.dice.of("story", key)
        kinds = [kind for kind in KINDS if self.material.said[kind]]
        kind = chance.choices(kinds, [KINDS[kind] for kind in kinds])[0]
        said = self._said(key, kind, chance)
        language = _spoken(said.written, chance)
        channel = "desk" if kind is Kind.EMERGENCY else chance.choices(list(WAYS), list(WAYS.values()))[0]
        person = self._person(kind, language, chance)
        return Story(
            key=key,
            said=said,
            language=language,
            channel=channel,
            phone=person.phone,
            name=person.name,
            knows_topic=kind is Kind.REQUEST and channel != "desk" and chance.random() < 0.5,  # noqa: PLR2004 - half
            sends_photo=kind is Kind.REQUEST and channel != "desk" and chance.random() < 0.4,  # noqa: PLR2004 - some
        )

    def _said(self, key: str, kind: Kind, chance: Random) -> Said:
        said = self.material.said[kind]
        if key.startswith(PRESENT) and kind is Kind.REQUEST and chance.random() < NEAR:
            said = [one for one in said if one.topic in self.near] or said
        return chance.choice(said)

    def _person(self, kind: Kind, language: str, chance: Random) -> Person:
        """Who asks may stay nameless; who wants something done gives a name."""
        known = self.material.people.get(language) or [one for some in self.material.people.values() for one in some]
        if not known or (kind in {Kind.QUESTION, Kind.NOT_OURS} and chance.random() < 0.45):  # noqa: PLR2004 - nearly half
            return Person("", language, f"+7 700 000 {chance.choice(NAMELESS):04d}")
        return chance.choice(known)


def is_ours(key: str | None) -> bool:
    """Whether a contact comes from a story, and not from a person at a keyboard."""
    return bool(key) and str(key).split(":", 1)[0] in {PAST, PRESENT}


def _spoken(written: str, chance: Random) -> str:
    """The language to answer in: letters do not matter, and who mixes languages has one of them."""
    language = written.split("-", maxsplit=1)[0]
    return language if language in LANGUAGES else chance.choice(["kk", "ru"])
