"""The works in the open, for everybody: enough to know that somebody is on it, and nothing of who wrote."""

import html
import json
import re
from datetime import timedelta

import pytest

from komek.platform.clock import now
from komek.registers.places.models import House
from komek.rooms.cards import queries as cards
from komek.rooms.routing import actions as routing_actions
from komek.rooms.routing import queries as routing

HERE = {"lat": "51.1512345", "lon": "71.4312345"}
AT = "51.1512,71.4312"
WORDS = "Көшеде су құбыры жарылды, 57-пәтерден Асан, 8 701 555 01 42"


@pytest.fixture
def open_city(line, settings):
    settings.CITY = {**settings.CITY, "public_works": ["WAT-02", "ROA-*"], "bounds": [50.85, 71.21, 51.36, 71.79]}
    return line


@pytest.fixture
def burst(open_city, write, run_after):
    """A burst main that Asan has pinned and written of with more than anybody should know."""
    _, number, _ = write(WORDS, topic_code="WAT-02", place_text="57-пәтер", name="Асан", phone="87015550142", **HERE)
    run_after()
    return cards.by_number(number)


def text_of(answer):
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


def marks_of(page):
    return json.loads(re.search(r'<script type="application/json" class="marks">(.*?)</script>', page, re.DOTALL)[1])


def test_a_work_is_shown_with_its_topic_its_service_and_its_promise(burst, browser):
    page = text_of(browser(language="ru").get("/works/", {"at": AT}))

    assert "Прорыв на улице" in page
    assert "арнасы" in page.lower()
    assert re.search(r"обещано: <time", page)


def test_nothing_of_the_person_is_shown(burst, browser):
    client = browser()
    for page in (client.get("/works/", {"at": AT}), client.get("/works/near/", {"at": AT, "language": "kk"})):
        shown = text_of(page)
        for secret in ("57-пәтер", "Асан", "555", burst.number, burst.access_code, str(burst.lat), str(burst.lon)):
            assert secret not in shown, secret


def test_a_pin_is_shown_to_within_a_hundred_metres(burst, browser):
    (mark,) = marks_of(text_of(browser().get("/works/near/", {"at": AT, "language": "kk"})))

    assert (mark["lat"], mark["lon"]) == (51.151, 71.431)


def test_of_a_house_its_own_point_is_shown_and_never_the_pin(open_city, write, run_after, browser):
    _, number, _ = write(WORDS, topic_code="WAT-02", place_text="Кенесары 12", **HERE)
    run_after()

    card = cards.by_number(number)
    assert (card.house.number, card.lat, card.lon) == ("12", 51.1512345, 71.4312345)
    (mark,) = marks_of(text_of(browser().get("/works/near/", {"at": AT, "language": "kk"})))
    assert (mark["lat"], mark["lon"]) == (51.1512, 71.43)


def test_a_house_that_is_on_no_map_leaves_the_pin_rough(open_city, write, run_after, browser, house_12):
    write(WORDS, topic_code="WAT-02", place_text="Кенесары 12", **HERE)
    run_after()
    House.objects.filter(pk=house_12.pk).update(lat=None, lon=None)

    (mark,) = marks_of(text_of(browser().get("/works/near/", {"at": AT, "language": "kk"})))
    assert (mark["lat"], mark["lon"]) == (51.151, 71.431)


def test_a_work_whose_clock_stands_is_not_late(burst, olzhas):
    def shown(at):
        (found,) = routing.works_around(51.15, 71.43, metres=500, at=at, language="kk")
        return found.due_at is not None, found.is_overdue(at)

    at = now()
    late = at + timedelta(days=2)
    assert (shown(at), shown(late)) == ((True, False), (True, True))
    routing_actions.pause(burst.pk, reason="Бөлшек күтілуде", by=olzhas, at=at)
    assert shown(late) == (False, False)
    routing_actions.resume(burst.pk, by=olzhas, at=late)
    assert shown(late) == (True, False)


def test_what_happens_in_a_house_is_shown_to_nobody(open_city, write, run_after, browser):
    write("Пәтерде құбыр жарылды", topic_code="WAT-01", **HERE)
    run_after()

    assert marks_of(text_of(browser().get("/works/near/", {"at": AT, "language": "kk"}))) == []


def test_what_nobody_has_read_yet_is_not_shown(open_city, write, browser):
    write("Көшеде су құбыры жарылды", **HERE)

    assert marks_of(text_of(browser().get("/works/near/", {"at": AT, "language": "kk"}))) == []


def test_a_city_that_names_no_works_shows_none(line, settings, write, run_after, browser, in_words):
    settings.CITY = {**settings.CITY, "public_works": []}
    write(WORDS, topic_code="WAT-02", **HERE)
    run_after()

    assert in_words("This city does not show its works yet.", "ru") in text_of(browser(language="ru").get("/works/"))


def test_what_was_done_stays_for_a_week_with_its_mark(burst, work, browser):
    work.finish(burst.number)
    work.check(burst.number)

    (mark,) = marks_of(text_of(browser().get("/works/near/", {"at": AT, "language": "kk"})))
    assert mark["kind"] == "done"
    week_later = now() + timedelta(days=8)
    assert routing.works_around(51.15, 71.43, metres=500, at=week_later, language="kk") == []


def test_whoever_looks_at_the_same_square_is_shown_the_same_and_it_may_be_kept(
    burst, browser, django_assert_num_queries
):
    client = browser()
    first = client.get("/works/near/", {"at": AT, "language": "kk"})
    with django_assert_num_queries(0):
        second = client.get("/works/near/", {"at": AT, "language": "kk"})

    assert first.content == second.content
    assert second["Cache-Control"] == "public, max-age=60"


@pytest.mark.parametrize("point", ["", "x", "1,2,3", "nan,nan", "91,0", "51.1", "9" * 500])
def test_rubbish_for_a_point_is_refused_or_passed_over(open_city, browser, point):
    client = browser()

    assert client.get("/works/near/", {"at": point, "language": "kk"}).status_code == 400
    assert client.get("/works/", {"at": point}).status_code == 200


def test_the_works_of_a_district_and_of_an_address_are_found(burst, browser):
    client = browser(language="kk")

    assert len(marks_of(text_of(client.get("/works/", {"district": "nura"})))) == 1
    assert len(marks_of(text_of(client.get("/works/", {"q": "Кенесары 12"})))) == 1


def test_an_address_that_nobody_knows_is_told(burst, browser, in_words):
    page = text_of(browser(language="ru").get("/works/", {"q": "ъъъ 999"}))

    assert in_words("We do not know this address. Here is the middle of the city.", "ru") in page


def test_help_with_writing_tells_no_exact_pin_by_its_edge(burst, browser):
    client = browser()
    of_one_place = [
        text_of(client.get("/write/help/", {"lat": lat, "lon": HERE["lon"]}))
        for lat in ("51.1496", "51.1499", "51.1504")
    ]

    assert ['class="known"' in page for page in of_one_place] == [True, True, True]
