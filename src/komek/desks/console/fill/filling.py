"""Fills a register: the year is drawn, moulds are made, cards are cast and copied part by part, then all is put in order.

A fill that was interrupted goes on where it was. Until it has ended its journal stands in the database and the tables
are bare, so nobody takes half a year for a whole one.
"""

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import itemgetter
from typing import Any, Protocol

from django.db import transaction

from komek.desks.console.demo.dice import Dice
from komek.desks.console.demo.people import hire
from komek.desks.console.demo.pictures import PURPOSE, Pictures
from komek.desks.console.fill import bare, journal, tables, workers
from komek.desks.console.fill.beginning import ACTOR, Refused
from komek.desks.console.fill.casting import Caster
from komek.desks.console.fill.city import City
from komek.desks.console.fill.drawing import Drawing
from komek.desks.console.fill.journal import GARMENT, PART, Plan
from komek.desks.console.fill.lives import Life, abandoned, all_lives, usual
from komek.desks.console.fill.moulds import Moulds, moulds_of
from komek.desks.console.fill.people import People
from komek.desks.console.fill.tables import Marked
from komek.desks.console.fill.words import Words
from komek.desks.console.fill.workers import Cost
from komek.desks.console.fill.world import world
from komek.desks.console.fill.year import Year
from komek.desks.console.pack import Pack
from komek.platform import audit
from komek.platform.models import AuditEntry
from komek.registers.staff import actions as staff
from komek.rooms.analytics import rules as analytics

PARTNER = "Smart Astana"
# The log of facts is kept so long: who was away for a weekend still finds what they missed.
LOGGED = timedelta(days=3)
LATER = timedelta(minutes=7, microseconds=123_457)
MEMORY = "512MB"
RESIDENT, HANDLE, TALLY = "residents.Resident", "residents.Handle", "analytics.Tally"
NUMBERS = "card_numbers"


class Bar(Protocol):
    """Something that shows how far we are."""

    def update(self, n: int, /) -> Any:
        """So much more is done."""


Bars = Callable[[str, int | None, str], Any]


@dataclass
class Phase:
    """A part of the work: how long it took, and the processors' time in it."""

    name: str
    seconds: float = 0.0
    cost: Cost = field(default_factory=Cost)


@dataclass
class Summary:
    """What a fill has done and what it cost."""

    rows: Counter[str] = field(default_factory=Counter)
    phases: list[Phase] = field(default_factory=list)
    bytes: int = 0

    @property
    def cost(self) -> Cost:
        """Everything together."""
        return sum((phase.cost for phase in self.phases), Cost())


