"""Those who wait hear at the next announcement what has been put in its place since; who hears the old one, hears it out."""

import asyncio

import numpy as np
import pytest
from tests.fixtures.following import eventually
from tests.fixtures.switch import console
from tests.fixtures.tones import RATE, decoded, heard, tone

from komek.adapters.asterisk import prompts

pytestmark = [pytest.mark.django_db(transaction=True)]

FIRST, SECOND, THIRD = 1500, 1900, 2300
SECONDS = 3


def hasten(switch, seconds):
    """Announce more often than any caller would bear."""
    conf = switch.installation.folders.etc / "queues.conf"
    told = conf.read_text()
    assert "periodic-announce-frequency = 40" in told
    conf.write_text(told.replace("periodic-announce-frequency = 40", f"periodic-announce-frequency = {seconds}"))
    console(switch, "queue reload parameters")


def lasted(alaw, hertz):
    """For how many seconds this tone is the loudest, in tenths."""
    window = RATE // 10
    sound = decoded(alaw)
    parts = sound[: len(sound) // window * window].reshape(-1, window)
    strength = np.abs(parts @ np.exp(-2j * np.pi * hertz * np.arange(window) / RATE)) * 2 / window
    return np.count_nonzero(strength > 0.1) / 10


def test_an_announcement_is_replaced_without_a_reload_and_never_torn(town):
    async def story():
        async with town() as living:
            said = living.folders.told / "ru" / "q109-ru.alaw"
            hasten(living.switch, 3)
            prompts.put(said, tone(FIRST, seconds=SECONDS))
            me = await living.exchange.ring_city(number="+77015550142", keys="2")
            for this, after in ((FIRST, SECOND), (SECOND, THIRD)):
                await eventually(lambda this=this: asyncio.sleep(0, heard(living.exchange.sound(me), this)))
                prompts.put(said, tone(after, seconds=SECONDS))
            await eventually(lambda: asyncio.sleep(0, lasted(living.exchange.sound(me), THIRD) > SECONDS - 0.5))
            return living.exchange.sound(me)

    sound = asyncio.run(story())

    # Each was replaced while it was heard for the first time.
    assert [round(lasted(sound, hertz)) for hertz in (FIRST, SECOND)] == [SECONDS, SECONDS]
