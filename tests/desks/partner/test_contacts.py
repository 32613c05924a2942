from datetime import datetime

import pytest
from tests.desks.partner.conftest import burst

from komek.registers.residents import queries as residents
from komek.rooms.cards import queries as cards
from komek.rooms.cards.facts import CardReceived, CardRegistered
from komek.rooms.channels.models import Message
from komek.rooms.intake.models import Contact


def test_a_contact_with_a_topic_is_a_registered_card_with_a_service_and_a_clock(qala, facts):
    answer = qala.post("/contacts", burst())

    assert answer.status_code == 201
    told = answer.json()
    assert told["outer_id"] == "q-1"
    assert told["status"] == "routed"
    assert [service["code"] for service in told["services"]] == ["SU"]
    assert datetime.fromisoformat(told["due_at"]) > datetime.fromisoformat(told["registered_at"])
    assert told["district_code"] == "nura"
    assert len(facts.of(CardRegistered)) == 1


def test_a_contact_without_a_topic_has_a_number_and_waits_for_an_operator(qala, facts):
    told = qala.post("/contacts", burst(topic_code=None)).json()

    assert told["status"] == "received"
    assert told["services"] == []
    assert len(facts.of(CardReceived)) == 1
    assert Contact.objects.get().state == "waiting"


def test_an_urgent_contact_waits_as_an_urgent_one(qala):
    qala.post("/contacts", burst(topic_code=None, urgency="urgent"))

    assert Contact.objects.get().urgency == "urgent"


def test_the_resident_is_remembered_with_telephone_and_address(qala):
    who = {"name": "Әсел Сәрсенова", "phone": "8 701 555 01 01", "email": "asel@example.kz"}
    told = qala.post("/contacts", burst(resident=who)).json()

    resident_id = cards.by_number(told["number"]).resident_id
    asel = residents.disclose(resident_id, purpose="test", by=None)
    assert asel.name == "Әсел Сәрсенова"
    assert dict(asel.handles) == {"phone": "8 701 555 01 01", "email": "asel@example.kz"}


def test_an_address_that_nobody_knows_does_not_keep_the_contact_out(qala):
    answer = qala.post("/contacts", burst(place={"text": "за третьим гаражом от реки"}))

    assert answer.status_code == 201
    assert cards.by_number(answer.json()["number"]).place_text == "за третьим гаражом от реки"


def test_the_status_link_leads_to_the_resident_page_of_the_card(qala, client):
    told = qala.post("/contacts", burst()).json()

    page = client.get(told["status_url"].removeprefix("http://testserver"))
    assert page.status_code == 200
    assert told["number"] in page.content.decode()


def test_the_same_contact_sent_twice_is_one_card_and_one_answer(qala):
    first = qala.post("/contacts", burst())
    second = qala.post("/contacts", burst())

    assert (second.status_code, second.json()) == (201, first.json())
    assert Contact.objects.count() == Message.objects.filter(direction="in").count() == 1


def test_a_replay_is_answered_as_the_first_time_even_when_the_card_has_moved_on(qala, closed_card):
    replay = qala.post("/contacts", burst())

    assert replay.json()["status"] == "routed"
    assert qala.get(f"/cards/{closed_card.number}").json()["status"] == "closed"


def test_the_same_id_with_other_contents_is_a_conflict_and_changes_nothing(qala):
    qala.post("/contacts", burst())
    answer = qala.post("/contacts", burst(text="Совсем другое"))

    assert (answer.status_code, answer.json()["code"]) == (409, "key_reused")
    assert Contact.objects.count() == 1


def test_the_same_idempotency_key_with_another_contact_is_a_conflict(qala):
    qala.post("/contacts", burst(), key="k-1")
    replay = qala.post("/contacts", burst(), key="k-1")
    other = qala.post("/contacts", burst(outer_id="q-2"), key="k-1")

    assert replay.status_code == 201
    assert other.status_code == 409
    assert Contact.objects.count() == 1


def test_two_partners_may_use_the_same_id_for_different_contacts(qala, zhana):
    first = qala.post("/contacts", burst())
    second = zhana.post("/contacts", burst(text="Другой человек о другом"))

    assert second.status_code == 201
    assert first.json()["number"] != second.json()["number"]


def test_what_was_refused_may_be_mended_and_sent_under_the_same_id(qala):
    refused = qala.post("/contacts", burst(topic_code="NO-SUCH"))
    mended = qala.post("/contacts", burst())

    assert (refused.status_code, refused.json()["code"]) == (422, "unknown_topic")
    assert list(refused.json()["fields"]) == ["topic_code"]
    assert mended.status_code == 201


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"place": {"lat": 51.1}}, "impossible_point", "place"),
        ({"resident": {"phone": "позвоните мне"}}, "unreadable_handle", "resident"),
        ({"resident": {"email": "нет"}}, "unreadable_handle", "resident"),
        ({"text": "\x00\x01 \u202e"}, "text_empty", "text"),
        ({"topic_code": "WAT\x00"}, "unknown_topic", "topic_code"),
    ],
)
def test_what_a_program_can_mend_is_refused_by_name(qala, changes, code, field):
    answer = qala.post("/contacts", burst(**changes))

    assert answer.status_code == 422
    assert (answer.json()["code"], list(answer.json()["fields"])) == (code, [field])
    assert Contact.objects.count() == 0
