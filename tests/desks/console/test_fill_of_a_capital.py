"""A capital with some of its year: what a town is too small to have."""

from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from tests.desks.console.fills import WEDNESDAY, fill

from komek.desks.console.fill import beginning
from komek.desks.console.pack import loading, read
from komek.desks.console.verify import verify
from komek.rooms.analytics import actions as analytics

ASTANA = Path(__file__).parents[3] / "cities" / "astana"


@pytest.fixture
def capital(django_db_setup, django_db_blocker, tmp_path, monkeypatch):
    """Astana, committed as a fill wants it; it goes with the test."""
    monkeypatch.setattr(settings, "FILES_URL", str(tmp_path / "files"))
    with django_db_blocker.unblock():
        pack = read(ASTANA)
        list(loading.load(pack, at=WEDNESDAY))
        yield pack
        beginning.erase()
        call_command("flush", interactive=False, verbosity=0)


@pytest.mark.slow
def test_three_thousand_cards_of_a_capital_can_be_true(capital):
    fill(capital, cards=3_000)

    assert verify(at=WEDNESDAY).findings == []
    assert analytics.differences(at=WEDNESDAY) == {}
