"""Other systems: Qala, the city's own app, may everything; Open Data only reads words; Zhana Ghimarat is another app."""

import io
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.fixtures.line import rules_in_force, texts  # noqa: F401 - the city routes and tells

from komek.platform.clock import now
from komek.registers.staff import actions as staff
from komek.registers.staff.models import Partner
from komek.registers.staff.rules import Scope
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import CardDraft, Outcome
from komek.rooms.intake.rules import Arrival

API = "/api/v1"
EVERYTHING = tuple(Scope)


@dataclass(frozen=True)
class System:
    """Another system with its key, as it calls us."""

    key: str
    partner: Partner | None = None
    language: str = "en"

    def get(self, path: str, **query: Any) -> Any:
        return Client().get(f"{API}{path}", query, headers=self._headers())

    def post(self, path: str, told: Any = None, *, key: str = "", raw: bytes | None = None) -> Any:
        body = raw if raw is not None else json.dumps({} if told is None else told).encode()
        return Client().post(
            f"{API}{path}",
            body,
            content_type="application/json",
            headers=self._headers() | ({"Idempotency-Key": key} if key else {}),
        )

    def upload(self, path: str, *files: Any, key: str = "") -> Any:
        headers = self._headers() | ({"Idempotency-Key": key} if key else {})
        return Client().post(f"{API}{path}", {"files": list(files)}, headers=headers)

    def _headers(self) -> dict[str, str]:
        return {"Accept-Language": self.language} | ({"Authorization": f"Bearer {self.key}"} if self.key else {})


def system(name: str, *scopes: Scope) -> System:
    partner = staff.register_partner(name=name, at=now())
    return System(staff.issue_key(partner, scopes=scopes), partner)


@pytest.fixture
def qala(city, rules_in_force, texts) -> System:  # noqa: F811 - asked for by name
    return system("Qala", *EVERYTHING)


@pytest.fixture
def open_data(city) -> System:
    return system("Open Data", Scope.CATALOG_READ)


@pytest.fixture
def zhana(city) -> System:
    """Another app with the same rights, which must see nothing of Qala's."""
    return system("Zhana Ghimarat", *EVERYTHING)


@pytest.fixture
def stranger(city) -> System:
    """No key at all."""
    return System("")


def burst(**changes: Any) -> dict[str, Any]:
    """What Qala sends when a main has burst in Kenesary street."""
    told = {
        "outer_id": "q-1",
        "text": "Прорвало трубу на Кенесары, вода на дороге",
        "language": "ru",
        "topic_code": "WAT-02",
        "place": {"text": "Кенесары 12", "landmark": "у школы"},
    }
    return {**told, **changes}


@pytest.fixture
def card_of_qala(qala) -> Any:
    """A registered card that came by Qala."""
    answer = qala.post("/contacts", burst())
    assert answer.status_code == 201, answer.content
    return card_queries.by_number(answer.json()["number"])


@pytest.fixture
def closed_card(card_of_qala, run_after) -> Any:
    """The same card, closed as done an hour later; the resident has been asked whether it is true."""
    at = now() + timedelta(hours=1)
    cards.close(card_of_qala.id, outcome=Outcome.DONE, by=None, at=at)
    run_after()
    return card_queries.by_number(card_of_qala.number)


@pytest.fixture
def card_by_webform(city, at) -> Any:
    """A card that came another way."""
    arrival = Arrival(channel="webform", text="Су жоқ", outer_id="w-1")
    return cards.take_in(arrival, draft=CardDraft(text="Су жоқ", topic_code="WAT-02", place=city.place), at=at)


@pytest.fixture
def photo():
    """A fresh photo each time it is asked for, with the place where it was taken inside."""

    def take(name: str = "burst.jpg", colour: str = "navy") -> SimpleUploadedFile:
        kept = io.BytesIO()
        image = Image.new("RGB", (64, 48), colour)
        exif = image.getexif()
        exif[0x010E] = "51.15, 71.43"
        image.save(kept, "JPEG", exif=exif)
        return SimpleUploadedFile(name, kept.getvalue(), content_type="image/jpeg")

    return take
