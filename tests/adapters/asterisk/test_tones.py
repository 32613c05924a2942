"""A hundred people ring and speak at once, each in a chord of their own, and nobody's recording holds another's."""

import asyncio
import socket
from itertools import combinations

import numpy as np
import pytest
from tests.fixtures.desks import answered
from tests.fixtures.switch import free_port
from tests.fixtures.tones import RATE, decoded, tone

from komek.adapters.asterisk.queue_log import Journal, Place
from komek.adapters.asterisk.simulating.hands import Hands
from komek.adapters.asterisk.simulating.plan import Person
from komek.adapters.asterisk.simulating.sipp import Caller, Callers

CALLERS = 100
DESK = 400
# Two tones of fifteen each. A packet holds whole waves of all of them, so that one that is lost on a busy machine blurs none.
TONES = range(600, 3401, 200)
CHORDS = list(combinations(TONES, 2))[:CALLERS]
PEOPLE = [Person(0.15 * place, f"+7700555{place:04}", "ru", talk_seconds=3.0) for place in range(CALLERS)]


async def they_all_ring(whole, folder):
    rows = []
    for place, person in enumerate(PEOPLE):
        sound = folder / f"tone-{place}.alaw"
        sound.write_bytes(tone(*CHORDS[place]))
        rows.append(Caller(person.after, person.number, sound))
    callers = Callers(folder / "callers", city=whole.ports.sip, port=free_port(socket.SOCK_DGRAM), sound_ports=34_000)
    await callers.ring(rows)
    try:
        async with asyncio.timeout(90):
            await Hands(callers, PEOPLE, whole.folders.queue_log).run()
    finally:
        await callers.end()


def tones_in(alaw):
    """Which tones are in the last second but a half: at least a quarter as strong as the strongest of all that is heard."""
    sound = decoded(alaw)[-int(1.5 * RATE) : -int(0.5 * RATE)]
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return tuple(hertz for hertz in TONES if power[hertz] > max(1.0, power[1:].max() / 4))


@pytest.mark.usefixtures("asterisk")
def test_a_hundred_callers_have_a_hundred_chords_each_in_its_own_recording_and_in_no_other(installation, tmp_path):
    async def story():
        port = free_port(socket.SOCK_DGRAM)
        async with answered(installation, seats=CALLERS, port=port, sound=tone(DESK)) as (whole, *_):
            await they_all_ring(whole, tmp_path)
            return whole

    whole = asyncio.run(story())

    entered = [line for line, _ in Journal(whole.folders.queue_log).since(Place()) if line.event == "ENTERQUEUE"]
    chord_of = {line.call: CHORDS[int(line.data[1][-4:])] for line in entered}
    raw = {
        leg: {call: tones_in((whole.folders.raw / f"{call}-{leg}.alaw").read_bytes()) for call in chord_of}
        for leg in ("rx", "tx")
    }
    assert len(chord_of) == CALLERS
    assert raw["rx"] == chord_of
    assert raw["tx"] == dict.fromkeys(chord_of, ())
