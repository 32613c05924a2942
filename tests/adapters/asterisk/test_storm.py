"""A storm of calls, small and fast: what the wall shows is what the journal of the queues says, to the last call."""

import asyncio
import socket
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from tests.fixtures.following import following, until
from tests.fixtures.people import hired
from tests.fixtures.switch import free_port
from tests.fixtures.tones import tone

from komek.adapters.asterisk import binaries
from komek.adapters.asterisk.simulating import plan, playing, replay
from komek.adapters.asterisk.simulating.plan import Profile
from komek.adapters.asterisk.simulating.sipp import telephones
from komek.adapters.asterisk.simulating.working import Working
from komek.adapters.asterisk.switch import Switch
from komek.rooms.calls import queries, rules
from komek.rooms.calls.models import Call, CallBack, JournalEntry
from komek.rooms.calls.rules import State, Wish

pytestmark = [pytest.mark.django_db(transaction=True)]

OPERATORS = 5
WIDTH = 10
SPEED, SCALE = 120, 0.06


@pytest.fixture
def operators(db):
    return [
        hired(f"op{seat}", f"Operator {seat}", "operator", languages=("kk", "ru", "en")) for seat in range(OPERATORS)
    ]


@pytest.fixture
def scene(installation, tmp_path):
    (tmp_path / "spoken.alaw").write_bytes(tone(440))
    desks, callers, called = (free_port(socket.SOCK_DGRAM) for _ in range(3))
    return playing.Scene(
        tmp_path,
        installation.folders.queue_log,
        tmp_path / "spoken.alaw",
        city=installation.ports.sip,
        desks=desks,
        callers=callers,
        called=called,
        sound_ports=30_000,
        talk_seconds=2,
    )


def shown(since):
    """What the wall counts, as the replay names it."""
    return {
        int(span.begins_at.timestamp()): {name: getattr(span, name) for name in replay.COUNTED}
        for span in queries.tallies(since, width=timedelta(seconds=WIDTH))
    }


@pytest.fixture
def hurry(monkeypatch):
    """Who is called back is called soon, and soon again, also when the tests run at night."""
    monkeypatch.setattr(rules.calling_back, "NIGHT_BEGINS", time.max)
    monkeypatch.setattr(rules.calling_back, "NIGHT_ENDS", time.min)
    monkeypatch.setattr(rules, "FIRST_TRY", timedelta(seconds=1))
    monkeypatch.setattr(rules, "BETWEEN_TRIES", timedelta(seconds=3))
    monkeypatch.setattr(rules, "SHORTEST_WAIT", timedelta(seconds=1))


def test_after_a_storm_the_wall_is_the_replay_of_the_journal_and_every_call_back_has_ended(
    installation, asterisk, scene, operators, topics, hurry, tmp_path
):
    whole = replace(
        installation,
        telephones=telephones(range(1, OPERATORS + 1), port=scene.desks),
        carrier=replace(installation.carrier, out=f"sip:127.0.0.1:{scene.called}"),
    )
    people = plan.people(Profile.STORM, seed=1, speed=SPEED, scale=SCALE)
    working = Working(operators, range(1, OPERATORS + 1), wrap_up=timedelta(seconds=0.5))
    switch = Switch(whole, asterisk, binaries.voice(binaries.place()), tmp_path / "pbx.log")
    since = datetime.now(UTC).replace(microsecond=0)

    async def story():
        async with following(switch), playing.telephones(scene), playing.at_work(working):
            await playing.ring(scene, people, longest=200)
            await until(lambda: not queries.open_call_backs() and not queries.now().exists(), seconds=150)
            await until(lambda: JournalEntry.objects.filter(what="gone").count() >= gone())

    def gone():
        return whole.folders.queue_log.read_text().count("|GONE|")

    switch.start()
    try:
        switch.await_ready(30)
        asyncio.run(story())
    finally:
        switch.stop()

    calls = replay.stories(whole.folders.queue_log)
    found = replay.figures(calls)
    assert shown(since) == replay.spans(calls, width=WIDTH)
    assert found.answered > len(people) / 3
    assert found.urgent > 0
    wishes = set(CallBack.objects.values_list("cause", "state"))
    assert ("asked", "done") in wishes
    assert {state for _, state in wishes} <= {Wish.DONE, Wish.NOT_REACHED, Wish.OVERTAKEN}
    assert not Call.objects.filter(state__in=[State.WAITING, State.TALKING]).exists()
