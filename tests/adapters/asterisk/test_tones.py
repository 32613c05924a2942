"""A hundred people ring and speak at once, each in a chord of their own, and nobody's recording holds another's."""

import asyncio
import socket
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from itertools import combinations

import numpy as np
from tests.fixtures.switch import free_port
from tests.fixtures.tones import RATE, decoded, tone

from komek.adapters.asterisk import binaries
from komek.adapters.asterisk.ami import Client
from komek.adapters.asterisk.queue_log import Journal, Place
from komek.adapters.asterisk.settings import PhoneSettings
from komek.adapters.asterisk.simulating.hands import Hands
from komek.adapters.asterisk.simulating.plan import Person
from komek.adapters.asterisk.simulating.sipp import Caller, Callers, Desks, telephones
from komek.adapters.asterisk.switch import Switch

CALLERS = 100
DESK = 400
# Two tones of fifteen each. A packet holds whole waves of all of them, so that one that is lost on a busy machine blurs none.
TONES = range(600, 3401, 200)
CHORDS = list(combinations(TONES, 2))[:CALLERS]
PEOPLE = [Person(0.15 * place, f"+7700555{place:04}", "ru", talk_seconds=3.0) for place in range(CALLERS)]


@asynccontextmanager
async def a_hundred_desks(installation, asterisk, folder):
    """The switch with a hundred telephones that are answered, all of them in the queue."""
    port = free_port(socket.SOCK_DGRAM)
    seats = range(1, CALLERS + 1)
    whole = replace(installation, telephones=telephones(seats, port=port))
    switch = Switch(whole, asterisk, binaries.voice(binaries.place()), folder / "pbx.log")
    switch.start()
    desks = Desks(folder / "desks", city=whole.ports.sip, port=port, sound_ports=30_000)
    client = Client(PhoneSettings(whole.folders, whole.ports.manager, "", whole.key).login)
    listening = asyncio.create_task(client.run())
    (folder / "desk.alaw").write_bytes(tone(DESK))
    try:
        switch.await_ready(30)
        await asyncio.wait_for(client.up.wait(), 10)
        await desks.open(sound=folder / "desk.alaw", ring=500)
        for seat in seats:
            line = f"PJSIP/op{seat:03}"
            await client.action("QueueAdd", ("Queue", "q109-ru"), ("Interface", line), ("MemberName", f"agent-{seat}"))
        yield whole
    finally:
        listening.cancel()
        with suppress(asyncio.CancelledError):
            await listening
        await desks.end()
        switch.stop()


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


def test_a_hundred_callers_have_a_hundred_chords_each_in_its_own_recording_and_in_no_other(
    installation, asterisk, tmp_path
):
    async def story():
        async with a_hundred_desks(installation, asterisk, tmp_path) as whole:
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
