"""The supervisor's page of recordings: what is there, who has heard it, who pauses, and for how long it is kept."""

from datetime import timedelta

import pytest
from tests.fixtures.legs import UNIQUE

from komek.platform.clock import now
from komek.rooms.calls.rules import What
from komek.rooms.recordings import actions, queries
from komek.rooms.recordings.rules import Class

pytestmark = pytest.mark.django_db
HERE = "/supervisor/recordings/"


@pytest.fixture
def recording(wire, aigerim):
    wire.at = now() - timedelta(minutes=5)
    return actions.take_in(UNIQUE, legs=wire.legs, at=wire.call(aigerim, heard=b""))


def text(answer):
    assert answer.status_code == 200
    return answer.content.decode()


def test_every_part_says_what_it_has(browser, recording, aigerim, saule):
    client = browser(saule, "en")
    opened = actions.listen(recording.pk, by=saule, at=now(), reviews=True)
    actions.heard(opened.pk, since=0, until=4000, by=saule, at=now())

    assert aigerim.name in text(client.get(HERE))
    assert "nothing of the caller" in text(client.get(HERE + "?part=findings"))
    listened = text(client.get(HERE + "?part=listenings"))
    assert saule.name in listened
    assert "0:04" in listened
    assert "Nobody has paused" in text(client.get(HERE + "?part=pauses"))
    assert queries.head().digest in text(client.get(HERE))
    assert text(client.get(HERE + "?part=nonsense&before=x"))


def test_a_pause_is_in_the_report(browser, wire, aigerim, saule):
    wire.at = now() - timedelta(minutes=1)
    wire.journal((0, What.RECORDED, None, "0x1"), (1, What.ANSWERED, aigerim, "1"))
    asked = actions.pause(UNIQUE, cause="диагнозын айтады", by=aigerim, at=now())
    actions.pausing(asked.pk, at=now())

    page = text(browser(saule).get(HERE + "?part=pauses"))

    assert "диагнозын айтады" in page
    assert aigerim.name in page


def test_a_call_without_sound_stands_at_the_top(browser, wire, aigerim, saule):
    wire.at = now() - timedelta(minutes=5)
    wire.journal((0, What.RECORDED, None, "0x1"), (1, What.ANSWERED, aigerim, "1"))

    assert "nothing is written down" in text(browser(saule, "en").get(HERE))


def test_a_recording_is_held_and_released(browser, recording, saule):
    client, address = browser(saule), f"{HERE}{recording.pk}/"

    client.post(address + "hold/", {"because": "сот талабы"})
    assert "сот талабы" in text(client.get(address))
    assert "сот талабы" in text(client.get(HERE + "?part=keeping"))

    client.post(address + "hold/")
    assert queries.held() == []


def test_the_administrator_decides_for_how_long(browser, recording, timur):
    client = browser(timur)

    for told in (
        {"kept_as": "ordinary", "days": "90"},
        {"kept_as": "ordinary", "days": "x"},
        {"kept_as": "?", "days": "1"},
    ):
        assert client.post(HERE + "retention/", told).status_code == 302

    assert queries.days()[Class.ORDINARY] == 90
    assert 'value="90"' in text(client.get(HERE + "?part=keeping"))
