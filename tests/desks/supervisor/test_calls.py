"""The calls of this moment: who takes part in them, and who is called back."""

import pytest
from django.urls import reverse

from komek.platform.clock import now
from komek.rooms.calls import actions as calls
from komek.rooms.calls import queries
from komek.rooms.calls.models import CallBack, Joining, PhoneSeat
from komek.rooms.calls.rules import Entry, Place, Told, What
from komek.rooms.intake import actions as intake

PAGE = reverse("supervisor:calls")
NUMBER = "+77015550142"


@pytest.fixture
def talking(aigerim):
    """Somebody talks with Aigerim on the telephone."""
    PhoneSeat.objects.create(number=1, agent=aigerim, taken_at=now())
    intake.take_seat(aigerim, at=now())
    return calls.accept("1795000000.1", told=Told(number=NUMBER, language="ru", queue="q109-ru"), by=aigerim, at=now())


@pytest.fixture
def given_up():
    """Somebody has waited a minute, given up, and is to be called."""
    at = now()
    told = [Entry(at, "1795000000.2", What.ENTERED, "q109-kk", data=("", NUMBER, "1"))]
    told.append(
        Entry(at.replace(microsecond=0), "1795000000.2", What.CALLBACK_ASKED, "q109-kk", data=(NUMBER, "kk", "", "0"))
    )
    calls.read(told, place=Place(1, 10), at=at)
    return CallBack.objects.get()


def test_who_talks_with_whom_is_on_the_page(browser, saule, talking):
    page = browser(saule).get(PAGE).content.decode()

    assert talking.agent.name in page
    assert NUMBER in page


def test_a_supervisor_asks_to_listen_and_their_telephone_is_to_ring(browser, saule, aigerim, talking):
    PhoneSeat.objects.create(number=2, agent=saule, taken_at=now())

    browser(saule).post(reverse("supervisor:join", args=[aigerim.pk]), {"ear": "whisper"})

    assert [(one.agent_seat, one.seat, one.ear) for one in queries.to_join()] == [(1, 2, "whisper")]
    assert "Nobody has listened in." not in browser(saule).get(PAGE).content.decode()


def test_without_a_telephone_of_their_own_they_are_told_why_not(browser, saule, aigerim, talking):
    answer = browser(saule).post(reverse("supervisor:join", args=[aigerim.pk]), {"ear": "listen"}, follow=True)

    assert Joining.objects.count() == 0
    assert "message error" in answer.content.decode()


@pytest.mark.parametrize("ear", ["", "shout"])
def test_there_are_three_ways_to_take_part(browser, saule, aigerim, talking, ear):
    assert browser(saule).post(reverse("supervisor:join", args=[aigerim.pk]), {"ear": ear}).status_code == 404


def test_whoever_gave_up_is_called_at_once_when_somebody_says_so(browser, saule, given_up):
    CallBack.objects.update(next_at=now().replace(year=2100))

    browser(saule).post(reverse("supervisor:callback", args=[given_up.pk, "now"]))

    assert [one.number for one in queries.due_call_backs(at=now())] == [NUMBER]


def test_a_call_back_that_nobody_needs_ends_and_cannot_be_wanted_again(browser, saule, given_up):
    browser(saule).post(reverse("supervisor:callback", args=[given_up.pk, "drop"]))

    answer = browser(saule).post(reverse("supervisor:callback", args=[given_up.pk, "now"]), follow=True)

    assert CallBack.objects.get().state == "not_needed"
    assert answer.status_code == 200
    assert queries.due_call_backs(at=now()) == []
