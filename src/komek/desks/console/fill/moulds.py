"""Moulds: what a card of one life has written at one moment of it, ready to be filled in."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from komek.desks.console.fill import tables
from komek.desks.console.fill.copying import WRITE, Line, Writing, format_of
from komek.desks.console.fill.explaining import SCORE, Explainer, NotExplained
from komek.desks.console.fill.lives import Life
from komek.desks.console.fill.marks import mark
from komek.desks.console.fill.recording import Moment, Recording, record
from komek.desks.console.fill.slots import Notice, Sentences, Slot, Text
from komek.desks.console.fill.tables import Column
from komek.desks.console.fill.world import World
from komek.rooms.analytics import rules as analytics
from komek.rooms.feedback.facts import ResultConfirmed

CARD, CLOCK = "cards.Card", "routing.Clock"
CARD_STORY, CONTACT_STORY = "analytics.CardStory", "analytics.ContactStory"
# What the story of a card says of the card and its clock is read from them; the rest it hears, or it follows.
HEARD = ("assignments", "reports", "endings", "reopenings", "returns", "surveys", "accepted_at", "done_at")
OF_THE_CARD = ("kind", "topic_code", "district_code", "channel", "language", "contact_id", "resident_id", "received_at",
               "registered_at")  # fmt: skip
OF_THE_CLOCK = ("due_at", "paused_at", "missed_at")
OF_A_CARD = ("card_id", *HEARD, *OF_THE_CARD, *OF_THE_CLOCK)

Things = Mapping[str, Any]
Fill = Callable[[Things], Any]


class Fills:
    """The parts of a story, each under its name: what is the same for every card, what is a thing, and the rest."""

    def __init__(self) -> None:
        self.same: dict[str, Any] = {}
        self.things: list[tuple[str, str]] = []
        self.rest: list[tuple[str, Fill]] = []

    def add(self, name: str, explained: Any, value: Any) -> None:
        """One more part."""
        if isinstance(explained, Slot) and not isinstance(value, str):
            self.things.append((name, explained.name))
        elif isinstance(explained, Slot | Text | dict | list):
            self.rest.append((name, filling(explained, value)))
        else:
            self.same[name] = explained

    def filled(self, things: Things) -> dict[str, Any]:
        """The parts of one card's story."""
        told = self.same.copy()
        for name, thing in self.things:
            told[name] = things[thing]
        for name, fill in self.rest:
            told[name] = fill(things)
        return told


@dataclass
class Stories:
    """What the numbers know of a card: the parts of its stories, each still to be filled."""

    card: Fills = field(default_factory=Fills)
    contact: Fills = field(default_factory=Fills)
    messages: list[Fills] = field(default_factory=list)


@dataclass
class Mould:
    """All the rows of a card that has come so far in its life."""

    life: Life
    steps: int
    has_card: bool
    lines: dict[str, list[Line]]
    logged: list[Line]
    # What the lines pick from: the slots of a card as they are written, and those of its part of the log.
    slots: list[tuple[str, Callable[[Any], str]]]
    logged_slots: list[tuple[str, Callable[[Any], str]]]
    notices: list[tuple[str, dict[str, Fill]]]
    stories: Stories
    # The rows of its stories, where they are the same for all cards of the mould.
    told: dict[str, Line]

    @cached_property
    def own(self) -> list[tuple[str, str, int]]:
        """The ids of its own rows: the slot, the table, and the place among the rows of that table."""
        names = (name.split(":") for name, _ in self.slots if name.startswith("row:"))
        return [(":".join(name), name[1], int(name[2])) for name in dict.fromkeys(map(tuple, names))]


