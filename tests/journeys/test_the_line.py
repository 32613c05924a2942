"""A contact becomes a card, goes to its service, comes back done with proof, and the resident has the last word."""

import re

import pytest

from komek.platform.clock import now
from komek.rooms.analytics import actions as analytics
from komek.rooms.analytics.models import CardStory, ContactStory, Tally
from komek.rooms.cards import queries as cards
from komek.rooms.feedback import queries as feedback
from komek.rooms.workorders import queries as workorders

BURST = {
    "kk": "Көшеде су құбыры жарылып, жолды су басып жатыр",
    "ru": "На улице прорвало водопровод, вода заливает дорогу",
    "en": "A water main has burst and the road is under water",
}


def status(client, number, code):
    answer = client.get(f"/status/{number}/{code}/")
    assert answer.status_code == 200
    return answer.content.decode()


def question_for(number, code, client):
    """The link to the question, as the resident finds it on the status page."""
    found = re.search(r'href="(/answer/[^"]+/)"', status(client, number, code))
    assert found, "the status page does not ask"
    return found[1]


def counted():
    """Everything the analytics hold, in a comparable form."""
    rows = {}
    for model in (ContactStory, CardStory, Tally):
        columns = [field.attname for field in model._meta.concrete_fields if field.attname != "id"]
        rows[model.__name__] = sorted(map(repr, model.objects.values_list(*columns)))
    return rows


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_web_form_comes_back_confirmed_by_the_resident(line, write, work, facts, run_after, language):
    client, number, code = write(BURST[language], language, topic_code="WAT-02", place_text="Кенесары 12", name="Асан")
    run_after()
    assert number in status(client, number, code)

    work.finish(number)
    work.check(number)
    question = question_for(number, code, client)
    assert client.get(question).status_code == 200
    answer = client.post(question, {"answer": "confirm", "score": "5"})
    assert answer.status_code == 302
    run_after()

    card = cards.by_number(number)
    assert card.status == "closed"
    assert card.language == language
    assert feedback.last_survey(card.pk).answer == "confirmed"
    told = [notice.moment for notice in feedback.notices(card.pk)]
    assert told[0] == "registered"
    assert told == ["registered", "done"]
    assert all(notice.message.language == language for notice in feedback.notices(card.pk))
    in_order = [
        "ContactArrived",
        "CardRegistered",
        "CardRouted",
        "OrderSent",
        "OrderAccepted",
        "CrewOnTheWay",
        "CrewOnSite",
        "WorkReported",
        "CardDone",
        "CheckOpened",
        "WorkAccepted",
        "CardClosed",
        "ConfirmationAsked",
        "ResultConfirmed",
    ]
    heard = facts.names()
    places = [heard.index(name) for name in in_order]
    assert places == sorted(places), list(zip(in_order, places, strict=True))


def test_a_refuted_result_opens_the_same_number_again_and_is_done_in_the_end(line, write, work, facts, run_after):
    client, number, code = write(BURST["ru"], "ru", topic_code="WAT-02", place_text="Кенесары 12")
    run_after()
    work.finish(number)
    work.check(number)
    first = cards.by_number(number)

    answer = client.post(question_for(number, code, client), {"answer": "refute", "comment": "Вода всё ещё течёт"})
    assert answer.status_code == 302
    run_after()

    reopened = cards.by_number(number)
    assert reopened.pk == first.pk
    assert reopened.reopened == 1
    assert reopened.closed_at is None
    assert reopened.received_at == first.received_at

    (order,) = [one for one in workorders.of_card(reopened.pk) if one.ended_at is None]
    for verb in ("accept", "arrive"):
        work.do(order.pk, verb)
    work.do(
        order.pk,
        "report",
        outcome="done",
        text="Переделано",
        files=[work.photo("again.jpg")],
        shows="after",
        key="second",
    )
    work.check(number)
    answer = client.post(question_for(number, code, client), {"answer": "confirm", "score": "4"})
    assert answer.status_code == 302
    run_after()

    done = cards.by_number(number)
    assert done.status == "closed"
    assert [survey.answer for survey in feedback.surveys(done.pk)] == ["refuted", "confirmed"]
    heard = facts.names()
    assert heard.index("ResultRefuted") < heard.index("CardReopened") < len(heard) - heard[::-1].index("CardClosed")


def test_the_analytics_equal_a_recount_from_history(line, write, work, run_after):
    client, number, code = write(BURST["kk"], topic_code="WAT-02", place_text="Кенесары 12")
    run_after()
    work.finish(number)
    work.check(number)
    client.post(question_for(number, code, client), {"answer": "refute", "comment": "Су әлі ағып жатыр"})
    write(BURST["en"], "en", topic_code="ROA-01", place_text="Abai 5")
    write(BURST["ru"], "ru")
    run_after()

    followed = counted()
    analytics.rebuild(at=now())

    assert followed["CardStory"], "nothing was counted: the comparison would show nothing"
    assert counted() == followed


def test_a_form_without_a_topic_waits_for_an_operator_who_gives_it_one(line, write, browser, aigerim, run_after):
    _, number, _ = write("Жолда үлкен шұңқыр бар", place_text="Кенесары 12")
    run_after()
    desk = browser(aigerim)
    desk.post("/operator/seat/", {"state": "ready"})
    (contact,) = re.findall(r"/operator/contact/(\d+)/accept/", desk.get("/operator/").content.decode())
    assert desk.post(f"/operator/contact/{contact}/accept/").status_code == 302

    answer = desk.post(
        f"/operator/finish/{contact}/",
        {
            "kind": "request",
            "text": "Жолда үлкен шұңқыр бар",
            "language": "kk",
            "topic_code": "ROA-01",
            "place_text": "Кенесары 12",
        },
    )

    assert answer.status_code == 302, answer.content.decode()[:3000]
    card = cards.by_number(number)
    assert card.topic_code == "ROA-01"
    assert {order.service_code for order in workorders.of_card(card.pk)} == {"DOR", "AKIM-NURA"}
