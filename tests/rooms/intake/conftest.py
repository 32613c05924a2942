"""Contacts of the small city."""

import pytest

from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival


@pytest.fixture
def arrive(topics, at):
    """Let somebody in; what is not said is a Kazakh web form."""

    def arrived(text="Су жоқ", *, when=at, **told):
        return intake.arrive(Arrival(**{"channel": "webform", "text": text, **told}), at=when)

    return arrived


@pytest.fixture
def accepted(arrive, aigerim, at):
    """A contact that Aigerim has taken."""
    intake.take_seat(aigerim, at=at)
    contact = arrive()
    return intake.accept(contact.id, by=aigerim, at=at)