class Moulds:
    """The moulds of a life after each of its steps, each made when it is needed first."""

    def __init__(
        self, recording: Recording, names: Mapping[int, str], zone: ZoneInfo, *, is_marked: bool = True
    ) -> None:
        self.recording = recording
        self.is_marked = is_marked
        self.names = names
        self.zone = zone
        self._made: dict[int, Mould] = {}

    def after(self, steps: int) -> Mould:
        """The mould of a card that has taken so many steps."""
        if steps not in self._made:
            moment = self.recording.moments[steps - 1]
            explainer = Explainer(self.recording, moment, self.names, self.zone, is_marked=self.is_marked)
            self._made[steps] = _Making(self.recording, moment, explainer).mould()
        return self._made[steps]

    def most(self) -> dict[str, int]:
        """How many rows of each table the life has at the end; on its way it never has more."""
        rows = self.recording.moments[-1].rows
        return {label: len(some) for label, some in rows.items() if some and label != tables.LOG}


def moulds_of(world: World, life: Life, marked: tables.Marked, *, since: datetime, zone: ZoneInfo) -> Moulds:
    """Play a life once; its last mould is made at once, so that what nobody can explain is told early."""
    recording = record(life, world.part(life), marked, since=since)
    found = Moulds(recording, dict(world.names), zone)
    found.after(len(life.steps))
    return found


class _Making:
    """One mould in the making."""

    def __init__(self, recording: Recording, moment: Moment, explainer: Explainer) -> None:
        self.recording = recording
        self.moment = moment
        self.explainer = explainer
        self.writing = Writing()
        self.logging = Writing()
        self.notices: list[tuple[str, dict[str, Fill]]] = []
        self.told: dict[str, Line] = {}

    def mould(self) -> Mould:
        """Explain every row, and tell the stories."""
        lines = {label: list(self._lines(label, rows)) for label, rows in self.moment.rows.items() if rows}
        stories = self._stories()
        return Mould(
            life=self.recording.life,
            steps=self.recording.moments.index(self.moment) + 1,
            has_card=CARD in lines,
            logged=lines.pop(tables.LOG, []),
            lines=lines,
            slots=[(name, WRITE[form]) for name, form in self.writing.needed],
            logged_slots=[(name, WRITE[form]) for name, form in self.logging.needed],
            notices=self.notices,
            stories=stories,
            told=self.told,
        )

    def _lines(self, label: str, rows: Mapping[int, dict[str, Any]]) -> Iterator[Line]:
        columns = tables.columns(label)
        for key in sorted(rows):
            row = rows[key]
            self._check_columns(label, columns, row)
            if label == tables.LOG:
                if not self._is_of_the_card(row):
                    continue
                # When it was written is when it happened.
                row |= {"recorded_at": row["at"]}
            # The log is numbered as it is put together, in the order of time.
            listed = [column for column in columns if label != tables.LOG or not column.primary_key]
            cells = [self._cell(label, column, row) for column in listed]
            writing = self.logging if label == tables.LOG else self.writing
            yield writing.line(cells, born=self._born(label, key))

    def _cell(self, label: str, column: Column, row: Mapping[str, Any]) -> Any:
        explained = self.explainer.cell(label, tables.column_name(column), row)
        if isinstance(explained, Notice):
            said = {name: filling(told) for name, told in explained.fields.items()}
            self.notices.append((explained.moment, said))
            explained = Slot(f"notice:{len(self.notices) - 1}")
        return format_of(column, explained)

    def _check_columns(self, label: str, columns: Iterable[Column], row: Mapping[str, Any]) -> None:
        """A column that only the model or only the database has would be filled with anything."""
        different = {tables.column_name(column) for column in columns} ^ (row.keys() - tables.made_by_itself(label))
        if different:
            raise NotExplained(self.recording.life.name, f"{label}.{min(different)}", "a column")

    def _is_of_the_card(self, fact: Mapping[str, Any]) -> bool:
        """What was announced of people's seats only is no part of the card."""
        own = {key for label, rows in self.moment.rows.items() if label != tables.LOG for key in rows}
        return not own.isdisjoint(value for value in fact["data"].values() if isinstance(value, int))

    def _born(self, label: str, key: int) -> int:
        return next(place for place, moment in enumerate(self.recording.moments) if key in moment.rows.get(label, {}))

    def _stories(self) -> Stories:
        facts = self.moment.heard
        contact = analytics.ContactStory(self.recording.contact_id)
        for fact in facts:
            if analytics.speaks_of_a_contact(fact) and getattr(fact, "contact_id", None) == contact.contact_id:
                contact.hear(fact)
        messages = {story.message_id: story for story in map(analytics.told_by, facts) if story}.values()
        card = self._card_story(facts)
        stories = Stories(
            contact=self._parts("contact", contact, [one.name for one in fields(contact)]),
            messages=[self._parts("message", told, [one.name for one in fields(told)]) for told in messages],
            card=self._parts("card", card, OF_A_CARD) if card else Fills(),
        )
        self._tell(contact, card)
        return stories

    def _card_story(self, facts: Iterable[Any]) -> analytics.CardStory | None:
        """What is heard of the card, and what it and its clock say."""
        if not self.moment.rows.get(CARD):
            return None
        card_id, row = next(iter(self.moment.rows[CARD].items()))
        story = analytics.CardStory(card_id)
        for fact in facts:
            if analytics.speaks_of_a_card(fact):
                # A score is a small number that could be anything: it is told apart by its name.
                score: Any = SCORE
                story.hear(replace(fact, score=score) if isinstance(fact, ResultConfirmed) else fact)
        for name in OF_THE_CARD:
            setattr(story, name, tables.typed(CARD, name, row[name]))
        for clock in self.moment.rows.get(CLOCK, {}).values():
            for name in OF_THE_CLOCK:
                setattr(story, name, tables.typed(CLOCK, name, clock[name]))
        return story

    def _tell(self, contact: analytics.ContactStory, card: analytics.CardStory | None) -> None:
        """The rows of the stories as the rules tell them."""
        analytics.settle_contact(contact)
        cards = [card] if card else []
        for one in cards:
            one.group_code = mark("group") if one.topic_code else ""
            analytics.settle(one)
        analytics.tie(contact, cards)
        self.told[CONTACT_STORY] = self._story_line(CONTACT_STORY, contact)
        # Several services stand in the order of their codes, which is not that of the marks.
        if card and len(card.services) <= 1:
            self.told[CARD_STORY] = self._story_line(CARD_STORY, card)

    def _story_line(self, label: str, story: Any) -> Line:
        named = [(tables.column_name(column), column) for column in tables.columns(label)]
        cells = [format_of(column, self.explainer.item(label, name, getattr(story, name))) for name, column in named]
        return self.writing.line(cells, born=0)

    def _parts(self, what: str, story: Any, names: Iterable[str]) -> Fills:
        fills = Fills()
        for name in names:
            value = getattr(story, name)
            fills.add(name, self.explainer.value(f"the story of the {what}, {name}", value), value)
        return fills


