"""A real Chromium plays a real recording: by keys, and what it has played is written down."""

from datetime import timedelta

import pytest
from tests.fixtures.browser import until
from tests.fixtures.legs import UNIQUE

from komek.platform.clock import now
from komek.rooms.recordings import actions
from komek.rooms.recordings.models import Listening, Stretch

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_supervisor_listens_by_keys(wire, aigerim, saule, stream, window):
    wire.at = now() - timedelta(minutes=5)
    recording = actions.take_in(UNIQUE, legs=wire.legs, at=wire.call(aigerim, 30.0))
    page = window(saule)
    page.goto(f"/supervisor/contacts/{recording.call.contact_id}/")

    page.focus("[data-wave]")
    page.keyboard.press("KeyK")
    sound = page.query_selector("[data-sound]")
    until(sound, "it.currentTime > 0.5 && !it.paused")
    page.keyboard.press("KeyL")
    until(sound, "it.currentTime > 10.8 && !it.seeking")
    with page.expect_response(lambda answer: "/heard/" in answer.url):
        page.keyboard.press("KeyK")
    until(sound, "it.paused")

    assert page.inner_text("[data-at]").endswith("/ 0:30")
    assert Listening.objects.get().agent == saule
    heard = list(Stretch.objects.order_by("since").values_list("since", "until"))
    assert heard[0][0] < 1_000
    assert heard[-1][0] > 9_000
