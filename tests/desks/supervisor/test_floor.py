"""The floor now: the wall and the lists behind its figures, thresholds, and seats that were forgotten."""

import re
from datetime import timedelta

import pytest
from tests.fixtures.screens import nothing_is_heard_outside as live

from komek.platform.clock import now
from komek.rooms.calls import actions as calls
from komek.rooms.calls.rules import Entry, What
from komek.rooms.calls.rules import Place as JournalPlace
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries
from komek.rooms.intake.rules import Arrival
from komek.rooms.quality import actions as quality
from komek.rooms.quality import queries as quality_queries
from komek.rooms.quality.rules import Figure, Limit


@pytest.fixture
def waits(line):
    """Somebody waits in a language since so many minutes."""

    def arrive(language="kk", *, minutes=0):
        number = arrive.number = getattr(arrive, "number", 0) + 1
        arrival = Arrival(channel="webform", text="Су жоқ", language=language, outer_id=f"waits-{number}")
        return intake.arrive(arrival, at=now() - timedelta(minutes=minutes))

    return arrive


@pytest.fixture
def desk(browser, saule):
    return browser(saule, "en")


def page_of(answer):
    assert answer.status_code == 200, answer.content.decode()[:2000]
    return re.sub(r"\s+", " ", answer.content.decode())


def tile(page, figure):
    (found,) = re.findall(rf'data-figure="{figure}" data-level="(\w*)"', page)
    return found


def test_a_figure_says_by_colour_shape_and_word_what_it_asks_for(waits, desk):
    waits("kk", minutes=4)
    page = page_of(desk.get("/supervisor/wall/"))

    assert tile(page, "longest_wait") == "danger"
    assert tile(page, "waiting") == "fine"
    assert tile(page, "answered") == ""
    for shape, word in (("check-circle", "in order"), ("alert", "watch"), ("siren", "act")):
        assert re.search(rf"#{shape}\"/></svg>{word}</span>", page)


def test_every_figure_opens_the_list_behind_it(waits, desk, aigerim):
    contact = waits("kk", minutes=4)
    intake.take_seat(aigerim, at=now())
    intake.accept(contact.pk, by=aigerim, at=now())
    waits("ru", minutes=2)
    wall = page_of(desk.get("/supervisor/wall/"))
    links = set(re.findall(r'class="tile" href="([^"]+)"', wall))

    assert len(links) == 6
    for link in links:
        assert desk.get(link.replace("&amp;", "&")).status_code == 200
    assert "Русский" in page_of(desk.get("/supervisor/waiting/?language=ru"))
    assert "nobody waits" in page_of(desk.get("/supervisor/waiting/?language=en"))
    assert "Айгерім Нұрланова" in page_of(desk.get("/supervisor/people/?state=talking"))
    assert "Айгерім Нұрланова" not in page_of(desk.get("/supervisor/people/?state=ready"))
    assert "Айгерім Нұрланова" in page_of(desk.get("/supervisor/answered/"))


def test_who_speaks_a_language_and_what_they_do_is_seen_at_once(waits, desk, aigerim, madina):
    contact = waits("kk")
    intake.take_seat(aigerim, at=now())
    intake.accept(contact.pk, by=aigerim, at=now())
    intake.take_seat(madina, at=now())
    spoken = page_of(desk.get("/supervisor/people/?language=en"))

    assert "Мадина Оспанова" in spoken
    assert "Айгерім Нұрланова" not in spoken
    assert "web form · Қазақша" in page_of(desk.get("/supervisor/people/"))


def test_a_forgotten_seat_is_freed_and_somebody_who_talks_is_left_alone(waits, desk, aigerim, madina):
    intake.take_seat(madina, at=now())
    intake.take_break(madina, reason="lunch", at=now())
    assert desk.post(f"/supervisor/people/{madina.pk}/away/", {"next": "/supervisor/people/"}).status_code == 302
    assert queries.seat(madina).reason == "sent_away"

    contact = waits("kk")
    intake.take_seat(aigerim, at=now())
    intake.accept(contact.pk, by=aigerim, at=now())
    answer = desk.post(f"/supervisor/people/{aigerim.pk}/away/", {"next": "https://elsewhere.example/"}, follow=True)
    assert answer.redirect_chain == [("/supervisor/people/", 302)]
    assert "Finish the contact at hand first." in page_of(answer)
    assert queries.seat(aigerim).state == "talking"


def test_whoever_may_only_look_sees_no_button_to_send_anybody_away(line, browser, aigerim, bolat, desk):
    intake.take_seat(aigerim, at=now())

    assert "Set away" in page_of(desk.get("/supervisor/people/"))
    assert "Set away" not in page_of(browser(bolat, "en").get("/supervisor/people/"))


def test_late_cards_are_listed_by_service_and_only_for_who_may_read_cards(
    line, write, run_after, browser, bolat, desk, monkeypatch
):
    _, number, _ = write("Көшеде су құбыры жарылды", topic_code="WAT-02")
    run_after()
    later = now() + timedelta(days=2)
    monkeypatch.setattr("komek.desks.supervisor.views.floor.now", lambda: later)
    mine, theirs = (
        page_of(desk.get("/supervisor/overdue/?service=SU")),
        page_of(browser(bolat, "en").get("/supervisor/overdue/")),
    )

    assert number in mine
    assert "Astana Su Arnasy" in theirs
    assert number not in theirs


