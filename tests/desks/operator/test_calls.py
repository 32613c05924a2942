"""What the browser of an operator says of calls, and what it is told: without a switch, by its addresses alone."""

import json
from datetime import timedelta

import pytest

from komek.platform import plugs
from komek.platform.clock import now
from komek.rooms.calls import actions as calls
from komek.rooms.calls import queries
from komek.rooms.calls.models import Call
from komek.rooms.calls.ports import Line, Telephony
from komek.rooms.calls.rules import Entry, Place, Told, What
from komek.rooms.intake import actions as intake

NUMBER = "+77015550142"
CALL = "1700000000.42"
TOLD = {"number": NUMBER, "language": "ru", "queue": "q109-ru", "waited": 42, "urgent": False}


class Exchange:
    """A telephone that gives lines and nothing else."""

    def line(self, seat):
        return Line("ws://localhost/ws", f"sip:op{seat:03}@localhost", "secret")


@pytest.fixture
def telephone(monkeypatch):
    monkeypatch.setitem(plugs._plugged, Telephony, {"asterisk": Exchange()})


@pytest.fixture
def desk(line, aigerim, browser):
    client = browser(aigerim)

    def say(verb, told, call=CALL):
        return client.post(f"/operator/call/{call}/{verb}/", json.dumps(told), content_type="application/json")

    client.say = say
    return client


def test_an_operator_is_given_a_line_and_keeps_it(desk, telephone):
    first, second = (desk.post("/operator/line/").json() for _ in range(2))

    assert (
        first
        == second
        == {"number": 1, "socket": "ws://localhost/ws", "uri": "sip:op001@localhost", "password": "secret"}
    )


def test_where_there_is_no_telephone_the_reason_is_said(desk):
    answer = desk.post("/operator/line/")

    assert (answer.status_code, answer.json()["code"]) == (409, "no_phone")


def test_a_call_that_only_the_browser_knows_of_becomes_a_contact(desk, aigerim):
    answer = desk.say("accept", TOLD)

    call = Call.objects.get(unique_id=CALL)
    assert answer.json() == {
        "contact": call.contact_id,
        "address": f"/operator/?contact={call.contact_id}",
        "mine": True,
    }
    assert (call.number, call.language, call.agent, call.contact.state) == (NUMBER, "ru", aigerim, "accepted")
    assert round((call.answered_at - call.entered_at).total_seconds()) == 42


def test_a_call_is_accepted_once_however_often_it_is_said(desk):
    assert desk.say("accept", TOLD).json() == desk.say("accept", TOLD).json()
    assert Call.objects.count() == 1


@pytest.mark.parametrize("told", [{"waited": "long"}, {"language": "xx"}, {"waited": -1}, {"number": "7" * 99}])
def test_what_makes_no_sense_is_refused(desk, told):
    assert desk.say("accept", told).status_code == 400


def test_the_page_of_a_call_that_rings_is_the_card_without_the_name(desk, aigerim, write, run_after):
    write("Су жоқ", phone=NUMBER, name="Асан Сейітов", topic_code="WAT-02")
    run_after()
    calls.rang(CALL, number=NUMBER, queue="q109-ru", agent_id=aigerim.pk, at=now())

    page = desk.get(f"/operator/call/{CALL}/").content.decode()

    assert 'id="workbench"' in page
    assert 'id="who-rings"' in page
    assert NUMBER in page
    assert "Асан" not in page, "nobody has answered yet"


def test_a_call_that_is_not_known_yet_has_no_page(desk):
    assert desk.get(f"/operator/call/{CALL}/").status_code == 204


def test_the_call_of_somebody_else_is_not_shown(desk, madina):
    call = calls.accept(CALL, told=Told(number=NUMBER, language="ru", queue="q109-ru"), by=madina, at=now())

    assert desk.get(f"/operator/call/{call.unique_id}/").status_code == 204


def test_who_says_not_now_pauses_and_the_caller_waits_on(desk, aigerim):
    intake.take_seat(aigerim, at=now())
    calls.rang(CALL, number=NUMBER, queue="q109-ru", agent_id=aigerim.pk, at=now())

    assert desk.say("decline", {}).status_code == 200

    assert Call.objects.get().contact.state == "waiting"
    assert 'data-seat="break"' in desk.get("/operator/").content.decode()


def test_how_a_call_sounded_is_kept_with_it(desk):
    desk.say("accept", TOLD)

    desk.say("quality", {"loss_percent": 0.4, "jitter_ms": 3, "round_trip_ms": 21, "seconds": 60, "colour": "red"})

    assert Call.objects.get().quality == {"loss_percent": 0.4, "jitter_ms": 3, "round_trip_ms": 21, "seconds": 60}


def test_only_an_emergency_service_is_called_in(desk):
    desk.say("accept", TOLD)

    assert desk.say("hand-over", {"service": "911"}).status_code == 400
    assert desk.say("hand-over", {"service": "112"}).status_code == 200


def test_whoever_gave_up_waiting_is_on_the_desk_and_called_as_soon_as_somebody_says_so(desk):
    at = now()
    entered = Entry(at - timedelta(minutes=2), CALL, What.ENTERED, "q109-ru", data=("", NUMBER, "1"))
    calls.read([entered, Entry(at, CALL, What.ABANDONED, "q109-ru")], place=Place(), at=at)
    later = queries.open_call_backs()[0].next_at

    assert NUMBER in desk.get("/operator/").content.decode()
    assert desk.post(f"/operator/call-back/{queries.open_call_backs()[0].pk}/").status_code == 302

    assert queries.open_call_backs()[0].next_at < later
    assert [one.number for one in queries.due_call_backs(at=now())] == [NUMBER]
