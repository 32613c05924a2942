"""A board that many look at is rendered once for all who heard of the same change, and never without that change."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from komek.platform.clock import now
from komek.rooms.cards import queries as cards
from komek.rooms.control import actions as control
from komek.rooms.control.rules import Cause
from komek.ui import regions
from komek.ui.renderings import Renderings


@pytest.fixture(autouse=True)
def nothing_rendered_yet(monkeypatch):
    monkeypatch.setattr(regions, "renderings", Renderings())


@pytest.fixture
def number(line, write, run_after):
    _, number, _ = write("Көшеде су құбыры жарылды", topic_code="WAT-02", place_text="Кенесары 12")
    run_after()
    return number


def asked(browser, heard, region="board", address="/controller/", language="kk"):
    headers = {"X-Region": region, "Accept-Language": language}
    if heard is not None:
        headers["X-Heard"] = heard
    return browser.get(address, headers=headers)


def test_a_colleague_who_heard_of_the_same_change_is_shown_what_was_rendered(number, browser, olzhas, saule):
    first, second = browser(olzhas), browser(saule)
    shown = asked(first, "5000")

    with CaptureQueriesContext(connection) as queries:
        again = asked(second, "5000")

    assert again.content == shown.content
    assert number in again.content.decode()
    assert int(again["X-Age"]) >= 0
    # Who asks is always asked for; the board is not.
    assert all("django_session" in one["sql"] or "staff_agent" in one["sql"] for one in queries.captured_queries)


def test_a_change_heard_after_a_rendering_began_is_never_hidden(number, browser, olzhas):
    desk = browser(olzhas)
    asked(desk, "5000", region="counts")
    control.escalate(cards.by_number(number).pk, cause=Cause.OVERDUE, detail={}, at=now())

    counts = asked(desk, "0", region="counts").content

    assert counts == asked(desk, None, region="counts").content


def test_another_language_another_address_and_nonsense_are_rendered_anew(number, browser, olzhas):
    desk = browser(olzhas)
    asked(desk, "5000")

    assert "құбыр" not in asked(desk, "5000", address="/controller/?service=ZEL").content.decode()
    assert asked(desk, "5000", language="ru").content != asked(desk, "5000").content
    for nonsense in ("", "-1", "soon", "1e9", "9" * 30):
        assert not asked(desk, nonsense).has_header("X-Age")


def test_what_many_are_shown_alike_has_no_token_of_anybody(number, browser, olzhas, aigerim, saule, zarina):
    for person, address, region in (
        (olzhas, "/controller/", "board"),
        (olzhas, "/controller/checks/", "queue"),
        (olzhas, "/controller/escalations/", "list"),
        (aigerim, "/operator/", "queue"),
        (saule, "/supervisor/", "hands"),
        (saule, "/supervisor/people/", "people"),
        (zarina, "/editor/", "shelf"),
        (zarina, "/editor/bulletins/", "bulletins"),
    ):
        shown = asked(browser(person), "5000", region=region, address=address)
        assert shown.has_header("X-Age")
        assert "csrf" not in shown.content.decode()
