"""The city's numbers: every figure with its formula, the bad ones as well, for people and for programs."""

import csv
import html
import io

import pytest
from django.utils import translation

from komek.platform import facts
from komek.platform.clock import now
from komek.rooms.analytics.rules import DEFINITIONS

LANGUAGES = ("kk", "ru", "en")


@pytest.fixture
def counted(line, write, work, run_after):
    """A month with one request done and one that stands open."""
    _, number, _ = write("Көшеде су құбыры жарылды", topic_code="WAT-02")
    run_after()
    work.finish(number)
    work.check(number)
    write("Жолда шұңқыр", topic_code="ROA-01")
    run_after()
    facts.catch_up()


def text_of(answer):
    assert answer.status_code == 200
    return html.unescape(answer.content.decode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_figure_stands_with_its_formula(counted, browser, language):
    page = text_of(browser(language=language).get("/numbers/"))

    with translation.override(language):
        for definition in DEFINITIONS:
            assert translation.gettext(definition.title) in page
            assert translation.gettext(definition.formula) in page


def test_what_is_bad_is_said_as_large_as_what_is_good(counted, browser, in_words):
    page = text_of(browser(language="ru").get("/numbers/"))

    for title in ("Overdue at the end of the period", "Opened again", "Residents said: not done"):
        assert in_words(title, "ru") in page


def test_a_spreadsheet_gets_the_same_figures(counted, browser):
    answer = browser().get("/numbers.csv")
    rows = list(csv.DictReader(io.StringIO(answer.content.decode())))
    of_city = {row["figure"]: row for row in rows if not row["service"] and row["month"] == f"{now():%Y-%m}"}

    assert of_city["cards"]["value"] == "2"
    assert of_city["closed"]["value"] == "1"
    assert of_city["in_time"]["numerator"].startswith("1")
    assert of_city["in_time"]["formula"].startswith("closed in time")
    of_services = {row["service"]: row["denominator"] for row in rows if row["figure"] == "in_time" and row["service"]}
    assert of_services == {"SU": "1", "DOR": "0"}
    assert answer["Cache-Control"] == "public, max-age=600"


def test_a_program_gets_them_too(counted, browser):
    told = browser().get("/numbers.json").json()

    assert {one["figure"] for one in told["figures"]} >= {definition.name for definition in DEFINITIONS}


@pytest.mark.parametrize("month", ["", "1999-01", "x", "2026-13", "\0"])
def test_a_month_that_is_not_there_is_this_month(line, browser, month):
    assert f'value="{now():%Y-%m}" selected' in text_of(browser().get("/numbers/", {"month": month}))


def test_another_kind_of_file_is_not_there(line, browser):
    assert browser().get("/numbers.exe").status_code == 404


def test_the_page_is_worked_out_once_for_everybody(counted, browser, django_assert_num_queries):
    browser().get("/numbers/")
    with django_assert_num_queries(0):
        browser().get("/numbers/")
