from datetime import timedelta

import pytest
from tests.desks.partner.conftest import burst

from komek.platform.clock import now
from komek.platform.models import AuditEntry
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.models import Entry
from komek.rooms.channels import actions as channels
from komek.rooms.channels.models import Message
from komek.rooms.feedback.facts import ResultConfirmed, ResultRefuted


def test_cards_come_oldest_first_page_by_page_each_once(qala):
    for n in range(5):
        qala.post("/contacts", burst(outer_id=f"q-{n}"))

    seen, after, pages = [], 0, 0
    while after is not None:
        page = qala.get("/cards", after=after, limit=2).json()
        seen += [card["outer_id"] for card in page["cards"]]
        after, pages = page["next"], pages + 1

    assert seen == ["q-0", "q-1", "q-2", "q-3", "q-4"]
    assert pages == 3


def test_a_page_of_many_cards_costs_as_many_queries_as_a_page_of_one(qala, django_assert_max_num_queries):
    for n in range(6):
        qala.post("/contacts", burst(outer_id=f"q-{n}"))
    qala.get("/cards")

    with django_assert_max_num_queries(8):
        assert len(qala.get("/cards").json()["cards"]) == 6


def test_updated_since_leaves_out_what_has_not_changed(qala):
    old = qala.post("/contacts", burst(outer_id="q-1")).json()["number"]
    new = qala.post("/contacts", burst(outer_id="q-2")).json()["number"]
    later = now() + timedelta(hours=1)
    cards.note(card_queries.by_number(new).id, verb="looked", note="", by=None, at=later)

    changed = qala.get("/cards", updated_since=(later - timedelta(minutes=1)).isoformat()).json()["cards"]
    everything = qala.get("/cards", updated_since="2001-01-01T00:00:00Z").json()["cards"]

    assert [card["number"] for card in changed] == [new]
    assert [card["number"] for card in everything] == [old, new]


def test_a_number_may_be_written_as_people_write_it(qala, card_of_qala):
    assert qala.get(f"/cards/№ {card_of_qala.number.replace('-', ' ')}").json()["number"] == card_of_qala.number


def test_a_closed_card_says_how_it_ended(qala, closed_card):
    told = qala.get(f"/cards/{closed_card.number}").json()

    assert (told["status"], told["outcome"]) == ("closed", "done")
    assert told["closed_at"] is not None


def test_what_the_centre_says_is_fetched_and_counts_as_delivered(qala, card_of_qala, run_after):
    run_after()

    said = qala.get(f"/cards/{card_of_qala.number}/messages").json()["messages"]

    assert said[0]["by"] == "resident"
    assert {message["by"] for message in said[1:]} == {"centre"}
    assert not Message.objects.filter(direction="out").exclude(state="sent").exists()


def test_a_message_that_was_fetched_before_it_was_put_aside_is_not_sent_again(qala, card_of_qala, run_after):
    run_after()
    conversation = card_of_qala.conversation
    told = channels.tell(conversation, text="Бригада выехала", at=now())

    said = qala.get(f"/cards/{card_of_qala.number}/messages").json()["messages"]
    run_after()

    assert said[-1]["text"] == "Бригада выехала"
    told.refresh_from_db()
    assert told.state == "sent"


def test_messages_come_in_order_from_where_one_was(qala, card_of_qala):
    for n in range(3):
        qala.post(f"/cards/{card_of_qala.number}/messages", {"outer_id": f"m-{n}", "text": f"Ещё {n}"})
    first = qala.get(f"/cards/{card_of_qala.number}/messages", limit=3).json()
    rest = qala.get(f"/cards/{card_of_qala.number}/messages", after=first["next"]).json()

    assert [message["text"] for message in first["messages"] + rest["messages"]][2:] == ["Ещё 0", "Ещё 1", "Ещё 2"]
    assert rest["next"] is None


def test_reading_what_was_said_is_audited(qala, card_of_qala):
    qala.get(f"/cards/{card_of_qala.number}/messages")

    noted = AuditEntry.objects.get(verb="read")
    assert noted.subject == f"conversation:{card_of_qala.conversation_id}"
    assert noted.detail == {"fields": ["text"], "purpose": f"partner:{qala.partner.id}"}


def test_what_the_resident_adds_is_kept_and_noted_on_the_card(qala, card_of_qala):
    answer = qala.post(f"/cards/{card_of_qala.number}/messages", {"outer_id": "m-1", "text": "Вода уже в подвале"})

    assert answer.status_code == 201
    assert answer.json()["by"] == "resident"
    line = Entry.objects.get(card=card_of_qala, verb="resident_wrote")
    assert line.data == {"message_id": answer.json()["id"]}


def test_the_same_message_sent_twice_is_said_once(qala, card_of_qala):
    path, told = f"/cards/{card_of_qala.number}/messages", {"outer_id": "m-1", "text": "Вода уже в подвале"}
    first, second = qala.post(path, told), qala.post(path, told)
    other = qala.post(path, told | {"text": "Что-то другое"})

    assert first.json() == second.json()
    assert other.status_code == 409
    assert Message.objects.filter(direction="in").count() == 2


def test_the_resident_confirms_and_only_once(qala, closed_card, facts):
    first = qala.post(f"/cards/{closed_card.number}/confirm", {"score": 5, "comment": "Рахмет"})
    second = qala.post(f"/cards/{closed_card.number}/confirm", {"score": 1})

    assert (first.status_code, first.json()["status"]) == (200, "closed")
    assert (second.status_code, second.json()["code"]) == (409, "nothing_asked")
    assert [fact.score for fact in facts.of(ResultConfirmed)] == [5]


def test_confirming_again_under_the_same_key_is_answered_alike(qala, closed_card):
    path = f"/cards/{closed_card.number}/confirm"
    first, second = qala.post(path, {"score": 4}, key="c-1"), qala.post(path, {"score": 4}, key="c-1")

    assert (second.status_code, second.json()) == (200, first.json())


def test_refuting_opens_the_same_number_again(qala, closed_card, facts):
    answer = qala.post(f"/cards/{closed_card.number}/refute", {"reason": "Вода снова на дороге"})

    assert answer.status_code == 200
    assert (answer.json()["number"], answer.json()["reopened"]) == (closed_card.number, 1)
    assert answer.json()["closed_at"] is None
    assert len(facts.of(ResultRefuted)) == 1


@pytest.mark.parametrize(("verb", "told"), [("confirm", {}), ("refute", {"reason": "Нет"})])
def test_nothing_is_confirmed_or_refuted_before_the_centre_asks(qala, card_of_qala, verb, told):
    answer = qala.post(f"/cards/{card_of_qala.number}/{verb}", told)

    assert (answer.status_code, answer.json()["code"]) == (409, "nothing_asked")


def test_the_words_of_the_city_are_those_in_force(qala):
    topics = {topic["code"]: topic for topic in qala.get("/topics").json()["topics"]}
    services = {service["code"] for service in qala.get("/services").json()["services"]}
    districts = [district["code"] for district in qala.get("/districts").json()["districts"]]

    assert topics["WAT-02"]["norm"] == "2h"
    assert {topic["service_code"] for topic in topics.values()} <= services
    assert districts == ["almaty", "nura", "yesil"]
