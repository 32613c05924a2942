"""Aigerim at her desk, with a contact that she has taken."""

import html

import pytest
from tests.fixtures.line import order_of, report  # noqa: F401 - what a service does

from komek.platform.clock import now
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival


class Desk:
    """The pages of one operator, and what stands on them."""

    def __init__(self, client):
        self.client = client

    def get(self, address, **query):
        return self._seen(self.client.get(address, query))

    def post(self, address, told=None, **more):
        return self._seen(self.client.post(address, told or {}, **more))

    def finish(self, contact, **told):
        fields = {"kind": "request", "text": "Су ағып жатыр", "language": "kk", "key": "one", "topic_code": "WAT-02"}
        return self.post(f"/operator/finish/{contact.pk}/", {**fields, **told})

    def draft(self, contact, body, **more):
        return self._seen(
            self.client.post(f"/operator/draft/{contact.pk}/", body, content_type="application/json", **more)
        )

    def _seen(self, answer):
        assert answer.status_code < 500, answer.content.decode()[:2000]
        return answer


@pytest.fixture
def desk(browser, aigerim):
    return Desk(browser(aigerim))


@pytest.fixture
def desk_of(browser):
    """The desk of anybody, in a language: `desk_of(madina, "ru")`."""
    return lambda person, language=None: Desk(browser(person, language))


@pytest.fixture
def contact(line, aigerim):
    """A call that Aigerim has taken."""
    return intake.enter(Arrival(channel="desk", language="kk"), by=aigerim, at=now())


@pytest.fixture
def waiting(line):
    """A contact that waits in the queue."""
    return intake.arrive(Arrival(channel="webform", text="Су жоқ", language="kk", outer_id="waiting"), at=now())


@pytest.fixture
def text_of():
    return lambda answer: html.unescape(answer.content.decode())
