"""Calls go on while what is ours is killed: afterwards every call of the journal is known, with its draft and both its legs."""

import asyncio
import os
import signal
import socket
import sys
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection
from tests.fixtures.database import address
from tests.fixtures.following import until
from tests.fixtures.people import hired
from tests.fixtures.switch import free_port, hang_up_on_us
from tests.fixtures.tones import tone

from komek.adapters.asterisk import binaries
from komek.adapters.asterisk.simulating import playing, replay
from komek.adapters.asterisk.simulating.hands import Where
from komek.adapters.asterisk.simulating.plan import Person
from komek.adapters.asterisk.simulating.sipp import telephones
from komek.adapters.asterisk.simulating.working import Working
from komek.adapters.asterisk.switch import Switch
from komek.platform import home as homes
from komek.rooms.calls.models import Call, JournalEntry
from komek.rooms.intake.models import Draft

pytestmark = [pytest.mark.django_db(transaction=True)]

OPERATORS = 6
# They come while we are away and while we are there, and more of them than there are operators.
PEOPLE = [Person(0.6 * place, f"+7700555{place:04}", "ru", talk_seconds=5.0) for place in range(18)]
KILLS = 3


@pytest.fixture
def whole(installation, tmp_path):
    """The telephone with desks, in a home whose secrets a program of ours finds by itself."""
    home = tmp_path / "home"
    homes.make(home)
    desks = free_port(socket.SOCK_DGRAM)
    made = replace(
        installation,
        key=homes.secrets(home).link_key,
        telephones=telephones(range(1, OPERATORS + 1), port=desks),
    )
    (tmp_path / "spoken.alaw").write_bytes(tone(440))
    scene = playing.Scene(
        tmp_path,
        made.folders.queue_log,
        tmp_path / "spoken.alaw",
        city=made.ports.sip,
        desks=desks,
        callers=free_port(socket.SOCK_DGRAM),
        called=free_port(socket.SOCK_DGRAM),
        sound_ports=30_000,
    )
    return made, scene, home


class Ear:
    """`komek phones follow` as a process of its own, which can be killed."""

    def __init__(self, whole, home):
        self.environment = os.environ | {
            "DATABASE_URL": address(),
            "KOMEK_HOME": str(home),
            "KOMEK_PHONES_SOCKET": "ws://localhost/ws",
            "KOMEK_PHONES_MANAGER": str(whole.ports.manager),
            "KOMEK_PHONES_FOLDER": str(whole.folders.root),
        }
        self.log = home / "ear.log"
        self.process = None

    async def start(self):
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "komek.config.cli", "phones", "follow"),
                env=self.environment,
                stdout=log,
                stderr=log,
            )

    async def kill(self):
        with suppress(ProcessLookupError):
            self.process.send_signal(signal.SIGKILL)
        await self.process.wait()


def cut_the_database():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


async def trouble(ear, switch):
    """Our ear is killed while people ring, the database leaves it, and the switch hangs up on it."""
    for _ in range(KILLS):
        known = await playing.aside(JournalEntry.objects.count)
        await until(lambda known=known: JournalEntry.objects.count() > known)
        await ear.kill()
        await playing.aside(cut_the_database)
        await ear.start()
    known = await playing.aside(JournalEntry.objects.count)
    await until(lambda: JournalEntry.objects.count() > known)
    assert await asyncio.to_thread(hang_up_on_us, switch) == 1


def test_no_call_is_lost_while_we_are_killed_and_afterwards_every_one_is_whole(whole, asterisk, topics, tmp_path):
    installation, scene, home = whole
    switch = Switch(installation, asterisk, binaries.voice(binaries.place()), tmp_path / "pbx.log")
    agents = [hired(f"op{seat}", f"Operator {seat}", "operator", languages=("ru",)) for seat in range(OPERATORS)]
    working = Working(agents, range(1, OPERATORS + 1), wrap_up=timedelta(seconds=0.3))
    ear = Ear(installation, home)

    async def story():
        try:
            await ear.start()
            async with playing.telephones(scene), playing.at_work(working):
                ringing = asyncio.create_task(playing.ring(scene, PEOPLE, longest=120))
                await trouble(ear, switch)
                hands = await ringing
                await until(lambda: JournalEntry.objects.filter(what="gone").count() == len(PEOPLE))
                return hands
        finally:
            await ear.kill()

    switch.start()
    try:
        switch.await_ready(30)
        hands = asyncio.run(story())
    finally:
        switch.stop()

    # Ours was cut with the others.
    connection.close()
    calls = replay.stories(installation.folders.queue_log)
    ids = {call.call for call in calls if "ENTERQUEUE" in call.at}
    assert Counter(call.where for call in hands.calls) == {Where.GONE: len(PEOPLE)}
    assert all(call.hung_up for call in hands.calls), "only the callers themselves have hung up"
    assert len(ids) == len(PEOPLE)
    assert set(Call.objects.filter(answered_at__isnull=False).values_list("unique_id", flat=True)) == ids
    drafts = set(Draft.objects.values_list("contact_id", flat=True))
    assert set(Call.objects.values_list("contact_id", flat=True)) <= drafts
    legs = {path.name: path.stat().st_size for path in installation.folders.raw.iterdir()}
    assert all(legs.get(f"{one}-{leg}.alaw", 0) > 8000 for one in ids for leg in ("rx", "tx"))