class Filling:
    """One fill of one register, from its beginning or from where it was interrupted."""

    def __init__(self, pack: Pack, plan: Plan, *, password: str, processes: int, bars: Bars) -> None:
        self.pack = pack
        self.plan = plan
        self.processes = processes
        self.bars = bars
        self.summary = Summary()
        self.password = password
        self.tables = tables.of_the_register()

    def run(self) -> Summary:
        """Draw, cast, copy, put in order."""
        self.prepare()
        self._begin()
        with self._phase("cards") as phase:
            self._copy(phase)
        with self._phase("indexes") as phase:
            self._dress(phase, (bare.INDEX, bare.UNIQUE))
        with self._phase("references") as phase:
            self._dress(phase, (bare.REFERENCE,))
        with self._phase("counting"):
            self._open()
        with self._phase("tidying") as phase:
            self._look_after(phase)
        self.summary.bytes = tables.size()
        return self.summary

    def prepare(self) -> None:
        """Draw the year and make the moulds: nothing of the register is touched yet."""
        with self._phase("drawing"):
            partner_id = self._people_the_city()
            self._draw_the_year()
        with self._phase("moulds"):
            lives = self._lives()
            moulds = self._moulds(lives)
        words = Words(self.pack, self.city.topics.values())
        drawing = Drawing(self.city, self.year, self.people, words, lives, partner_id=partner_id)
        since = self.plan.until - LOGGED
        self.caster = Caster(self.city, self.year, drawing, moulds, abandoned=abandoned(), log_since=since)
        # What is filled can be erased.
        assert set(self.tables) >= self.caster.most.keys()

    @contextmanager
    def _phase(self, name: str) -> Iterator[Phase]:
        phase = Phase(name)
        began, before = time.monotonic(), workers.spent()
        yield phase
        phase.seconds = time.monotonic() - began
        phase.cost += workers.since(before)
        self.summary.phases.append(phase)

    def _draw_the_year(self) -> None:
        plan = self.plan
        self.city = City(at=plan.until)
        self.city.find_files(PURPOSE)
        self.city.read_up()
        topics = self.city.topics.values()
        with self.bars("drawing", plan.cards, "card") as bar:
            self.year = Year(self.pack, topics, cards=plan.cards, until=plan.until, seed=plan.seed, zone=self.city.zone)
            self.people = People(self.pack, self.city, self.year)
            bar.update(plan.cards)

    def _people_the_city(self) -> int:
        """Everybody who works here, the photos they show, and the other system that sends cards."""
        with audit.acting(ACTOR), self.bars("people", len(self.pack.demo.people), "person") as bar:
            hire(self.pack.demo.people, password=self.password, tell=bar.update)
        with audit.acting(ACTOR), self.bars("photos", Pictures.number(), "photo") as bar:
            Pictures(Dice(self.pack.city.code)).fill(at=self.plan.until, tell=bar.update)
        with audit.acting(ACTOR):
            return int(staff.register_partner(name=PARTNER, at=self.plan.until).pk)

    def _lives(self) -> list[Life]:
        """The lives that a year of this size and the rules of this city have."""
        kinds = Counter(self.year.matters[place].kind for place in self.year.matter)
        shapes = self.city.shapes()
        possible = [life for life in all_lives() if not life.is_routed or (life.shape, life.on_site) in shapes]
        return list(usual(possible, cards=kinds))

    def _moulds(self, lives: Iterable[Life]) -> dict[str, Moulds]:
        """Play every life once; those that need the same rules one after another."""
        wanted = sorted([*lives, abandoned()], key=lambda life: (life.shape.services, life.shape.trouble, life.on_site))
        morning = self._morning()
        made = {}
        with self.bars("moulds", len(wanted), "life") as bar, world(at=morning) as made_up:
            marked = Marked()
            for life in wanted:
                made[life.name] = moulds_of(made_up, life, marked, since=morning + LATER, zone=self.city.zone)
                bar.update(1)
        return made

    def _morning(self) -> datetime:
        """The morning of some day of work: time goes by on it, whatever the clock counts."""
        at = self.plan.until.astimezone(self.city.zone).replace(hour=0, minute=0, second=0, microsecond=0)
        while not (spans := list(self.city.calendar.spans_on(at.date()))):
            at -= timedelta(days=1)
        return spans[0][0].astimezone(UTC) + LATER

    def _begin(self) -> None:
        """Lay the tables bare and open the journal; or see that the open one is of the same fill."""
        most = {label: list(some) for label, some in self.caster.most.items()}
        if journal.exists():
            if journal.plan().most != most:
                message = (
                    "Komek or its city has changed since this fill was interrupted: what is there already does not fit "
                    "what would come. Start over with `komek fill --erase`."
                )
                raise Refused(message)
            return
        with transaction.atomic():
            garments = bare.undress(self.tables)
            self.plan = Plan(self.plan.cards, self.plan.seed, self.plan.until, self.plan.cards_a_part, most)
            journal.begin(self.plan, garments)
            # Whoever registers a card before this has ended takes nobody's number.
            tables.count_on(NUMBERS, self.plan.cards)

    def _copy(self, phase: Phase) -> None:
        parts = self.plan.parts
        missing = journal.missing_parts()
        with self.bars("cards", self.plan.cards, "card") as bar:
            bar.update(self.plan.cards - sum(len(parts[place]) for place in missing))
            for done in workers.shared(missing, self._copy_part, processes=self.processes):
                cards, rows = done.result
                self.summary.rows.update(rows)
                phase.cost += done.cost
                bar.update(cards)

    def _copy_part(self, place: int) -> tuple[int, Counter[str]]:
        """Cast the cards of one part and copy them, whole or not at all."""
        cards = self.plan.parts[place]
        cast = self.caster.cast(cards)
        rows: Counter[str] = Counter()
        with transaction.atomic():
            if not journal.take(PART, place):
                return len(cards), rows
            tables.hurry()
            people = list(self.people.rows(cards))
            rows[RESIDENT] = tables.copy_rows(RESIDENT, (person for person, _ in people))
            rows[HANDLE] = tables.copy_rows(HANDLE, (handle for _, handle in people))
            for label, lines in cast.lines.items():
                # In the order in which life would have written them.
                lines.sort(key=itemgetter(0))
                rows[label] = tables.copy(label, (line for _, line in lines))
            tables.copy_into(journal.LOG, tables.names(tables.LOG, but_key=True), cast.logged)
            tables.copy_into(journal.TALLIES, ("day", "measure", "dimension", "value", "count"), _told(cast.tallies))
        return len(cards), rows

    def _dress(self, phase: Phase, orders: Collection[int]) -> None:
        """Put on again what was taken off; what points to a row is checked by the indexes, so those come first."""
        missing = {place: garment for place, garment in journal.missing_garments() if garment.order in orders}
        with self.bars(phase.name, len(missing), "statement") as bar:
            for done in workers.shared(list(missing), _dress_in(missing), processes=self.processes):
                phase.cost += done.cost
                bar.update(1)

    def _open(self) -> None:
        """Put together what every part has told, and hand the register over."""
        with self.bars("counting", None, "row") as bar, transaction.atomic():
            tables.hurry()
            bar.update(tables.gather_tallies(TALLY, journal.TALLIES))
            bar.update(tables.gather_log(journal.LOG))
            tables.count_on(NUMBERS, self.plan.cards)
            tables.count_on_from_rows(self.tables)
            bare.audit_again(self.tables)
            journal.end()
            AuditEntry.objects.create(
                actor=ACTOR,
                verb="fill",
                subject=tables.name_of("cards.Card"),
                detail={"cards": self.plan.cards, "seed": self.plan.seed, "until": self.plan.until.isoformat()},
            )

    def _look_after(self, phase: Phase) -> None:
        """So much was written that the planner still believes the tables to be empty."""
        labels = [*self.tables, tables.LOG]
        with self.bars("tidying", len(labels), "table") as bar:
            for done in workers.shared(labels, tables.tidy, processes=self.processes):
                phase.cost += done.cost
                bar.update(1)


def _dress_in(garments: dict[int, bare.Garment]) -> Callable[[int], None]:
    def dress(place: int) -> None:
        with transaction.atomic():
            if journal.take(GARMENT, place):
                tables.hurry(memory=MEMORY)
                bare.dress(garments[place])

    return dress


def _told(tallies: analytics.Tallies) -> Iterator[str]:
    return (f"{day}\t{measure}\t{dimension}\t{value}\t{count}\n" for (day, measure, dimension, value), count in
            tallies.items() if count)  # fmt: skip
