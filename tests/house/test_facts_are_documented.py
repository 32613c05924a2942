"""Indirection is never invisible: the page of facts is the one that the code would write."""

from pathlib import Path

from komek.desks.console import facts_page

PAGE = Path(__file__).parents[2] / "docs" / "facts.md"


def test_the_page_of_facts_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == facts_page.text(), "run `make facts`"
