"""Hearing a call again: who may, what is written down of it, and what a player is given."""

from datetime import timedelta

import pytest
from tests.fixtures.legs import UNIQUE

from komek.platform.clock import now
from komek.platform.files import store
from komek.platform.models import AuditEntry
from komek.rooms.recordings import actions, queries
from komek.rooms.recordings.models import Listening, Stretch
from komek.rooms.recordings.rules import Ground

pytestmark = pytest.mark.django_db
WHY = "Тұрғынның шағымы бойынша тексеру"


@pytest.fixture
def recording(wire, aigerim):
    """A call that Aigerim has just talked in."""
    wire.at = now() - timedelta(minutes=5)
    at = wire.call(aigerim)
    return actions.take_in(UNIQUE, legs=wire.legs, at=at)


@pytest.fixture
def opened(browser, recording):
    """What somebody is told who presses Listen."""

    def listen(person, **told):
        client = browser(person)
        return client, client.post(f"/recordings/{recording.pk}/", told)

    return listen


def test_an_operator_hears_their_own_call_and_it_is_written_down(opened, aigerim, recording):
    client, answer = opened(aigerim)

    assert answer.status_code == 201
    sound = client.get(answer.json()["sound"])
    assert sound["Content-Type"] == "audio/ogg"
    assert sound.content == queries.sound(recording)
    assert "no-store" in sound["Cache-Control"]
    listening = Listening.objects.get()
    assert (listening.agent, listening.ground, listening.recording) == (aigerim, Ground.OWN, recording)
    assert AuditEntry.objects.filter(verb="read", subject=f"recording:{recording.pk}").count() == 1


def test_a_part_of_the_sound_is_a_part(opened, saule, recording):
    client, answer = opened(saule)
    plain = queries.sound(recording)

    part = client.get(answer.json()["sound"], headers={"Range": "bytes=100-199"})

    assert (part.status_code, part["Content-Range"]) == (206, f"bytes 100-199/{len(plain)}")
    assert b"".join(part.streaming_content) == plain[100:200]


def test_nobody_hears_the_calls_of_a_colleague(opened, madina, olzhas):
    for person in (madina, olzhas):
        assert opened(person)[1].status_code == 403
    assert not Listening.objects.exists()


@pytest.mark.parametrize("person", ["dana", "zarina", "charlie"])
def test_whoever_has_no_calls_hears_none(request, opened, person):
    assert opened(request.getfixturevalue(person))[1].status_code == 403


def test_after_a_day_an_own_call_is_not_heard_any_more(wire, aigerim, saule, browser):
    wire.at = now() - timedelta(hours=25)
    recording = actions.take_in(UNIQUE, legs=wire.legs, at=wire.call(aigerim))

    assert browser(aigerim).post(f"/recordings/{recording.pk}/").status_code == 403
    assert browser(saule).post(f"/recordings/{recording.pk}/", {"for": "review"}).status_code == 201
    assert Listening.objects.get().ground == Ground.REVIEW


def test_whoever_comes_from_outside_says_why(opened, timur):
    assert opened(timur)[1].status_code == 409
    assert opened(timur, reason="тест")[1].status_code == 409

    assert opened(timur, reason=WHY)[1].status_code == 201
    assert (Listening.objects.get().ground, Listening.objects.get().reason) == (Ground.REASON, WHY)


def test_what_somebody_opened_is_for_nobody_else_and_not_for_ever(opened, saule, aigerim, browser):
    _, answer = opened(saule)
    address = answer.json()["sound"]

    assert browser(aigerim).get(address).status_code == 404
    yesterday = now() - timedelta(hours=5)
    old = Listening.objects.create(
        recording=Listening.objects.get().recording, agent=saule, at=yesterday, ground="team"
    )
    assert browser(saule).get(f"/recordings/sound/{old.pk}/").status_code == 404


def test_which_seconds_were_heard_is_written_down(opened, saule, recording):
    client, answer = opened(saule)
    address = answer.json()["heard"]

    for since, until in (
        ("0", "4000"),
        ("3000", "5000"),
        ("8000", "9000"),
        ("9000", "8000"),
        ("0", "99999999"),
        ("x", "1"),
    ):
        assert client.post(address, {"since": since, "until": until}).status_code == 204

    assert list(Stretch.objects.values_list("since", "until")) == [(0, 4000), (3000, 5000), (8000, 9000)]


def test_a_file_is_given_only_by_its_own_right_and_with_a_reason(browser, recording, saule, timur):
    address = f"/recordings/{recording.pk}/file/"

    assert browser(saule).post(address, {"reason": WHY}).status_code == 403
    assert browser(timur).post(address, {"reason": ""}).status_code == 409
    answer = browser(timur).post(address, {"reason": WHY})

    assert answer.content == queries.sound(recording)
    assert answer["Content-Disposition"].startswith("attachment")
    assert [(one.ground, one.reason) for one in Listening.objects.all()] == [(Ground.EXPORT, WHY)]


def test_sound_that_was_changed_is_refused_in_a_sentence(opened, saule, recording):
    client, answer = opened(saule)
    path = store()._path(recording.stored)
    path.write_bytes(path.read_bytes()[:-1] + b"\0")

    assert client.get(answer.json()["sound"]).status_code == 409


def test_the_card_of_the_call_has_a_player_for_whoever_may_hear_it(browser, recording, aigerim, madina, saule, write):
    from komek.rooms.cards import actions as cards
    from komek.rooms.cards.rules import CardDraft, Kind
    from komek.rooms.intake import queries as intake

    contact = intake.contact(recording.call.contact_id)
    draft = CardDraft(kind=Kind.REQUEST, text="Көшеде су ағып жатыр", topic_code="WAT-02")
    card = cards.register(draft, contact=contact, channel="phone", by=aigerim, at=now(), key="one")

    def shows(person):
        return "data-player" in browser(person).get(f"/operator/card/{card.number}/").content.decode()

    assert (shows(aigerim), shows(madina), shows(saule)) == (True, False, True)


def test_the_review_of_a_contact_has_a_player(browser, recording, saule):
    page = browser(saule).get(f"/supervisor/contacts/{recording.call.contact_id}/").content.decode()

    assert 'data-for="review"' in page
    assert 'class="caller" d="M' in page
