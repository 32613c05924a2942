"""Checks in a row: the longest waiting first, decided once under one key, and the next one at hand."""

import html

import pytest

from komek.platform.clock import now
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import CardDraft
from komek.rooms.control import queries as control
from komek.rooms.routing import queries as routing
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries as orders

JSON = {"Accept": "application/json"}


@pytest.fixture
def waiting(line, run_after):
    """Three checks that wait; of the second not everything was done."""
    found = []
    for n, outcome in enumerate(("done", "partly", "done")):
        draft = CardDraft(text=f"{n}: Су жоқ", topic_code="WAT-02", place=line.place)
        card = cards.register(draft, channel="desk", by=None, at=now())
        run_after()
        for order in orders.of_card(card.pk):
            workorders.report_done(order.pk, outcome=outcome, reason_code="nothing_to_show", at=now())
        found.append(control.open_check(card.pk))
    run_after()
    return found


@pytest.fixture
def decide(browser, olzhas):
    def decided(check, verb, person=olzhas, script=True, **told):
        headers = JSON if script else {}
        return browser(person).post(f"/controller/checks/{check.pk}/{verb}/", told, headers=headers)

    return decided


def of(check):
    return card_queries.card(check.card_id)


def test_the_longest_waiting_stands_first_and_every_other_can_be_asked_for(waiting, browser, olzhas):
    desk = browser(olzhas)

    assert f'data-number="{of(waiting[0]).number}"' in desk.get("/controller/checks/").content.decode()
    for check in waiting:
        page = desk.get(f"/controller/checks/?check={check.pk}", headers={"X-Region": "check"}).content.decode()
        assert f'data-check="{check.pk}"' in page
    for nonsense in ("x", "0", "9" * 30, "\0", "-1", "٣"):
        assert desk.get("/controller/checks/", {"check": nonsense}).status_code == 200


def test_what_the_service_said_is_the_outcome_that_is_offered(waiting, browser, olzhas):
    page = browser(olzhas).get(f"/controller/checks/?check={waiting[1].pk}").content.decode()

    assert 'value="partly" data-key="Shift+Digit2" checked' in page


def test_one_is_accepted_and_the_next_one_stands_there(waiting, decide, browser, olzhas):
    assert decide(waiting[0], "accept", outcome="done", script=False)["Location"] == "/controller/checks/"
    assert of(waiting[0]).status == "closed"
    assert f'data-number="{of(waiting[1]).number}"' in browser(olzhas).get("/controller/checks/").content.decode()


def test_one_is_returned_with_its_reason(waiting, decide):
    assert decide(waiting[0], "give-back", reason="Суретте басқа жер").status_code == 200
    assert of(waiting[0]).status == "in_work"
    assert control.check(waiting[0].pk).reason == "Суретте басқа жер"


def test_a_promise_is_moved_and_the_check_stays(waiting, decide):
    was = routing.clock(waiting[0].card_id).due_at
    told = {"norm": "4h", "reason": "Қайта қараймыз"}
    answer = decide(waiting[0], "extend", script=False, **told)

    assert answer["Location"] == f"/controller/checks/?check={waiting[0].pk}"
    assert routing.clock(waiting[0].card_id).due_at > was
    assert control.check(waiting[0].pk).decided_at is None


def test_a_decision_sent_twice_is_done_once_and_answered_alike(waiting, decide):
    first = decide(waiting[0], "accept", outcome="done", key="k1")
    again = decide(waiting[0], "accept", outcome="done", key="k1")

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.json() == again.json()


def test_of_two_who_decide_one_is_told_and_the_page_says_who_was_faster(waiting, decide, browser, gulnara, olzhas):
    decide(waiting[0], "accept", person=gulnara, outcome="done", key="g")
    answer = decide(waiting[0], "give-back", reason="Жоқ", key="o")

    assert answer.status_code == 409
    assert of(waiting[0]).number in answer.json()["detail"]
    page = browser(olzhas).get(f"/controller/checks/?check={waiting[0].pk}").content.decode()
    assert gulnara.name in page
    assert 'data-verdict="accept"' not in page


def test_a_decision_that_lacks_something_is_refused_with_a_sentence(waiting, decide):
    for verb, told in (("give-back", {}), ("extend", {"norm": "soon", "reason": "x"}), ("accept", {"outcome": "x"})):
        answer = decide(waiting[0], verb, **told)
        assert answer.status_code == 422, verb
        assert answer.json()["detail"]
        assert decide(waiting[0], verb, script=False, **told).status_code == 302

    assert control.check(waiting[0].pk).decided_at is None
    assert decide(waiting[0], "explode").status_code == 404


def test_nothing_to_check_is_a_calm_page(line, browser, olzhas, in_words):
    page = html.unescape(browser(olzhas, "ru").get("/controller/checks/").content.decode())

    assert in_words("Nothing waits for a check.", "ru") in page
