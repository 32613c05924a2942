"""Cards of the small city."""

from collections import defaultdict

import pytest

from komek.platform import facts as platform_facts
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival


@pytest.fixture(autouse=True)
def nobody_listens(monkeypatch):
    """What the rooms behind do when they hear of a card is told by their own tests and by the journeys."""
    monkeypatch.setattr(platform_facts, "_on", defaultdict(list))
    monkeypatch.setattr(platform_facts, "_after", defaultdict(list))


@pytest.fixture
def contact(city, at):
    return intake.arrive(Arrival(channel="webform", text="Кенесары 12: көшеде су ағып жатыр"), at=at)


@pytest.fixture
def draft(city):
    """A burst main on the street before Kenesary 12."""

    def drafted(text="Көшеде су ағып жатыр", **told):
        return CardDraft(**{"text": text, "topic_code": "WAT-02", "place": city.place, **told})

    return drafted


@pytest.fixture
def register(draft, contact, aigerim, at):
    """Register one more card of the same contact."""

    def registered(*, when=at, key=None, who=contact, by=aigerim, **told):
        return cards.register(draft(**told), contact=who, channel="webform", by=by, at=when, key=key)

    return registered


@pytest.fixture
def card(register):
    return register()


@pytest.fixture
def in_work(card, at):
    cards.route(card.id, owner_code="SU", at=at)
    return cards.take_into_work(card.id, at=at)
