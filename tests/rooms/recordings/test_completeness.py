"""An answered call of which there is no sound is seen within a minute, and somebody is told."""

from datetime import timedelta

import pytest
from tests.fixtures.legs import UNIQUE, tone

from komek.platform import disk
from komek.rooms.calls import queries as calls
from komek.rooms.calls.rules import What
from komek.rooms.quality import actions as quality
from komek.rooms.quality.facts import BreachEnded, ThresholdBreached
from komek.rooms.quality.rules import Figure
from komek.rooms.recordings import actions, queries
from komek.rooms.recordings.rules import Lack

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def enough_room(monkeypatch):
    monkeypatch.setattr(disk, "used", lambda _: 0.5)


def seconds(number):
    return timedelta(seconds=number)


def answered(wire, agent):
    wire.journal((0, What.RECORDED, None, "0x1"), (1, What.ENTERED, None, "", "+77015550142", "1"))
    wire.journal((2, What.ANSWERED, agent, "1"))


def lacks(at):
    return [one.lack for one in queries.unrecorded(at=at)]


def test_a_call_that_is_written_down_lacks_nothing(wire, aigerim, at):
    answered(wire, aigerim)
    wire.write(heard=tone(70), said=tone(70), grown=70)
    actions.look(wire.legs, at=at + seconds(70))

    assert lacks(at + seconds(90)) == []


def test_a_call_without_a_leg_is_missed_after_a_minute(wire, aigerim, at):
    answered(wire, aigerim)

    assert lacks(at + seconds(60)) == []
    assert lacks(at + seconds(63)) == [Lack.NO_SOUND]


def test_a_call_whose_legs_stop_growing_is_missed(wire, aigerim, at):
    answered(wire, aigerim)
    wire.write(heard=tone(20), said=tone(20), grown=20)
    actions.look(wire.legs, at=at + seconds(20))

    assert lacks(at + seconds(79)) == []
    assert lacks(at + seconds(82)) == [Lack.NO_LONGER]


def test_a_call_that_nobody_takes_in_is_missed(wire, aigerim, at):
    wire.call(aigerim)
    actions.look(wire.legs, at=at + seconds(12))

    assert lacks(at + seconds(300)) == []
    assert lacks(at + seconds(700)) == [Lack.NOT_TAKEN_IN]

    actions.take_in(UNIQUE, legs=wire.legs, at=at + seconds(701))
    assert lacks(at + seconds(702)) == []


def test_half_a_recording_is_told_for_an_hour(wire, aigerim, at):
    wire.call(aigerim, 20.0, heard=tone(5), said=tone(5))
    actions.take_in(UNIQUE, legs=wire.legs, at=at + seconds(30))

    assert lacks(at + seconds(90)) == [Lack.INCOMPLETE]
    assert lacks(at + timedelta(hours=2)) == []


def test_the_supervisor_is_told_once_and_when_it_is_over(wire, aigerim, at, facts):
    answered(wire, aigerim)
    for second in (70, 80, 90):
        quality.watch(at=at + seconds(second))
    told = [one for one in facts.of(ThresholdBreached) if one.figure == Figure.UNRECORDED]
    assert [(one.value, one.at) for one in told] == [(1, at + seconds(70))]

    wire.write(heard=tone(95), said=tone(95), grown=95)
    actions.look(wire.legs, at=at + seconds(95))
    quality.watch(at=at + seconds(100))

    assert [one.figure for one in facts.of(BreachEnded) if one.figure == Figure.UNRECORDED] == ["unrecorded"]


def test_a_disk_that_fills_is_told(wire, at, facts, monkeypatch):
    monkeypatch.setattr(disk, "used", lambda _: 0.81)

    quality.watch(at=at)

    assert [one.value for one in facts.of(ThresholdBreached) if one.figure == Figure.DISK] == [0.81]


@pytest.mark.parametrize(("said", "after"), [("0.25", 0.25), ("", 0), ("nan", 0), ("9", 0), ("…", 0)])
def test_the_moment_of_the_first_sound_is_told_to_the_thousandth(wire, at, said, after):
    told = str(at.timestamp() + float(said)) if said in {"0.25", "9"} else said
    wire.journal((0, What.RECORDED, None, "0x1", "in", told))

    assert calls.recorded(UNIQUE).began_at == at + seconds(after)
