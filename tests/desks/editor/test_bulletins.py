"""Bulletins of the day: published, corrected, ended; and the emergency scripts, for reading."""

from datetime import timedelta

import pytest
from django.utils.timezone import localtime

from komek.platform.clock import now
from komek.rooms.calls import actions as calls
from komek.rooms.calls.rules import Entry, Place, What
from komek.rooms.knowledge import queries

SAID = {
    "text_kk": "Орталықта су жоқ",
    "text_ru": "В центре нет воды",
    "text_en": "",
    "severity": "warning",
    "until": "",
}


@pytest.fixture
def desk(browser, zarina):
    return browser(zarina, "en")


def running():
    return [(one.text_ru, one.districts, one.severity) for one in queries.bulletins(now())]


def test_the_floor_is_told_at_once_for_some_districts_and_until_when(line, desk):
    until = localtime(now() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    answer = desk.post("/editor/bulletins/", {**SAID, "districts": ["nura"], "until": until})

    assert answer.status_code == 302
    assert running() == [("В центре нет воды", ["nura"], "warning")]
    assert queries.bulletins(now() + timedelta(hours=4)) == []
    assert "Орталықта су жоқ" in desk.get("/editor/bulletins/").content.decode()


def test_a_supervisor_of_the_night_may_tell_the_floor_too(line, browser, raushan):
    assert browser(raushan).post("/editor/bulletins/", SAID).status_code == 302
    assert len(running()) == 1


def test_a_bulletin_is_corrected_under_its_code_and_ended_once(line, desk):
    desk.post("/editor/bulletins/", SAID)
    (bulletin,) = queries.bulletins(now())
    assert "В центре нет воды" in desk.get(f"/editor/bulletins/?correct={bulletin.code}").content.decode()
    desk.post("/editor/bulletins/", {**SAID, "text_ru": "В центре дали воду", "code": bulletin.code})
    assert [text for text, _, _ in running()] == ["В центре дали воду"]

    desk.post(f"/editor/bulletins/{bulletin.code}/end/")
    assert running() == []
    assert "has already ended" in desk.post(f"/editor/bulletins/{bulletin.code}/end/", follow=True).content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"text_ru": ""},
        {"text_kk": ""},
        {"severity": "loud"},
        {"districts": ["mars"]},
        {"until": "2020-01-01T10:00"},
        {"until": "x"},
    ],
)
def test_half_a_bulletin_is_refused_and_stays_typed(line, desk, change):
    answer = desk.post("/editor/bulletins/", {**SAID, "text_en": "No water downtown", **change})

    assert answer.status_code in {409, 422}
    assert "No water downtown" in answer.content.decode()
    assert running() == []


def test_scripts_are_only_read(line, desk):
    assert "No scripts are published." in desk.get("/editor/scripts/").content.decode()
    assert desk.post("/editor/scripts/").status_code == 405


def test_callers_are_told_only_what_has_an_end(line, desk):
    told = {**SAID, "spoken": "on"}
    assert desk.post("/editor/bulletins/", told).status_code == 422
    assert queries.spoken(now()) == []

    until = localtime(now() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    desk.post("/editor/bulletins/", {**told, "until": until})
    (spoken,) = queries.spoken(now())

    assert spoken.texts == {"kk": "Орталықта су жоқ", "ru": "В центре нет воды"}
    assert "callers hear it" in desk.get("/editor/bulletins/").content.decode()


def test_how_many_callers_it_was_enough_for_stands_beside_it(line, desk):
    until = localtime(now() + timedelta(hours=3)).strftime("%Y-%m-%dT%H:%M")
    desk.post("/editor/bulletins/", {**SAID, "spoken": "on", "until": until})
    (spoken,) = queries.spoken(now())
    for call, then in {"1.1": (What.GONE,), "1.2": (What.INCIDENT_JOINED, What.GONE), "1.3": (What.ENTERED,)}.items():
        for what in (What.INCIDENT_HEARD, *then):
            data = (spoken.code, "") if what in {What.INCIDENT_HEARD, What.INCIDENT_JOINED} else ()
            calls.read([Entry(now(), call, what, "q109-ru", data=data)], place=Place(), at=now())

    page = desk.get("/editor/bulletins/").content.decode()

    assert "heard by 3 callers" in page
    assert "1 needed nothing more" in page
    assert "1 has it too" in page
