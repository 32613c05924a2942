"""A board that many look at is rendered once for all who heard of the same change, and never without that change.

The next page takes what was rendered for the last one, unless something has happened to it since.
"""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from komek.platform import facts, live
from komek.platform.clock import now
from komek.rooms.cards import queries as cards
from komek.rooms.control import actions as control
from komek.rooms.control.rules import Cause
from komek.rooms.knowledge.facts import ScriptsPublished
from komek.ui import regions


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


def elsewhere():
    """Something happens that no list of the second line shows."""
    with transaction.atomic():
        facts.announce(ScriptsPublished(book_id=1, number=1, codes=(), by_agent_id=None, at=now()))


def opened(browser, address="/controller/"):
    text = browser.get(address).content.decode()
    regions = dict(
        re.findall(r'id="region-(\w+)".*?>(.*?)(?=<div class="region"|<form|<div class="board)', text, re.DOTALL)
    )
    return text, int(re.search(r'data-live-since="(\d+)"', text)[1]), regions


def test_the_next_page_takes_what_nothing_has_happened_to(number, browser, olzhas, saule):
    opened(browser(olzhas))

    with CaptureQueriesContext(connection) as queries:
        text, _, _ = opened(browser(saule))

    assert number in text
    asked_for = " ".join(one["sql"] for one in queries.captured_queries)
    assert "routing_clock" not in asked_for
    assert "control_escalation" not in asked_for


def test_a_page_after_a_change_shows_it(number, browser, olzhas, saule):
    _, before, shown = opened(browser(olzhas))
    control.escalate(cards.by_number(number).pk, cause=Cause.OVERDUE, detail={}, at=now())

    _, after, changed = opened(browser(saule))

    assert changed["counts"] != shown["counts"]
    assert after > before


def test_a_page_asks_for_all_that_came_after_its_oldest_part(number, browser, olzhas, saule, write, run_after):
    _, before, _ = opened(browser(olzhas), "/controller/escalations/")
    elsewhere()

    _, after, _ = opened(browser(saule), "/controller/escalations/")

    assert live.last_fact_id() > before
    assert after == before


def test_a_page_is_not_given_what_is_older_than_a_few_seconds(number, browser, olzhas, saule, monkeypatch):
    opened(browser(olzhas))
    monkeypatch.setattr(regions, "GOOD_SECONDS", 0.0)

    with CaptureQueriesContext(connection) as queries:
        opened(browser(saule))

    assert "routing_clock" in " ".join(one["sql"] for one in queries.captured_queries)


def test_more_than_anybody_counts_is_taken_for_a_change(number, browser, olzhas, saule, monkeypatch):
    opened(browser(olzhas))
    monkeypatch.setattr(live, "MOST_READ", 0)
    elsewhere()

    with CaptureQueriesContext(connection) as queries:
        opened(browser(saule))

    assert "routing_clock" in " ".join(one["sql"] for one in queries.captured_queries)
