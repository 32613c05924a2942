"""One decision about many cards: each for itself, each with its answer, nothing done twice and nothing lost."""

import html
import re
from datetime import timedelta

import pytest

from komek.platform.clock import now
from komek.rooms.cards import actions as cards
from komek.rooms.cards import queries as card_queries
from komek.rooms.cards.rules import CardDraft
from komek.rooms.control import actions as control
from komek.rooms.control import queries as control_queries
from komek.rooms.routing import actions as routing
from komek.rooms.routing import queries as routing_queries
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries as orders
from komek.rooms.workorders.rules import REMINDED_FOR


@pytest.fixture
def three(line, run_after):
    """Three burst mains that Su Arnasy works on."""
    made = [
        cards.register(
            CardDraft(text=f"{n}: Су жоқ", topic_code="WAT-02", place=line.place), channel="desk", by=None, at=now()
        )
        for n in range(3)
    ]
    run_after()
    return made


@pytest.fixture
def decide(browser, olzhas):
    """One decision of Olzhas about some cards."""

    def decided(found, verb, language=None, **told):
        numbers = [getattr(card, "number", card) for card in found]
        answer = browser(olzhas, language).post("/controller/bulk/", {"card": numbers, "verb": verb, **told})
        assert answer.status_code < 500, answer.content.decode()[:2000]
        return answer

    return decided


def text_of(answer):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())).split())


def promised(card):
    return routing_queries.clock(card.pk).due_at


def test_all_promises_are_moved(three, decide):
    was = [promised(card) for card in three]
    answer = decide(three, "extend", "en", norm="4h", reason="Бөлшек күтіп тұрмыз")

    assert answer.status_code == 200
    assert "Done for 3 cards." in text_of(answer)
    assert [promised(card) > before for card, before in zip(three, was, strict=True)] == [True] * 3


def test_what_one_card_refuses_is_no_matter_of_the_others(three, decide, olzhas, in_words):
    cards.close(three[1].pk, outcome="done", by=olzhas, at=now())
    was = promised(three[0])
    answer = decide([*three, "26-0000-0000"], "extend", "en", norm="4h", reason="Бөлшек күтіп тұрмыз")
    told = text_of(answer)

    assert promised(three[0]) > was
    assert "Done for 2 cards." in told
    assert "Not done for 2 cards" in told
    assert re.search(rf"{three[1].number}\s+\S.*closed", told)
    page = answer.content.decode()
    assert 'value="Бөлшек күтіп тұрмыз"' in page, "what was typed stays"
    assert len(re.findall(r'name="card" value="[\d-]+" form="bulk" checked', page)) == 2


def test_the_same_decision_sent_twice_is_done_once(three, decide):
    told = {"norm": "4h", "reason": "Бөлшек күтіп тұрмыз", "key": "one-click"}
    decide(three, "extend", **told)
    was = [promised(card) for card in three]
    again = decide(three, "extend", "en", **told)

    assert [promised(card) for card in three] == was
    assert "Done for 3 cards." in text_of(again)


def test_a_decision_that_lacks_something_is_done_about_nobody(three, decide, in_words):
    was = [promised(card) for card in three]
    for told in ({"norm": "4h"}, {"reason": "x"}, {"norm": "soon", "reason": "x"}, {"norm": "4h", "reason": " \0 "}):
        answer = decide(three, "extend", "ru", **told)
        assert answer.status_code == 422, told
        assert len(re.findall(r'name="card" value="[\d-]+" form="bulk" checked', answer.content.decode())) == 3

    assert [promised(card) for card in three] == was
    assert decide(three, "explode", reason="x").status_code == 422


def test_nothing_chosen_is_said(line, browser, olzhas, in_words):
    told = {"verb": "remind", "reason": "x", "next": "/controller/?clock=soon"}
    answer = browser(olzhas, "ru").post("/controller/bulk/", told, follow=True)

    assert answer.redirect_chain == [("/controller/?clock=soon", 302)]
    assert in_words("No card was chosen.", "ru") in text_of(answer)


def test_the_services_are_reminded_and_not_again_at_once(three, decide, in_words):
    decide(three, "remind", reason="Тұрғындар күтіп отыр")
    again = decide(three, "remind", "en", reason="Тұрғындар күтіп отыр")

    (entry,) = [one for one in orders.stories(three[0].pk) if one.verb == "reminded"]
    assert entry.note == "Тұрғындар күтіп отыр"
    assert "have been reminded a moment ago" in text_of(again)
    later = now() + REMINDED_FOR + timedelta(minutes=1)
    assert workorders.remind(three[0].pk, reason="Қалай болды?", by=None, at=later)


def test_a_card_nobody_works_on_has_nobody_to_remind(three, decide, olzhas):
    (assignment,) = routing_queries.live_of([three[0].pk])[three[0].pk]
    routing.withdraw(assignment.pk, reason="Қате", by=olzhas, at=now())

    assert "No service is at work" in text_of(decide(three[:1], "remind", "en", reason="Қалай?"))


def test_cards_are_passed_on_instead_of_whoever_has_them(three, decide, olzhas):
    routing.assign(three[2].pk, service_code="DOR", reason="Асфальт", by=olzhas, at=now())
    answer = decide(three, "redirect", "en", to_service="TT", reason="Бұл жылу желісі")

    assert [one.code for one in routing_queries.outlook(three[0].pk).assignments] == ["TT"]
    assert "Several services have card" in text_of(answer)
    assert "TT" not in [one.code for one in routing_queries.outlook(three[2].pk).assignments]


def test_many_matters_are_decided_by_one_word(three, decide):
    for card in three[:2]:
        control.escalate(card.pk, cause="overdue", detail={}, at=now())
    answer = decide(three, "resolve", "en", reason="Боран: бәрі жолда")

    assert "Done for 2 cards." in text_of(answer)
    assert all(one.resolution == "Боран: бәрі жолда" for one in control_queries.escalations_of(three[0].pk))


def test_clocks_are_paused_and_run_again(three, decide):
    decide(three, "pause", reason="Боран")
    assert all(routing_queries.clock(card.pk).paused_at for card in three)
    decide(three, "resume")
    assert not any(routing_queries.clock(card.pk).paused_at for card in three)


def test_no_more_than_a_page_is_decided_at_once(three, decide):
    numbers = [card.number for card in three] + [f"26-0000-{n:04}" for n in range(100)]

    assert decide(numbers, "pause", "en", reason="Боран").content.decode().count('<li class="row">') == 50


def test_the_history_says_who_decided(three, decide, olzhas):
    decide(three, "pause", reason="Боран")

    assert [entry.by for entry in card_queries.story(three[0]) if entry.verb == "paused"] == [olzhas]
