"""The world in which moulds are made: one topic, one house, one resident and a few people, all of them marks.

It stands on tables of its own that go with their transaction. In it every name is a mark and every id is known, so
whatever a verb writes anywhere can be traced to where it came from.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.db import transaction

from komek.desks.console.fill import tables
from komek.desks.console.fill.lives import Life
from komek.desks.console.fill.marks import (
    APPEAL_KIND,
    BETWEEN,
    LANGUAGE,
    NORM,
    NOTICE,
    POINT,
    PRIORITY,
    URGENCY,
    mark,
)
from komek.desks.console.fill.parts import SAID, Part
from komek.platform.models import StoredFile
from komek.registers.catalog import actions as catalog
from komek.registers.catalog import queries as topics
from komek.registers.places import actions as places
from komek.registers.places import queries as streets
from komek.registers.places.rules import Place
from komek.registers.residents import actions as residents
from komek.registers.staff import actions as staff
from komek.registers.staff.rules import Kind, Role
from komek.rooms.cards.rules import FIRST_LINE, SECOND_LINE
from komek.rooms.feedback import actions as feedback
from komek.rooms.feedback.rules import FIELDS, LANGUAGES, Moment
from komek.rooms.knowledge import actions as knowledge
from komek.rooms.knowledge.rules import ArticleDraft, Text
from komek.rooms.routing import actions as routing
from komek.rooms.routing import queries as rules
from komek.rooms.workorders.rules import Shows

PHONE = "+7 700 000 0000"
MOST_SERVICES = 3
SERVICES = tuple(mark(f"service{place}") for place in range(MOST_SERVICES))
OTHER_SERVICE = mark("other_service")
# A service of the centre's own: a rule that names it wants the second line to look.
OWN_SERVICE = mark("own")


class World:
    """Everything a life needs; `names` tells of each id whose it is."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self.names: dict[int, str] = {}
        tables.shadow()
        self._found_services()
        self._hire()
        self._build()
        self._write_texts()
        self._setting: tuple[object, ...] = ()

    def part(self, life: Life) -> Part:
        """The part of a card that is nothing but marks, in a city whose rules make of it what the life needs."""
        setting = (life.shape, life.on_site)
        if setting != self._setting:
            self._make_rules(life)
            self._setting = setting
        return Part(
            language=LANGUAGE,
            topic_code=mark("topic"),
            said={name: mark(name) for name in SAID},
            place=self.place,
            urgency=URGENCY,
            appeal_kind=APPEAL_KIND,
            phone=PHONE,
            name=mark("name"),
            outer_id=mark("outer"),
            partner_id=self.partner_id,
            photo_id=self.files["photo"],
            proofs={show: self.files[show] for show in Shows},
            article_id=self.article_id,
            handed_to=mark("HAND"),
            services=SERVICES[: life.shape.services],
            other_service=OTHER_SERVICE,
            operator=self.operator,
            caller=self.caller,
            controller=self.controller,
            dispatchers=self.dispatchers,
        )

    def _found_services(self) -> None:
        report = staff.load_services(
            {"code": code, "kind": kind, "name_kk": name, "name_ru": name, "name_en": name}
            for code, kind, name in (
                *((code, Kind.UTILITY, code.replace("service", "named")) for code in (*SERVICES, OTHER_SERVICE)),
                (OWN_SERVICE, Kind.SELF, OWN_SERVICE),
                (FIRST_LINE, Kind.SELF, mark("first_line")),
                (SECOND_LINE, Kind.SELF, mark("second_line")),
            )
        )
        assert not report.errors, report.errors
        self.partner_id = self._know("partner_id", staff.register_partner(name=mark("partner"), at=self.at))

    def _hire(self) -> None:
        self.operator = self._hired("operator", Role.OPERATOR)
        self.caller = self._hired("caller", Role.OPERATOR)
        self.controller = self._hired("controller", Role.CONTROLLER)
        self.dispatchers = {
            code: self._hired(f"dispatcher{place}", Role.DISPATCHER, service_code=code)
            for place, code in enumerate((*SERVICES, OTHER_SERVICE))
        }

    def _hired(self, name: str, role: Role, *, service_code: str = "") -> Any:
        hired = staff.hire(
            username=mark(name), name=mark(name), role=role, service_code=service_code, languages=LANGUAGES
        )
        self._know(name, hired)
        return hired

    def _build(self) -> None:
        """A house on a street, somebody who lives there, and photos of it."""
        lat, lon = (str(degrees) for degrees in POINT)
        places.load_streets([{"name": mark("street"), "lat": lat, "lon": lon, "district": mark("district")}])
        street_id = streets.street_ids()[mark("street")]
        places.load_houses([{"street": mark("street"), "number": "1", "lat": lat, "lon": lon}])
        found = streets.locate("1", street_id=street_id, house_number="1")
        assert found.house_id is not None
        self.names |= {street_id: "street_id", found.house_id: "house_id"}
        self.place = Place(
            text=mark("place"),
            street_id=street_id,
            house_id=found.house_id,
            house_number=mark("house"),
            district_code=mark("district"),
            lat=POINT[0],
            lon=POINT[1],
            landmark=mark("landmark"),
        )
        person = residents.remember(name=mark("name"), handles=[("phone", PHONE)], language=LANGUAGE, at=self.at)
        self.names[person] = "resident_id"
        self.names |= dict.fromkeys(tables.marked_ids("residents.Handle"), "handle_id")
        self.files: dict[str, int] = {}
        for name in ("photo", *Shows):
            file = StoredFile.objects.create(
                sha256="0" * 64, kind="image", media_type="image/jpeg", size=1, purpose="proof", stored_at=self.at
            )
            self.files[name] = self._know(f"file_{name}", file)

    def _write_texts(self) -> None:
        """Texts that say every field they could say, and an article."""
        fields = BETWEEN.join(f"{field}={{{field}}}" for field in sorted(FIELDS))
        feedback.set_texts(
            {moment: dict.fromkeys(LANGUAGES, f"{NOTICE}{BETWEEN}{moment}{BETWEEN}{fields}") for moment in Moment}
        )
        texts = tuple(Text(language, mark("title"), mark("article")) for language in LANGUAGES)
        draft = ArticleDraft(code="MARK-1", owner=SERVICES[0], texts=texts)
        self.article_id = self._know("article_id", knowledge.publish(draft, by=None, at=self.at))

    def _make_rules(self, life: Life) -> None:
        """One topic, and one rule that gives it to as many services as the life needs."""
        row = {
            "code": mark("topic"),
            "group": mark("group"),
            **{f"topic_{language}": mark("topic") for language in LANGUAGES},
            "service": SERVICES[0],
            "priority": PRIORITY,
            "deadline": NORM,
            "on_site": "y" if life.on_site else "n",
        }
        published = catalog.publish([row], at=self.at)
        assert not published.report.errors, published.report.errors
        self.names[topics.topic(mark("topic")).id] = "topic_id"
        services = [*SERVICES[: life.shape.services], *([OWN_SERVICE] if life.shape.trouble else [])]
        routing.publish(
            [{"order": "1", "topic": mark("topic"), "services": "+".join(services or SERVICES)}], by=None, at=self.at
        )
        book = rules.rule_book()
        assert book is not None
        self.names |= {line.id: "rule_id" for line in book.lines if line.id}

    def _know(self, name: str, row: Any) -> int:
        self.names[row.pk] = name
        return int(row.pk)


@contextmanager
def world(*, at: datetime) -> Iterator[World]:
    """A world for as long as it is needed; afterwards it has never been."""
    with transaction.atomic():
        yield World(at=at)
        transaction.set_rollback(True)
