"""The recording on the operator's desk: paused for a reason, taken up again, and refused in an emergency."""

from datetime import timedelta

import pytest
from tests.fixtures.legs import UNIQUE, tone

from komek.platform.clock import now
from komek.rooms.calls.rules import What
from komek.rooms.recordings import actions, queries

pytestmark = pytest.mark.django_db
HERE = f"/operator/call/{UNIQUE}/"


@pytest.fixture
def desk(wire, browser, aigerim):
    """Aigerim's desk; she talks."""
    wire.at = now() - timedelta(seconds=30)
    wire.journal((0, What.RECORDED, None, "0x1"), (1, What.ENTERED, None, "", "+77015550142", "1"))
    wire.journal((2, What.ANSWERED, aigerim, "1"))
    return browser(aigerim, "en")


def shown(desk):
    return desk.get("/operator/").content.decode()


def test_a_pause_is_asked_shown_and_ended(desk):
    assert "Pause the recording" in shown(desk)

    desk.post(HERE + "pause/", {"cause": "диагнозын айтады"})
    assert queries.open_pause(UNIQUE).cause == "диагнозын айтады"
    assert "it is still being recorded" in shown(desk)
    pause_id = queries.open_pause(UNIQUE).pk
    actions.pausing(pause_id, at=now())
    actions.paused(pause_id, at=now())
    page = shown(desk)
    assert "The recording is paused" in page
    assert "Record again" in page

    desk.post(HERE + "resume/")
    assert queries.open_pause(UNIQUE).resume_asked_at is not None


def test_somebody_who_believes_in_a_pause_that_is_none_is_told(desk):
    desk.post(HERE + "pause/", {"cause": "диагнозын айтады"})
    actions.resumed(queries.open_pause(UNIQUE).pk, at=now(), failure="the call is not recorded")

    assert "It could not be paused" in shown(desk)


def test_a_pause_without_a_reason_is_refused_in_a_sentence(desk):
    answer = desk.post(HERE + "pause/", {"cause": ""}, follow=True)

    assert "Write why the recording is paused" in answer.content.decode()
    assert queries.open_pause(UNIQUE) is None


def test_an_emergency_offers_no_pause(wire, desk):
    wire.journal((3, What.URGENT, None, "+77015550142"))

    assert "Pause the recording" not in shown(desk)
    desk.post(HERE + "pause/", {"cause": "диагнозын айтады"})
    assert queries.open_pause(UNIQUE) is None


def test_the_last_minute_is_played_to_whoever_is_in_the_call(wire, desk, browser, madina, monkeypatch):
    monkeypatch.setattr(queries, "legs", lambda: wire.legs)
    wire.write(heard=tone(20), said=tone(20))

    answer = desk.get(HERE + "replay/")
    assert (answer.status_code, answer["Content-Type"]) == (200, "audio/wav")
    assert answer.content.startswith(b"RIFF")
    assert browser(madina).get(HERE + "replay/").status_code == 409


def test_the_page_follows_the_switch(desk, aigerim, open_page):
    screen = open_page(aigerim, "/operator/")
    asked = actions.pause(UNIQUE, cause="диагнозын айтады", by=aigerim, at=now())
    actions.pausing(asked.pk, at=now())
    actions.paused(asked.pk, at=now())

    assert "call" in screen.catch_up()
    assert screen.now == screen.reloaded
