"""Two browsers, or one nervous finger, at the same moment."""

import pytest
from django.test import Client
from tests.fixtures.line import at_once

from komek.rooms.cards import queries as cards
from komek.rooms.cards.models import Card
from komek.rooms.channels import queries as channels
from komek.rooms.feedback import queries as feedback

pytestmark = pytest.mark.django_db(transaction=True)
BURST = "Көшеде су құбыры жарылды"


def sending(photo, **fields):
    return lambda: Client().post("/write/", {"text": BURST, "key": "one", "files": [photo()], **fields})


@pytest.mark.parametrize("topic", ["WAT-02", ""])
def test_the_same_form_in_the_same_moment_is_one_card(line, kept, photo, topic):
    answers = at_once(*[sending(photo, topic_code=topic, phone="+7 701 555 01 01", name="Асан")] * 4)

    assert {answer.status_code for answer in answers} == {302}
    assert len({answer["Location"] for answer in answers}) == 1
    assert kept() == {"cards": 1, "contacts": 1, "files": 1}


def test_different_forms_in_the_same_moment_are_different_cards(line, photo):
    answers = at_once(*(sending(photo, key=str(n), topic_code="WAT-02") for n in range(4)))

    assert {answer.status_code for answer in answers} == {302}
    assert Card.objects.count() == 4


def test_what_is_added_in_the_same_moment_is_said_once(line, write, kept, photo, run_after):
    _, number, code = write(BURST, topic_code="WAT-02")
    run_after()
    told = {"text": "Әлі ағып жатыр", "key": "k1"}

    def add():
        return Client().post(f"/status/{number}/{code}/add/", {**told, "files": [photo()]})

    answers = at_once(*[add] * 4)

    assert {answer.status_code for answer in answers} == {302}
    said = channels.said(cards.by_number(number).conversation_id)
    assert [message.text for message in said if message.direction == "in"] == [BURST, "Әлі ағып жатыр"]
    assert kept()["files"] == 1


def test_of_two_answers_to_one_question_one_counts(line, write, work, run_after):
    _, number, _ = write(BURST, topic_code="WAT-02")
    run_after()
    work.finish(number)
    work.check(number)
    card = cards.by_number(number)
    address = f"/answer/{feedback.open_survey(card.pk).token}/"

    answers = at_once(
        lambda: Client().post(address, {"answer": "confirm", "score": "5"}),
        lambda: Client().post(address, {"answer": "refute", "comment": "Су әлі ағып жатыр"}),
    )

    assert sorted(answer.status_code for answer in answers) == [302, 409]
    (survey,) = feedback.surveys(card.pk)
    assert survey.answer in {"confirmed", "refuted"}
