"""A page with its live updates is the page reloaded: for every desk, through the whole life of a card."""

import re

import pytest
from tests.fixtures.screens import nothing_is_heard_outside as live

from komek.platform.clock import now
from komek.rooms.cards import queries as cards
from komek.rooms.control import queries as control
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival
from komek.rooms.routing import actions as routing

BURST = "Көшеде су құбыры жарылды"


@pytest.fixture
def card(line, write, run_after):
    """A card that has just come by the web form: (browser, number, code)."""
    sent = write(BURST, topic_code="WAT-02", place_text="Кенесары 12")
    run_after()
    return sent


def test_the_operator_sees_a_contact_arrive_be_offered_and_be_taken_by_a_colleague(line, open_page, aigerim, madina):
    screen = open_page(aigerim, "/operator/")
    with live(screen):
        contact = intake.arrive(Arrival(channel="webform", text="Су жоқ", language="kk", outer_id="1"), at=now())
    with live(screen):
        intake.take_seat(aigerim, at=now())
    with live(screen):
        intake.decline(contact.pk, by=aigerim, reason="", at=now())
    with live(screen):
        intake.pick(contact.pk, by=madina, at=now())


def test_the_operator_sees_the_card_go_its_way_and_the_conversation_end(
    line, open_page, browser, aigerim, dana, run_after
):
    contact = intake.enter(Arrival(channel="desk", language="kk"), by=aigerim, at=now())
    desk = browser(aigerim)
    fields = {"kind": "request", "text": BURST, "language": "kk", "topic_code": "WAT-02", "place_text": "Кенесары 12"}
    assert desk.post(f"/operator/finish/{contact.pk}/", fields).status_code == 302
    screen = open_page(aigerim, f"/operator/?contact={contact.pk}")
    (number,) = re.findall(r"\d\d-\d{4}-\d{4}", screen.text())[:1]
    with live(screen):
        routing.assign(cards.by_number(number).pk, service_code="TT", reason="екеуі керек", by=aigerim, at=now())
    with live(screen):
        intake.end(contact.pk, by=aigerim, at=now())


def test_an_open_card_follows_its_story(card, open_page, aigerim, work):
    _, number, _ = card
    screen = open_page(aigerim, f"/operator/card/{number}/")
    order = work.order_of(number)
    with live(screen):
        work.do(order, "accept")
    with live(screen):
        work.report(number)
    with live(screen):
        work.check(number)


def test_the_service_sees_an_order_come_change_and_go(line, write, open_page, dana, work, run_after):
    board = open_page(dana, "/service/")
    with live(board):
        _, number, _ = write(BURST, topic_code="WAT-02", place_text="Кенесары 12")
    order = work.order_of(number)
    page = open_page(dana, f"/service/order/{order}/")
    for verb in ("accept", "set-out", "arrive"):
        with live(board), live(page):
            work.do(order, verb)
    with live(board):
        work.report(number)


def test_a_foreman_without_an_account_sees_the_order_change(card, open_page, browser, dana, work):
    _, number, _ = card
    order = work.order_of(number)
    page = browser(dana).post(f"/service/order/{order}/link/", {"foreman": "Ерлан"}, follow=True).content.decode()
    link = re.search(r"/service/link/[^\s<]+/", page)[0]
    screen = open_page(None, link)
    with live(screen):
        work.do(order, "accept")


def test_the_second_line_sees_cards_checks_and_escalations(
    line, write, open_page, browser, olzhas, saule, dana, work, run_after
):
    board, escalations = (open_page(olzhas, f"/controller/{part}") for part in ("", "escalations/"))
    with live(board):
        _, number, _ = write(BURST, topic_code="WAT-02", place_text="Кенесары 12")
        run_after()
    page = open_page(olzhas, f"/controller/card/{number}/")
    with live(page):
        work.do(work.order_of(number), "accept")
    empty = open_page(olzhas, "/controller/checks/")
    with live(board), live(page):
        work.report(number)
    assert {"queue", "check"} <= set(empty.catch_up())
    assert number in empty.text()
    check = control.open_check(cards.by_number(number).pk)
    checks = open_page(olzhas, f"/controller/checks/?check={check.pk}")
    with live(board), live(checks), live(page):
        browser(saule).post(f"/controller/card/{number}/give-back/", {"reason": "Сурет басқа жерден"})
    with live(board), live(escalations), live(page):
        work.do(work.order_of(number), "decline", reason="Бұл жылу желісі")


def test_the_supervisor_sees_the_floor_and_the_figures(line, write, open_page, saule, aigerim, run_after):
    screen = open_page(saule, "/supervisor/")
    with live(screen):
        intake.take_seat(aigerim, at=now())
    with live(screen):
        intake.arrive(Arrival(channel="webform", text="Су жоқ", language="en", outer_id="1"), at=now())
    with live(screen, unlogged=["~figures"]):
        write(BURST, topic_code="WAT-02")
        run_after()


def test_a_resident_sees_every_step(card, open_page, work):
    _, number, code = card
    screen = open_page(None, f"/status/{number}/{code}/")
    with live(screen):
        work.do(work.order_of(number), "accept")
    with live(screen):
        work.report(number)
    with live(screen):
        work.check(number)
