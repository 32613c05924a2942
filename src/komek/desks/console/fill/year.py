"""The year as a whole: who reaches out when and about what, and who comes back with the same.

All of it is drawn before the work is shared out, in columns of plain numbers: whether somebody comes back within a
week can only be seen by looking at everybody.
"""

from array import array
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from komek.desks.console.demo.material import HOURS_A_WEEK
from komek.desks.console.fill.chance import Chance, number_of, of_all
from komek.desks.console.fill.words import table
from komek.desks.console.pack import Pack
from komek.rooms.analytics.rules import CAME_BACK_WITHIN
from komek.rooms.cards.rules import WORK, Kind

DAYS = 365
# So long before the end nobody new calls: whoever reached out has got their number.
LAST_CALLS = timedelta(minutes=25)
# From the arrival to the card: waiting and talking take less.
CARD_WRITTEN_WITHIN = timedelta(minutes=30)
# Four contacts in five are settled in the contact itself.
SETTLED_AT_ONCE = 0.8
CARDS_A_RESIDENT = 3.0
# The exponent that makes a few residents speak for hundreds.
HEAVY_TAIL = 1.5
COMES_BACK, COMES_BACK_DAYS = 0.06, (0.2, 6.5)
# Of those who share a number, so many do not say who they are.
SAYS_NOTHING = 0.5
MICROSECOND = timedelta(microseconds=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 3_600_000_000
IN_SEASON, OFF_SEASON = 3.0, 0.25
MONTHS = {
    "winter": {12, 1, 2},
    "spring": {3, 4, 5},
    "summer": {6, 7, 8},
    "autumn": {9, 10, 11},
    "heating": {10, 11, 12, 1, 2, 3, 4},
}
# How likely the first line is to settle a topic, by what the catalog says of it; and how much is spoken of it.
SETTLES = {"yes": 0.9, "partly": 0.7, "no": 0.12}
SPOKEN_OF = {"yes": 6.0, "partly": 3.0, "no": 1.0}
ZIPF = 0.8
APPEALED, LONG_NORM = 0.3, "15wd"
AT_ONCE, HANDED_OVER = "now", "handover"
NOBODY = -1
SHARING = 5
MONTHS_OF_A_YEAR = range(1, 13)


@dataclass(frozen=True)
class Matter:
    """A topic with what becomes of it, and how much is spoken of it out of season and in."""

    topic: Any
    kind: Kind
    weight: float


class Year:
    """Columns of a year, one entry a card, in the order of arrival."""

    def __init__(
        self, pack: Pack, topics: Iterable[Any], *, cards: int, until: datetime, seed: str, zone: ZoneInfo
    ) -> None:
        self.cards = cards
        self.until = until
        self.seed = seed
        self.seed_number = number_of(seed)
        self.zone = zone
        self.matters = matters(pack, topics)
        self.residents = max(1, round(cards / CARDS_A_RESIDENT))
        # When, in microseconds since 1970; about what; who, or nobody known; and who comes back with the same.
        self.at = array("q")
        self.matter = array("H")
        self.resident = array("i")
        self.is_known = bytearray()
        self.comes_back = array("i")
        self.came_before = bytearray(cards)
        # Of each resident the card by which they first became known.
        self.first_seen: dict[int, int] = {}
        self._draw(pack)

    def arrived_at(self, card: int) -> datetime:
        """When somebody reached out."""
        return EPOCH + self.at[card] * MICROSECOND

    def _draw(self, pack: Pack) -> None:
        chance = of_all(self.seed_number, "year")
        weights = {
            month: list(accumulate(one.weight * _season(one.topic.season, month) for one in self.matters))
            for month in MONTHS_OF_A_YEAR
        }
        places = range(len(self.matters))
        hours = list(self._hours())
        for (begins, month), number in zip(hours, self._shared_out(pack, hours, chance), strict=True):
            # Never on a whole second, so that all times are written alike.
            moments = sorted(int(HOUR * chance.random()) for _ in range(number))
            self.at.extend((begins + moment) | 1 for moment in moments)
            self.matter.extend(chance.choices(places, cum_weights=weights[month], k=number))
        self.resident.extend(int(self.residents * chance.random() ** HEAVY_TAIL) for _ in range(self.cards))
        self._let_some_come_back(chance)
        self._part_those_too_near(chance)
        self._say_who_they_are(chance)
        self._see_who_came_back()

    def _hours(self) -> Iterable[tuple[int, int]]:
        """Every hour of the year: when it begins, and its month in the city."""
        begins = self.until - LAST_CALLS - timedelta(days=DAYS)
        for hour in range(DAYS * 24):
            at = begins + timedelta(hours=hour)
            yield (at - EPOCH) // MICROSECOND, at.astimezone(self.zone).month

    def _shared_out(self, pack: Pack, hours: Sequence[tuple[int, int]], chance: Chance) -> list[int]:
        """How many reach out in each hour: by the hour of the week, on days that are quieter or busier than others."""
        profile = {(int(row["weekday"]), int(row["hour"])): float(row["weight"]) for row in pack.demo.profile}
        busy: dict[date, float] = defaultdict(lambda: chance.lognormvariate(0, 0.15))
        weights = []
        for begins, _ in hours:
            local = (EPOCH + begins * MICROSECOND).astimezone(self.zone)
            weight = profile.get((local.weekday(), local.hour), 1 / HOURS_A_WEEK)
            weights.append(weight * busy[local.date()])
        drawn = Counter(chance.choices(range(len(hours)), weights, k=self.cards))
        return [drawn[hour] for hour in range(len(hours))]

    def _let_some_come_back(self, chance: Chance) -> None:
        """Some speak again of the same within a week."""
        least, most = (int(days * 24 * HOUR) for days in COMES_BACK_DAYS)
        for card in range(self.cards):
            if chance.random() < COMES_BACK:
                later = bisect_left(self.at, self.at[card] + chance.randrange(least, most))
                if later < self.cards:
                    self.resident[later], self.matter[later] = self.resident[card], self.matter[card]

    def _part_those_too_near(self, chance: Chance) -> None:
        """Nobody speaks twice of the same before the first card can have been written down."""
        least = CARD_WRITTEN_WITHIN // MICROSECOND
        last: dict[tuple[int, str], int] = {}
        for card in range(self.cards):
            code = self.matters[self.matter[card]].topic.code
            while self.at[card] - last.get((self.resident[card], code), -least) < least:
                self.resident[card] = chance.randrange(self.residents)
            last[self.resident[card], code] = self.at[card]

    def _say_who_they_are(self, chance: Chance) -> None:
        """Of people on one number only those are known who say who they are; whoever is alone on theirs is known."""
        for card in range(self.cards):
            self.first_seen.setdefault(self.resident[card], card)
        for card in range(self.cards):
            asks = self.matters[self.matter[card]].kind is Kind.QUESTION
            says_nothing = asks and chance.random() < SAYS_NOTHING
            self.is_known.append(not (says_nothing and len(self.on_number(self.resident[card])) > 1))

    def on_number(self, resident: int) -> list[int]:
        """Who of the year calls from the number of this resident."""
        if not shares_number(resident):
            return [resident]
        owner = owner_of_number(resident)
        return [one for one in range(owner, owner + SHARING) if shares_number(one) and one in self.first_seen]

    def _see_who_came_back(self) -> None:
        """Of each card the next one of the same person about the same topic, if it came within the week that counts."""
        # What was said at the end of a week may have been written down within it.
        week = (CAME_BACK_WITHIN + CARD_WRITTEN_WITHIN) // MICROSECOND
        self.comes_back.extend(NOBODY for _ in range(self.cards))
        codes = {code: place for place, code in enumerate(sorted({one.topic.code for one in self.matters}))}
        topic = [codes[one.topic.code] for one in self.matters]
        last: dict[int, int] = {}
        recent: deque[tuple[int, int, int]] = deque()
        for card in range(self.cards):
            if not self.is_known[card]:
                continue
            while recent and recent[0][0] < self.at[card] - week:
                _, key, earlier = recent.popleft()
                if last.get(key) == earlier:
                    del last[key]
            key = self.resident[card] * len(codes) + topic[self.matter[card]]
            if key in last:
                self.comes_back[last[key]] = card
                self.came_before[card] = True
            last[key] = card
            recent.append((self.at[card], key, card))


def shares_number(resident: int) -> bool:
    """Whether somebody shares a telephone: two people in five do."""
    return resident % SHARING < 2  # noqa: PLR2004 - the first two of every five


def owner_of_number(resident: int) -> int:
    """Whose the number is that somebody calls from."""
    return resident - resident % SHARING if shares_number(resident) else resident


def matters(pack: Pack, topics: Iterable[Any]) -> list[Matter]:
    """Every topic with every kind of card it may become, so that four in five are settled at once."""
    not_ours = {row["topic"] for row in pack.demo.contacts if row["kind"] == Kind.NOT_OURS}
    listed = list(topics)
    of_group = groups(pack, {topic.group_code for topic in listed})
    spoken = [(topic, _spoken_of(topic, place)) for place, topic in _in_groups(listed)]
    together: dict[str, float] = defaultdict(float)
    for topic, weight in spoken:
        together[topic.group_code] += weight
    found = [
        Matter(topic, kind, share * weight / together[topic.group_code] * of_group[topic.group_code])
        for topic, weight in spoken
        for kind, share in _kinds(topic, not_ours).items()
    ]
    at_once = sum(one.weight for one in found if one.kind not in WORK)
    later = sum(one.weight for one in found if one.kind in WORK)
    scale = SETTLED_AT_ONCE / (1 - SETTLED_AT_ONCE) * later / at_once if at_once and later else 1.0
    return [one if one.kind in WORK else replace(one, weight=one.weight * scale) for one in found]


def groups(pack: Pack, known: Collection[str]) -> dict[str, float]:
    """How many reach out about each group in a year; what nobody has counted is as much as the average."""
    counted = {row["group"]: float(row["contacts"]) for row in table(pack, "year.csv", {"group", "contacts"})}
    average = sum(counted.values()) / len(counted) if counted else 1.0
    return {group: counted.get(group, average) for group in known}


def _in_groups(topics: Iterable[Any]) -> Iterator[tuple[int, Any]]:
    """The topics with their place in their group."""
    places: Counter[str] = Counter()
    for topic in topics:
        places[topic.group_code] += 1
        yield places[topic.group_code], topic


def _spoken_of(topic: Any, place: int) -> float:
    """What stands first in its group is spoken of most."""
    return float(SPOKEN_OF[topic.first_line] / place**ZIPF)


def _kinds(topic: Any, not_ours: Collection[str]) -> dict[Kind, float]:
    """What cards about a topic become, and in which proportion."""
    if topic.code in not_ours:
        return {Kind.NOT_OURS: 1.0}
    if topic.norm == HANDED_OVER:
        return {Kind.EMERGENCY: 1.0}
    if topic.norm == AT_ONCE:
        return {Kind.QUESTION: 1.0}
    settled = SETTLES[topic.first_line]
    appealed = APPEALED if topic.norm == LONG_NORM else 0.0
    return {
        Kind.QUESTION: settled,
        Kind.REQUEST: (1 - settled) * (1 - appealed),
        Kind.APPEAL: (1 - settled) * appealed,
    }


def _season(season: str, month: int) -> float:
    months = set[int]().union(*(MONTHS.get(part, set()) for part in season.split("-")))
    if not months:
        return 1.0
    return IN_SEASON if month in months else OFF_SEASON