def test_a_threshold_is_set_in_the_unit_it_is_read_in(line, desk):
    told = {"figure": "service_level", "warn": "85", "danger": "70"}
    assert desk.post("/supervisor/thresholds/", told).status_code == 302

    assert quality_queries.thresholds()[Figure.SERVICE_LEVEL] == Limit(0.85, 0.7)
    assert 'value="85"' in page_of(desk.get("/supervisor/thresholds/"))


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_threshold_that_makes_no_sense_is_refused_with_a_sentence_and_stays_typed(
    line, browser, saule, in_words, language
):
    answer = browser(saule, language).post("/supervisor/thresholds/", {"figure": "waiting", "warn": "9", "danger": "4"})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert in_words("«Act» must be worse than «watch».", language) in page
    assert 'value="9"' in page
    assert quality_queries.thresholds()[Figure.WAITING] == Limit(10, 25)


@pytest.mark.parametrize(
    "nonsense",
    [{}, {"figure": "nothing", "warn": "1", "danger": "2"}, {"figure": "waiting", "warn": "x", "danger": "nan"}],
)
def test_nonsense_is_no_threshold(line, desk, nonsense):
    assert desk.post("/supervisor/thresholds/", nonsense).status_code == 422


def test_a_breach_stands_on_the_wall_until_it_is_over(waits, desk):
    contact = waits("kk", minutes=10)
    quality.watch(at=now())
    assert re.search(r"<b>Longest wait</b> <span>needs hands since", page_of(desk.get("/supervisor/wall/")))

    intake.abandon(contact.pk, at=now())
    quality.watch(at=now())
    assert "<b>Longest wait</b>" not in page_of(desk.get("/supervisor/wall/"))
    assert "<b>Longest wait</b>" in page_of(desk.get("/supervisor/thresholds/"))


def test_a_breach_that_goes_on_after_a_short_end_comes_back_to_the_open_wall(waits, open_page, saule):
    def act(screen):
        screen.catch_up()
        return screen.page.xpath("string(//*[@data-region='breaches'])")

    contact = waits("kk", minutes=10)
    quality.watch(at=now())
    screen = open_page(saule, "/supervisor/wall/")
    intake.abandon(contact.pk, at=now())
    quality.watch(at=now())
    assert "10:0" not in act(screen)

    waits("kk", minutes=10)
    quality.watch(at=now())
    assert "10:0" in act(screen)


def test_how_bad_a_breach_is_follows_on_the_open_wall(waits, open_page, saule):
    waits("kk", minutes=10)
    quality.watch(at=now())
    screen = open_page(saule, "/supervisor/wall/")
    waits("kk", minutes=20)
    quality.watch(at=now())

    with live(screen, unlogged=["~figures"]):
        waits("kk", minutes=30)
        quality.watch(at=now())


def test_the_curve_is_drawn_and_told_as_a_table(waits, desk, run_after):
    waits("kk")
    run_after()
    page = page_of(desk.get("/supervisor/"))

    assert page.count('<tr><th scope="row">') == 48 + 3
    assert re.search(r'<polyline class="yesterday" points="10,300 ', page)
    assert "usual: not known before next week" in page


def test_the_numbers_are_a_file_too(line, write, run_after, desk):
    write("Көшеде су құбыры жарылды", topic_code="WAT-02")
    run_after()
    answer = desk.get("/supervisor/numbers/download/?since=2026-11-01&until=2026-11-30")
    lines = answer.content.decode("utf-8-sig").splitlines()

    assert answer["Content-Type"].startswith("text/csv")
    assert lines[0].startswith("since,until,of,figure,title,value")
    assert any(",in_time," in told and "closed in time / " in told for told in lines)
    assert desk.get("/supervisor/numbers/download/?since=2026-11-30&until=2026-11-01").status_code == 422


def test_the_wall_counts_the_calls_of_the_switch_from_its_journal(desk, topics, aigerim):
    at = now()
    lines = [
        Entry(at, "1790000000.1", What.ENTERED, "q109-ru", None, ("", "+77015550142", "1")),
        Entry(at, "1790000000.1", What.ANSWERED, "q109-ru", aigerim.pk),
        Entry(at, "1790000000.2", What.ENTERED, "q109-kk", None, ("", "+77015550143", "1")),
    ]
    assert "The telephone" not in page_of(desk.get("/supervisor/wall/")), "nobody has rung today"

    calls.read(lines, place=JournalPlace(7, 100), at=at)

    page = page_of(desk.get("/supervisor/wall/"))
    for name, value in (("rang", "2"), ("got through", "1"), ("waiting", "1"), ("talking", "1")):
        assert f"<dt>{name}</dt><dd>{value}</dd>" in page
    assert "Waiting now: 1. Talking: 1." in page_of(desk.get("/supervisor/"))
