"""Looking at how a contact was handled, and what the operator reads of it."""

import re

import pytest

from komek.platform.clock import now
from komek.platform.models import AuditEntry
from komek.rooms.channels import actions as channels
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival
from komek.rooms.quality import queries

JUDGED = {"greeting": "yes", "answer": "no", "comment": "Мерзімін айту керек еді", "revision": "0"}


@pytest.fixture
def served(line, aigerim):
    """A resident has written, and Aigerim has answered."""
    contact = intake.arrive(Arrival("webform", text="Су қашан келеді?", language="kk", outer_id="1"), at=now())
    intake.pick(contact.pk, by=aigerim, at=now())
    intake.end(contact.pk, by=aigerim, at=now())
    intake.wrap_up(contact.pk, by=aigerim, at=now())
    return contact


@pytest.fixture
def desk(browser, saule):
    return browser(saule, "en")


def test_a_contact_drawn_by_lot_is_read_judged_and_told_to_the_operator(served, desk, browser, aigerim, saule):
    drawn = desk.get("/supervisor/contacts/").content.decode()
    assert f"/supervisor/contacts/{served.pk}/" in drawn
    shown = desk.get(f"/supervisor/contacts/{served.pk}/").content.decode()
    assert "Су қашан келеді?" in shown
    read = AuditEntry.objects.filter(verb="read", subject=f"contact:{served.pk}").get()
    assert (read.actor, read.detail["purpose"]) == (f"agent:{saule.pk}", "quality review")

    assert desk.post(f"/supervisor/contacts/{served.pk}/", JUDGED).status_code == 302

    assert queries.review_of(served.pk).score == 25
    mine = browser(aigerim, "en").get("/operator/reviews/").content.decode()
    assert "Мерзімін айту керек еді" in mine
    assert re.search(r'chip danger">no<', mine)
    assert queries.unseen(aigerim) == 0
    numbers = desk.get("/supervisor/numbers/").content.decode()
    assert "Reviews of these days" in numbers
    assert "Айгерім Нұрланова" in numbers


def test_two_supervisors_at_one_contact_do_not_overwrite_each_other(served, desk, browser, erlan, in_words):
    desk.post(f"/supervisor/contacts/{served.pk}/", JUDGED)
    answer = browser(erlan, "ru").post(f"/supervisor/contacts/{served.pk}/", {**JUDGED, "comment": "Другое мнение"})

    assert answer.status_code == 409
    assert "Другое мнение" in answer.content.decode()
    assert queries.review_of(served.pk).comment == "Мерзімін айту керек еді"


def test_a_review_that_answers_nothing_is_asked_for_again(served, desk):
    answer = desk.post(f"/supervisor/contacts/{served.pk}/", {"revision": "0", "comment": "?"})

    assert answer.status_code == 409
    assert "Answer at least one question of the review." in answer.content.decode()
    assert desk.post(f"/supervisor/contacts/{served.pk}/", {**JUDGED, "answer": "perhaps"}).status_code == 422


def test_what_nobody_handled_cannot_be_opened(line, desk):
    waiting = intake.arrive(Arrival("webform", text="Су жоқ", language="kk", outer_id="2"), at=now())

    assert desk.get(f"/supervisor/contacts/{waiting.pk}/").status_code == 409
    assert desk.get("/supervisor/contacts/999999/").status_code == 404


def test_only_what_was_said_in_this_contact_is_shown(served, desk):
    channels.hear(served.conversation, text="Бұл басқа күннің сөзі", at=now().replace(year=2025))
    shown = desk.get(f"/supervisor/contacts/{served.pk}/").content.decode()

    assert "Су қашан келеді?" in shown
    assert "басқа күннің" not in shown


@pytest.mark.parametrize(
    ("asked", "status", "said"),
    [
        ("how=low", 200, "Nothing of this kind is there."),
        ("day=2026-02-30", 422, "Enter a valid date."),
        ("agent=x", 200, "Look at it<"),
        ("how=never", 422, "Select a valid choice."),
        ("day=0001-01-01", 422, "Choose a day between 2000 and 2100."),
        ("again=-1", 422, "greater than or equal to 0"),
    ],
)
def test_whatever_is_asked_the_list_opens_or_says_what_is_wrong(served, desk, asked, status, said):
    answer = desk.get(f"/supervisor/contacts/?{asked}")

    assert answer.status_code == status
    assert said in answer.content.decode()
