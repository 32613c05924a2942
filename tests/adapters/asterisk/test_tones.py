"""A hundred people ring and speak at once, each in a tone of their own, and nobody's recording holds another's."""

import asyncio
import socket
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

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
DESK = 300
# Far enough apart to be told from each other in a second of sound, and none the second wave of another.
TONES = [1800 + 16 * place for place in range(CALLERS)]
PEOPLE = [Person(0.1 * place, f"+7700555{place:04}", "ru", talk_seconds=3.0) for place in range(CALLERS)]


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
        sound.write_bytes(tone(TONES[place]))
        rows.append(Caller(person.after, person.number, sound))
    callers = Callers(folder / "callers", city=whole.ports.sip, port=free_port(socket.SOCK_DGRAM), sound_ports=34_000)
    await callers.ring(rows)
    try:
        async with asyncio.timeout(90):
            await Hands(callers, PEOPLE, whole.folders.queue_log).run()
    finally:
        await callers.end()


def tones_in(alaw):
    """Which of the callers' tones are in the last second but a half: at least a hundredth as strong as the strongest."""
    sound = decoded(alaw)[-int(1.5 * RATE) : -int(0.5 * RATE)]
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    return [hertz for hertz in TONES if power[hertz] > power[1:].max() / 100 and power[hertz] > 1.0]


def test_a_hundred_callers_have_a_hundred_tones_each_in_its_own_recording_and_in_no_other(
    installation, asterisk, tmp_path
):
    async def story():
        async with a_hundred_desks(installation, asterisk, tmp_path) as whole:
            await they_all_ring(whole, tmp_path)
            return whole

    whole = asyncio.run(story())

    entered = [line for line, _ in Journal(whole.folders.queue_log).since(Place()) if line.event == "ENTERQUEUE"]
    tone_of = {line.call: TONES[int(line.data[1][-4:])] for line in entered}
    raw = {
        leg: {call: (whole.folders.raw / f"{call}-{leg}.alaw").read_bytes() for call in tone_of} for leg in ("rx", "tx")
    }
    assert len(tone_of) == CALLERS
    assert {call: tones_in(sound) for call, sound in raw["rx"].items()} == {c: [hz] for c, hz in tone_of.items()}
    assert {call: tones_in(sound) for call, sound in raw["tx"].items()} == {call: [] for call in tone_of}
