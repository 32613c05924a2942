"""The board: what is red stands first, the map shows what the list shows, and it opens as somebody has kept it."""

import html
import json
import re
from datetime import timedelta

import pytest

from komek.platform.clock import now
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft
from komek.rooms.routing import actions as routing


@pytest.fixture
def made(line, run_after, olzhas):
    """A main that is late, another that is due within the hour, and a hole in the road that has days."""
    found = {}
    for name, topic, ago in (("late", "WAT-02", 30), ("soon", "WAT-02", 1.5), ("later", "ROA-01", 0)):
        found[name] = cards.register(
            CardDraft(text=f"{name}: Су жоқ", topic_code=topic, place=line.place),
            channel="desk",
            by=None,
            at=now() - timedelta(hours=ago),
        )
    run_after()
    return found


def numbers_in(text):
    return list(dict.fromkeys(re.findall(r'data-card="([\d-]+)"', text)))


def test_parts_stand_in_the_order_of_the_clock(made, browser, olzhas):
    text = browser(olzhas).get("/controller/").content.decode()
    parts = re.findall(r'<tbody class="(\w+)">', text)

    assert parts == ["overdue", "soon", "later"]
    assert numbers_in(text) == [made[name].number for name in ("late", "soon", "later")]


def test_a_paused_card_that_stands_first_stays_with_those_that_are_late(made, browser, olzhas):
    later = cards.register(
        CardDraft(text="Су жоқ", topic_code="WAT-02"), channel="desk", by=None, at=now() - timedelta(hours=29)
    )
    routing.pause(made["late"].pk, reason="Боран", by=olzhas, at=now() - timedelta(hours=29))
    text = browser(olzhas).get("/controller/").content.decode()

    assert numbers_in(text)[:2] == [made["late"].number, later.number]
    assert re.findall(r'<tbody class="(\w+)">', text) == ["overdue", "soon", "later"]


def test_the_map_shows_what_the_list_shows(made, browser, olzhas):
    text = browser(olzhas).get("/controller/", {"group": made["later"].topic.group_code}).content.decode()
    marks = json.loads(html.unescape(re.search(r'data-marks="([^"]*)"', text)[1]))

    assert [mark["id"] for mark in marks] == numbers_in(text) == [made["later"].number]
    assert all(mark["lat"] and mark["lon"] for mark in marks)
    whole = html.unescape(browser(olzhas).get("/controller/").content.decode())
    assert '"kind": "overdue"' in whole


def test_the_clock_is_a_filter_too(made, browser, olzhas):
    desk = browser(olzhas)

    assert numbers_in(desk.get("/controller/?clock=overdue").content.decode()) == [made["late"].number]
    routing.pause(made["late"].pk, reason="Боран", by=olzhas, at=now())
    assert numbers_in(desk.get("/controller/?clock=overdue").content.decode()) == []
    assert len(numbers_in(desk.get("/controller/?clock=never").content.decode())) == 3


def test_the_board_opens_as_it_was_kept_and_forgets_it_again(made, browser, olzhas):
    desk = browser(olzhas)
    desk.post("/controller/look/", {"query": "service=DOR&look=list&after=x&evil=1"})

    assert desk.get("/controller/")["Location"] == "/controller/?look=list&service=DOR"
    assert desk.get("/controller/?look=both").status_code == 200
    desk.post("/controller/look/", {"query": ""})
    assert desk.get("/controller/").status_code == 200


def test_a_part_of_an_open_board_is_not_led_to_what_another_window_has_kept(made, browser, olzhas):
    desk = browser(olzhas)
    desk.post("/controller/look/", {"query": "service=DOR"})

    assert desk.get("/controller/", headers={"X-Region": "board"}).status_code == 200


def test_what_one_person_has_kept_is_not_what_another_sees(made, browser, olzhas, gulnara):
    desk = browser(olzhas)
    desk.post("/controller/look/", {"query": "service=DOR"})
    desk.force_login(gulnara, backend="django.contrib.auth.backends.ModelBackend")

    assert desk.get("/controller/").status_code == 200


def test_a_card_is_found_by_its_number(made, browser, olzhas, in_words):
    desk = browser(olzhas)
    number = made["late"].number

    assert desk.get("/controller/find/", {"q": number.replace("-", " ")})["Location"] == f"/controller/card/{number}/"
    assert desk.get("/controller/find/", {"q": "x"})["Location"] == "/controller/"
