"""Casts cards: fills the mould of each with what was drawn, and tells the numbers of it."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models

from komek.desks.console.fill import tables
from komek.desks.console.fill.city import City
from komek.desks.console.fill.copying import array, cell, escaped
from komek.desks.console.fill.drawing import Drawing, Drawn
from komek.desks.console.fill.explaining import NotExplained
from komek.desks.console.fill.lives import Life
from komek.desks.console.fill.moulds import CARD, CARD_STORY, CONTACT_STORY, Mould, Moulds
from komek.desks.console.fill.things import Things
from komek.desks.console.fill.year import NOBODY, Year
from komek.rooms.analytics import rules as analytics

MESSAGE_STORY = "analytics.MessageStory"
CONTACT = "intake.Contact"
# A mould tells most stories by itself; of so many cards one is told by the rules as well, and must be the same.
LOOKED_AT = 64


@dataclass
class Cast:
    """What was cast: lines for COPY by table, each with the moment it was written, and what it all counts for."""

    lines: dict[str, list[tuple[datetime, str]]] = field(default_factory=lambda: defaultdict(list))
    logged: list[str] = field(default_factory=list)
    tallies: analytics.Tallies = field(default_factory=analytics.Tallies)


class Caster:
    """Casts the cards of a year."""

    def __init__(
        self,
        city: City,
        year: Year,
        drawing: Drawing,
        moulds: Mapping[str, Moulds],
        *,
        abandoned: Life,
        log_since: datetime,
    ) -> None:
        self.city = city
        self.year = year
        self.drawing = drawing
        self.moulds = moulds
        self.abandoned = abandoned
        self.log_since = log_since
        self.most = _most(moulds, abandoned)
        self._write_story = {
            CARD_STORY: _writer(CARD_STORY),
            CONTACT_STORY: _writer(CONTACT_STORY),
            MESSAGE_STORY: _writer(MESSAGE_STORY),
        }

    def cast(self, cards: range) -> Cast:
        """Cast these cards; the same ones come out the same whoever casts them and when."""
        done = Cast()
        for number in cards:
            drawn = self.drawing.card(number)
            self._cast(done, drawn)
            if drawn.gives_up:
                self._cast(done, self.drawing.given_up(number, self.abandoned))
        return done

    def _cast(self, done: Cast, drawn: Drawn) -> None:
        mould = self.moulds[drawn.life.name].after(drawn.steps)
        things = self.things(drawn)
        written = [write(things[name]) for name, write in mould.slots]
        times = drawn.course.times
        for label, lines in mould.lines.items():
            kept = done.lines[label]
            for line in lines:
                kept.append((times[line.born], line.filled(written)))
        self._tell(done, drawn, mould, things, written)
        if times[drawn.steps - 1] >= self.log_since:
            written = [write(things[name]) for name, write in mould.logged_slots]
            done.logged += [line.filled(written) for line in mould.logged if times[line.born] >= self.log_since]

    def things(self, drawn: Drawn) -> Things:
        """What goes into the mould of a card."""
        mould = self.moulds[drawn.life.name].after(drawn.steps)
        gives_up = drawn.life is self.abandoned

        def ids(label: str, place: int) -> int:
            return self.id_of(label, drawn.number, place, gives_up=gives_up)

        return Things(drawn, mould, self.city, ids=ids, seed=self.year.seed)

    def id_of(self, label: str, number: int, place: int, *, gives_up: bool = False) -> int:
        """The id of a row: every card has a stretch of its own in every table, so nobody has to ask for the next one."""
        most, behind = self.most[label]
        return number * (most + behind) + (most if gives_up else 0) + place + 1

    def _tell(self, done: Cast, drawn: Drawn, mould: Mould, things: Things, written: list[str]) -> None:
        """Tell the numbers: by the rules of their own room."""
        zone = self.city.zone
        contact = analytics.ContactStory(**mould.stories.contact.filled(things))
        analytics.settle_contact(contact)
        cards = []
        if mould.has_card:
            card = analytics.CardStory(**mould.stories.card.filled(things))
            card.group_code = things["group"] if card.topic_code else ""
            analytics.settle(card)
            card.came_back_at = analytics.came_back_at(card, self._others(drawn, card))
            cards.append(card)
        analytics.tie(contact, cards)
        messages = [analytics.MessageStory(**one.filled(things)) for one in mould.stories.messages]
        analytics.find_answers(messages)
        usual = mould.told if not contact.came_back and not any(card.came_back_at for card in cards) else {}
        at = drawn.course.times[0]
        for label, stories, counted in (
            (CONTACT_STORY, [contact], [analytics.contact_counts(contact, zone=zone)]),
            (CARD_STORY, cards, [analytics.card_counts(card, zone=zone) for card in cards]),
            (MESSAGE_STORY, messages, [analytics.message_counts(message, zone=zone) for message in messages]),
        ):
            told = usual.get(label)
            for story in stories:
                line = told.filled(written) if told else self._write_story[label](story)
                if told and drawn.number % LOOKED_AT == 0 and line != self._write_story[label](story):
                    raise NotExplained(drawn.life.name, label, line)
                done.lines[label].append((at, line))
            for one in counted:
                _add(done.tallies, one)

    def _others(self, drawn: Drawn, card: analytics.CardStory) -> Iterable[analytics.CardStory]:
        """The next card of the same person about the same topic."""
        number = self.year.comes_back[drawn.number]
        if number == NOBODY or not card.topic_code:
            return ()
        life, course, steps = self.drawing.times(number)
        contact_id = self.id_of(CONTACT, number, 0)
        received_at = course.times[self.moulds[life.name].after(steps).lines[CARD][0].born]
        return (analytics.CardStory(self.id_of(CARD, number, 0), contact_id=contact_id, received_at=received_at),)


def _add(tallies: analytics.Tallies, counted: analytics.Tallies) -> None:
    """As `update`, without asking what it was given: done twice for every card."""
    known = tallies.get
    for place, number in counted.items():
        tallies[place] = known(place, 0) + number


def _most(moulds: Mapping[str, Moulds], abandoned: Life) -> dict[str, tuple[int, int]]:
    """How many rows of each table a card can have at most, and how many a contact without a card."""
    of_cards: dict[str, int] = defaultdict(int)
    of_contacts: dict[str, int] = defaultdict(int)
    for name, some in moulds.items():
        counted = of_contacts if name == abandoned.name else of_cards
        for label, rows in some.most().items():
            counted[label] = max(counted[label], rows)
    return {label: (of_cards[label], of_contacts[label]) for label in {*of_cards, *of_contacts}}


def _writer(label: str) -> Callable[[Any], str]:
    """Writes a story as a line, column by column as its table has them."""
    columns = [
        (tables.column_name(column), _form(column)) for column in tables.columns(label) if not _is_number_only(column)
    ]

    def write(story: Any) -> str:
        return "\t".join([form(getattr(story, name)) for name, form in columns]) + "\n"

    return write


def _form(column: tables.Column) -> Callable[[Any], str]:
    if isinstance(column, models.JSONField):
        return lambda value: (
            escaped(json.dumps(value, ensure_ascii=False, separators=(",", ":"))) if value else EMPTY[type(value)]
        )
    return array if isinstance(column, ArrayField) else cell


EMPTY: dict[type[Any], str] = {dict: "{}", list: "[]"}


def _is_number_only(column: tables.Column) -> bool:
    return isinstance(column, models.AutoField)
