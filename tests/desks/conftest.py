"""People at their desks: browsers that are signed in, and a web form filled in."""

from pathlib import Path

import pytest
import yaml
from django.test import Client

from komek.rooms.feedback import actions as feedback
from komek.rooms.routing import actions as routing

ROOT = Path(__file__).parents[2]

RULES = (
    ("10", "WAT-01", "*", "osi", "@osi"),
    ("20", "WAT-02", "*", "", "SU"),
    ("30", "HEA-01", "*", "", "TT"),
    ("40", "ROA-01", "nura", "", "DOR+AKIM-NURA"),
    ("50", "ROA-01", "*", "", "DOR"),
)


@pytest.fixture
def line(city, at):
    """The whole city with its routing rules in force."""
    columns = ("order", "topic", "district", "house_duty", "services")
    rows = [{**dict(zip(columns, row, strict=True)), "hours": "always"} for row in RULES]
    routing.publish(rows, by=None, at=at)
    feedback.set_texts(yaml.safe_load((ROOT / "cities/astana/texts.yaml").read_text()))
    return city


@pytest.fixture
def browser():
    """A browser in which this person has signed in; nobody for a resident."""

    def signed_in(person=None, language=None):
        client = Client()
        if person is not None:
            client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        if language:
            client.cookies["django_language"] = language
        return client

    return signed_in


@pytest.fixture
def write(browser):
    """Fill in the web form and send it; returns (browser, number, code)."""

    def sent(text, language="kk", **fields):
        client = browser(language=language)
        answer = client.post("/write/", {"text": text, "key": f"key-{text[:20]}", **fields})
        assert answer.status_code == 302, answer.content.decode()[:3000]
        _, _, number, code, _ = answer["Location"].split("/")
        return client, number, code

    return sent
