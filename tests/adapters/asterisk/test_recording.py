"""What a real switch writes down becomes a recording; a pause leaves a silence in both legs, and ends without us too."""

import asyncio
import signal
from datetime import timedelta

import numpy as np
import pytest
from tests.fixtures.following import asked, eventually, following, until
from tests.fixtures.tones import RATE, decoded, heard
from tests.fixtures.town import the_call

from komek.adapters.asterisk import pausing
from komek.adapters.asterisk.legs import RawLegs
from komek.platform.clock import now
from komek.rooms.calls.models import JournalEntry
from komek.rooms.calls.rules import State
from komek.rooms.recordings import actions, queries
from komek.rooms.recordings.models import Pause

pytestmark = [pytest.mark.django_db(transaction=True)]

CAUSE = "диагноз, сұрауы бойынша"


@pytest.fixture(autouse=True)
def own_home(settings, tmp_path):
    settings.HOME = tmp_path / "home"
    settings.HOME.mkdir()


@pytest.fixture
def short(monkeypatch):
    """Pauses of seconds instead of a minute."""
    monkeypatch.setattr("komek.rooms.recordings.rules.pausing.LONGEST_GAP", timedelta(seconds=3))
    monkeypatch.setattr("komek.rooms.recordings.rules.LONGEST_GAP", timedelta(seconds=3))
    monkeypatch.setattr(pausing, "GUARD_AFTER", timedelta(seconds=4))


def grown(living, call, seconds):
    """So many more seconds of the call are written down."""

    def size():
        return len(living.raw(call, "rx"))

    target = size() + seconds * RATE

    async def is_there():
        return size() >= target

    return eventually(is_there)


def silences(alaw):
    """The stretches of more than half a second in which there is nothing at all: begin and length in seconds."""
    quiet = np.abs(decoded(alaw)) < 0.001
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(np.int8), [0]])))
    return [(begin / RATE, (end - begin) / RATE) for begin, end in edges.reshape(-1, 2) if end - begin > RATE / 2]


def beeps(alaw):
    """Whether a short tone of 880 Hz is anywhere in it, beside whatever else is heard."""
    window = RATE // 5
    sound = decoded(alaw)
    for begin in range(0, len(sound) - window, window // 4):
        power = np.abs(np.fft.rfft(sound[begin : begin + window] * np.hanning(window)))
        place = 880 * window // RATE
        if power[place] > 20 and power[place] == power[place - 12 : place + 13].max():
            return True
    return False


async def talk(living, agent):
    await living.sits(agent, 1)
    me = await living.exchange.ring_city(number="+77015550142", tone=1000, keys="2")
    call = await until(the_call, State.TALKING)
    await eventually(
        lambda: asyncio.sleep(0, heard(living.raw(call, "rx"), 1000) and heard(living.raw(call, "tx"), 440))
    )
    return me, call


def kept(living, call):
    return actions.take_in(call.unique_id, legs=RawLegs(living.folders.raw), at=now() + timedelta(seconds=3))


def test_a_call_becomes_a_recording_without_a_finding(town, aigerim):
    async def story():
        async with town() as living, following(living.switch):
            me, call = await talk(living, aigerim)
            await grown(living, call, 3)
            await living.exchange.hang_up(me)
            await until(lambda: JournalEntry.objects.filter(what="gone").first())
            return await asked(kept, living, call)

    recording = asyncio.run(story())

    assert recording.findings == []
    assert recording.talk["both"] > 0.5
    assert recording.agent_ids == [aigerim.pk]
    assert queries.verify().links == 1


def test_a_pause_is_a_silence_on_both_sides_and_stands_in_the_recording(town, aigerim):
    async def story():
        async with town() as living, following(living.switch):
            me, call = await talk(living, aigerim)
            await asked(actions.pause, call.unique_id, cause=CAUSE, by=aigerim, at=now())
            await until(lambda: Pause.objects.filter(applied_at__isnull=False).first())
            await grown(living, call, 2)
            await asked(actions.resume, call.unique_id, by=aigerim, at=now())
            await until(lambda: Pause.objects.filter(resumed_at__isnull=False).first())
            await grown(living, call, 2)
            legs = [living.raw(call, leg) for leg in ("rx", "tx")]
            await living.exchange.hang_up(me)
            await until(lambda: JournalEntry.objects.filter(what="gone").first())
            return await asked(kept, living, call), legs, living.exchange.sound("op001")

    recording, legs, ear = asyncio.run(story())

    (gap,) = recording.gaps
    for leg in legs:
        begin, length = max(silences(leg), key=lambda one: one[1])
        assert abs(begin - gap["at"]) < 0.7
        assert abs(length - gap["seconds"]) < 0.7
        assert heard(leg, 1000) or heard(leg, 440), "it goes on afterwards"
    assert beeps(ear), "the operator hears that it stops"
    assert not any(beeps(leg) for leg in legs), "and nobody else does"


def test_a_pause_ends_by_itself(town, aigerim, short):
    async def story():
        async with town() as living, following(living.switch):
            _, call = await talk(living, aigerim)
            await asked(actions.pause, call.unique_id, cause=CAUSE, by=aigerim, at=now())
            await until(lambda: Pause.objects.filter(resumed_at__isnull=False).first())
            await grown(living, call, 2)
            return living.raw(call, "rx")

    leg = asyncio.run(story())

    assert heard(leg, 1000)
    assert 2 < max(silences(leg), key=lambda one: one[1])[1] < 5


def test_a_pause_ends_when_all_of_us_are_dead(town, aigerim, short, monkeypatch):
    guards = []
    start = pausing.Pauses._guard

    def noted(*told):
        guards.append(start(*told))
        return guards[-1]

    monkeypatch.setattr(pausing.Pauses, "_guard", noted)
    # What a killed process does not do: it takes no guard back.
    monkeypatch.setattr(pausing.Pauses, "_forget", lambda *_: None)

    async def story():
        async with town() as living:
            async with following(living.switch):
                _, call = await talk(living, aigerim)
                await asked(actions.pause, call.unique_id, cause=CAUSE, by=aigerim, at=now())
                await until(lambda: Pause.objects.filter(applied_at__isnull=False).first())
            await asyncio.to_thread(guards[0].wait, 20)
            await grown(living, call, 2)
            return living.raw(call, "rx")

    leg = asyncio.run(story())

    assert guards[0].returncode != -signal.SIGTERM
    assert heard(leg, 1000)
    assert 2 < max(silences(leg), key=lambda one: one[1])[1] < 7