def filling(explained: Any, value: Any = "") -> Fill:
    """How an explained value is filled with the things of a card; instants stay instants where `value` is one.

    Each card has mappings and lists of its own: a story is told on by changing them.
    """
    if isinstance(explained, Slot):
        name = explained.name
        return (lambda things: _said(things[name])) if isinstance(value, str) else (lambda things: things[name])
    if isinstance(explained, Text):
        return _filling_text(explained.pieces)
    if isinstance(explained, Sentences):
        names = [slot.name for slot in explained.said]
        return lambda things: " ".join(dict.fromkeys(_said(things[name]) for name in names))
    if isinstance(explained, dict):
        pairs = [
            (filling(key, ""), filling(item, value[key_was]))
            for (key, item), key_was in zip(explained.items(), value, strict=True)
        ]
        return lambda things: {key(things): item(things) for key, item in pairs}
    if isinstance(explained, list):
        items = [filling(item, was) for item, was in zip(explained, value, strict=True)]
        return lambda things: [item(things) for item in items]
    return lambda _: explained


def _filling_text(pieces: Iterable[str | Slot]) -> Fill:
    listed = [(piece, "") if isinstance(piece, str) else ("", piece.name) for piece in pieces]
    return lambda things: "".join(const or _said(things[name]) for const, name in listed)


def _said(thing: Any) -> str:
    return analytics.written(thing) if isinstance(thing, datetime) else str(thing)
