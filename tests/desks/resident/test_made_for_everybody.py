"""What everybody is shown alike is made once a minute; what that costs does not grow with who looks."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from komek.desks.resident.views import shared
from komek.ui.renderings import Renderings

# How many statements the making takes: not one of them for a card of its own.
MADE = {
    "/": 4,
    "/works/?at=51.15,71.43": 6,
    "/works/near/?at=51.15,71.43&language=kk": 3,
    "/numbers/": 12,
}


@pytest.mark.parametrize("address", MADE)
def test_making_it_keeps_to_its_budget(line, settings, write, run_after, browser, monkeypatch, address):
    settings.CITY = {**settings.CITY, "public_works": ["WAT-02"]}
    for number in range(3):
        write(f"Көшеде су құбыры жарылды {number}", topic_code="WAT-02", lat="51.15", lon="71.43")
    run_after()
    client = browser()
    assert client.get(address).status_code == 200
    monkeypatch.setattr(shared, "kept", Renderings())

    with CaptureQueriesContext(connection) as asked:
        client.get(address)

    statements = [one["sql"] for one in asked.captured_queries if not one["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) == MADE[address], "\n\n".join(statements)
