"""Builds the demonstration phase by phase; each finds what it has done already."""

import os
import sys
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection
from tqdm import tqdm

from komek.desks.console.demo import desks, notes
from komek.desks.console.demo.dice import Dice
from komek.desks.console.demo.history import History
from komek.desks.console.demo.material import Material
from komek.desks.console.demo.notes import Notes
from komek.desks.console.demo.pace import Pace
from komek.desks.console.demo.people import Cast, hire
from komek.desks.console.demo.pictures import Pictures
from komek.desks.console.demo.stage import Stage
from komek.desks.console.demo.stories import Stories
from komek.desks.console.pack import Pack, loading
from komek.platform import audit, facts, home
from komek.registers.staff import actions as staff
from komek.rooms.knowledge import actions as knowledge
from komek.rooms.knowledge import queries as knowledge_queries
from komek.rooms.knowledge.rules import BulletinDraft, Severity
from komek.rooms.routing import queries as routing

ACTOR = "console:demo"
FACTS_A_BATCH = 2_000
PARTNER = "Smart Astana"
SEASONS = {12: "winter", 1: "winter", 2: "winter", 3: "spring", 4: "spring", 5: "spring", 6: "summer", 7: "summer",
           8: "summer", 9: "autumn", 10: "autumn", 11: "autumn"}  # fmt: skip
BULLETINS = 3


class OtherCity(Exception):
    """The home holds another city."""


def build(pack: Pack, *, days: int, contacts: int, at: datetime) -> Notes:
    """Load the city, hire its people, draw the photos, play the past up to now, and count it."""
    load(pack, at=at)
    plan = notes.read(settings.HOME) or notes.make(settings.HOME, days=days, contacts=contacts, at=at)
    with audit.acting(ACTOR), _bar("people", len(pack.demo.people), "person") as bar:
        hire(pack.demo.people, password=plan.password, tell=bar.update)
    stage = made(pack, pace=Pace(), at=plan.began_at)
    with audit.acting(ACTOR), _bar("photos", Pictures.number(), "photo") as bar:
        stage.pictures.fill(at=plan.began_at, tell=bar.update)
    history = History(lambda: made(pack, pace=Pace(), at=plan.began_at), plan, until=at)
    with _bar("history", len(history.arrivals), "contact") as bar:
        history.play(tell=bar.update)
    announce_bulletins(stage, at=at)
    with audit.acting(ACTOR):
        desks.fill(stage, at=at)
    with _bar("counting", None, "fact") as bar:
        while read := facts.catch_up(batch=FACTS_A_BATCH, most=FACTS_A_BATCH):
            bar.update(read)
    with _bar("sealing", None, "entry") as bar:
        while sealed := audit.seal():
            bar.update(sealed)
    with connection.cursor() as cursor:
        # So much was written in minutes that the planner still believes the tables to be empty.
        cursor.execute("ANALYZE")
    return plan


def made(pack: Pack, *, pace: Pace, at: datetime) -> Stage:
    """The stage of this city, with everybody on it."""
    material, dice, zone = Material(pack), Dice(pack.city.code), ZoneInfo(settings.TIME_ZONE)
    with audit.acting(ACTOR):
        partner = staff.register_partner(name=PARTNER, at=at)
    return Stage(
        material=material,
        stories=Stories(material, dice, zone),
        dice=dice,
        pace=pace,
        cast=Cast(),
        pictures=Pictures(dice),
        zone=zone,
        partner_id=partner.pk,
    )


def announce_bulletins(stage: Stage, *, at: datetime) -> None:
    """Tell the floor what is happening, so much as is usual in this season; what runs already goes on."""
    local = at.astimezone(stage.zone)
    missing = BULLETINS - len(knowledge_queries.bulletins(at))
    fitting = [one for one in stage.material.bulletins if one.season in {"all", SEASONS[local.month]}]
    running = {one.code for one in knowledge_queries.bulletins(at)}
    fresh = [one for one in fitting if one.code not in running]
    for one in stage.dice.of("bulletins", local.date(), local.hour).sample(fresh, max(0, min(missing, len(fresh)))):
        draft = BulletinDraft(
            code=one.code,
            severity=Severity(one.severity),
            valid_from=at,
            valid_to=at + timedelta(hours=one.hours_valid),
            districts=one.districts,
            texts=dict(one.texts),
        )
        knowledge.announce_bulletin(draft, by=None, at=at)


def load(pack: Pack, *, at: datetime) -> None:
    """Load the city where there is none; raises OtherCity where another lives."""
    known = home.city(settings.HOME)
    if known and known.get("code") != pack.city.code:
        message = f"{settings.HOME} holds the city {known.get('code')}. Choose another KOMEK_HOME for this one."
        raise OtherCity(message)
    if known and routing.rule_book() is not None:
        return
    with audit.acting(ACTOR), _bar("city", len(loading.STEPS), "part") as bar:
        for name, _ in loading.load(pack, at=at):
            bar.set_postfix_str(name)
            bar.update(1)
    loading.keep(pack, settings.SHARED)
    if pack.city.time_zone != settings.TIME_ZONE:
        # The settings were read before the city was known; a city lives by its own clock.
        os.execv(sys.executable, sys.orig_argv)  # noqa: S606 - our own command line once more


def _bar(name: str, total: int | None, unit: str) -> Any:
    return tqdm(total=total, desc=f"{name:<9}", unit=unit, smoothing=0.1)
