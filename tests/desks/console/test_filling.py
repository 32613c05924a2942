"""How a register is filled: from verbs played once, whole or not at all, and never over what is there."""

import json
import multiprocessing
import os
import signal
from contextlib import contextmanager
from dataclasses import replace
from itertools import zip_longest

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, connections
from django.db.models import AutoField, JSONField
from tests.desks.console import fills
from tests.desks.console.fills import PASSWORD, WEDNESDAY, fill, nothing_shown, worn

from komek.desks.console.fill import beginning, filling, journal, tables
from komek.desks.console.fill.beginning import Refused
from komek.desks.console.fill.explaining import NotExplained
from komek.desks.console.fill.filling import Filling
from komek.desks.console.fill.journal import Plan
from komek.desks.console.fill.moulds import Moulds
from komek.desks.console.fill.recording import record
from komek.rooms.cards import actions as cards_actions
from komek.rooms.cards import queries as cards

FEW, PART = 100, 20
MANY = 300
town = fills.town


@pytest.fixture
def empty_town(town, django_db_blocker):
    """The town before anybody has called; whatever a test fills into it is forgotten."""
    with django_db_blocker.unblock():
        yield town
        beginning.erase()


@pytest.mark.django_db
def test_a_cast_card_is_what_the_verbs_would_have_written(town):
    made = Filling(town, Plan(MANY, "tau", WEDNESDAY, MANY, {}), password=PASSWORD, processes=1, bars=nothing_shown)
    made.prepare()
    people = list(made.people.rows(range(MANY)))
    tables.copy_rows(filling.RESIDENT, (person for person, _ in people))
    tables.copy_rows(filling.HANDLE, (handle for _, handle in people))
    drawn = {one.life.name: one for one in map(made.caster.drawing.card, range(MANY))}
    count_from_marks()
    marked = tables.Marked()

    different = {}
    for name, card in drawn.items():
        life = replace(card.life, steps=card.life.steps[: card.steps])
        played = record(life, card.part, marked, since=WEDNESDAY, times=card.course.times)
        real = Moulds(played, {}, made.city.zone, is_marked=False).after(card.steps)
        cast = made.caster.moulds[name].after(card.steps)
        told, expected = (rows_of(mould, made.caster.things(card)) for mould in (cast, real))
        if unlike := unlike_cells(told, expected):
            different[name] = unlike

    assert len(drawn) > 20
    assert different == {}


def count_from_marks():
    """Let the register count from ids that are seen wherever they stand."""
    for place, label in enumerate([*tables.of_the_register(), tables.LOG]):
        if label not in {filling.RESIDENT, filling.HANDLE}:
            model = apps.get_model(label)
            if isinstance(model._meta.pk, AutoField):
                tables.count_from_marks(model._meta.db_table, "id", place)


def unlike_cells(told, expected):
    """Where two lists of rows differ: how many there are, and the cells that are not the same."""
    rows = [(one and one[:2], other and other[:2]) for one, other in zip_longest(told, expected)]
    return [pair for pair in rows if pair[0] != pair[1]] or [
        (one[0], *pair)
        for one, other in zip(told, expected, strict=True)
        for pair in zip(one[2:], other[2:], strict=True)
        if pair[0] != pair[1]
    ]


def rows_of(mould, things):
    """The rows of a card and its part of the log as plain values; JSON by what it says, not by how it is written."""
    rows = [(label, line, mould.slots) for label, lines in mould.lines.items() for line in lines]
    rows += [(tables.LOG, line, mould.logged_slots) for line in mould.logged]
    told = []
    for label, line, slots in rows:
        things.mould = mould
        cells = line.filled([write(things[name]) for name, write in slots]).rstrip("\n").split("\t")
        columns = [one for one in tables.columns(label) if label != tables.LOG or not one.primary_key]
        told.append((label, line.born, *(plain(*pair) for pair in zip(columns, cells, strict=True))))
    return told


def plain(column, cell):
    """A cell as a value that can be compared."""
    if isinstance(column, JSONField) and cell != "\\N":
        return column.column, json.loads(cell.replace("\\\\", "\\"))
    if isinstance(column, ArrayField):
        return column.column, sorted(cell.strip("{}").split(","))
    return column.column, cell


def test_a_used_register_is_refused_unless_it_may_be_forgotten(empty_town):
    fill(empty_town, cards=20)

    with pytest.raises(Refused, match="--erase"):
        beginning.plan_for(cards=20, seed=None, at=WEDNESDAY)
    beginning.erase()

    assert beginning.plan_for(cards=20, seed=None, at=WEDNESDAY).cards == 20
    assert cards.page().cards == []


def test_a_fill_that_was_killed_goes_on_and_comes_out_as_one_that_was_not(empty_town):
    before = worn()
    fill(empty_town, cards=FEW, cards_a_part=PART)
    whole = content()
    beginning.erase()

    killed = multiprocessing.get_context("fork").Process(target=fill_until_killed, args=(empty_town,))
    connections.close_all()
    killed.start()
    killed.join()
    missing = journal.missing_parts()
    with pytest.raises(Refused, match="interrupted"):
        beginning.plan_for(cards=FEW + 1, seed=None, at=WEDNESDAY)
    fill(empty_town, cards=FEW)

    assert killed.exitcode == -signal.SIGKILL
    assert missing == [2, 3, 4]
    assert content() == whole
    assert worn() == before
    assert not journal.exists()


def test_a_fill_that_was_killed_may_be_forgotten(empty_town):
    before = worn()
    killed = multiprocessing.get_context("fork").Process(target=fill_until_killed, args=(empty_town,))
    connections.close_all()
    killed.start()
    killed.join()

    beginning.erase()

    assert beginning.plan_for(cards=FEW + 1, seed=None, at=WEDNESDAY).cards == FEW + 1
    assert cards.page().cards == []
    assert worn() == before


def fill_until_killed(pack):
    """Kills itself when two parts are there."""

    @contextmanager
    def bars(name, total, unit):
        class Bar:
            seen = 0

            def update(self, n):
                self.seen += n
                if name == "cards" and self.seen >= 2 * PART:
                    os.kill(os.getpid(), signal.SIGKILL)

        yield Bar()

    fill(pack, cards=FEW, cards_a_part=PART, bars=bars)


def test_what_nobody_can_explain_stops_the_fill_before_it_has_written_anything(empty_town, monkeypatch):
    register = cards_actions.register

    def signed(draft, **told):
        return register(replace(draft, text=draft.text.upper()), **told)

    monkeypatch.setattr(cards_actions, "register", signed)

    with pytest.raises(NotExplained, match=r"cards\.Card\.text"):
        fill(empty_town, cards=FEW)
    assert not journal.exists()
    assert cards.page().cards == []


@pytest.mark.parametrize("words", [["--cards", "0"], ["--processes", "0"], ["--until", "2026-11-18T09:00"]])
def test_the_command_refuses_what_makes_no_sense(words):
    with pytest.raises(CommandError, match="at least one card"):
        call_command("fill", *words)


def content():
    """All that a fill has written, by table, in the order of ids."""
    with connection.cursor() as cursor:
        told = {}
        for label in tables.of_the_register():
            columns = ", ".join(name for name in tables.names(label) if name != "id" or label != "analytics.Tally")
            cursor.execute(
                f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), ''))"
                f" FROM (SELECT {columns} FROM {tables.name_of(label)}) t"
            )
            told[label] = cursor.fetchone()[0]
        return told
