"""A recording pauses for a reason and not for long; never in an emergency, and what is left out is written down."""

from datetime import timedelta

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.legs import UNIQUE, tone
from tests.fixtures.people import MONDAY_MORNING as AT

from komek.rooms.calls import actions as calls
from komek.rooms.calls.rules import NotTalking, What
from komek.rooms.recordings import actions, queries, rules
from komek.rooms.recordings.facts import PauseAsked, PauseMoved
from komek.rooms.recordings.models import Pause

CAUSE = "диагноз айтады, сұрауы бойынша"


@pytest.fixture
def talking(wire, aigerim, at):
    """Aigerim talks since the second second."""
    wire.journal((0, What.RECORDED, None, "0x7f"), (1, What.ENTERED, None, "", "+77015550142", "1"))
    wire.journal((2, What.ANSWERED, aigerim, "1"))
    return UNIQUE


def seconds(number):
    return timedelta(seconds=number)


@pytest.mark.django_db
class TestPauses:
    def test_it_is_asked_applied_and_ended(self, talking, aigerim, at, facts):
        asked = actions.pause(talking, cause=CAUSE, by=aigerim, at=at + seconds(10))
        order = queries.to_pause(at=at + seconds(11))[0]
        assert (order.pause_id, order.recorder, order.until) == (asked.pk, "0x7f", at + seconds(70))
        assert actions.pausing(asked.pk, at=at + seconds(11))
        actions.paused(asked.pk, at=at + seconds(11))
        assert queries.to_pause(at=at + seconds(12)) == []
        assert queries.to_resume(at=at + seconds(12)) == []

        actions.resume(talking, by=aigerim, at=at + seconds(20))
        assert [one.pause_id for one in queries.to_resume(at=at + seconds(20))] == [asked.pk]
        actions.resumed(asked.pk, at=at + seconds(21))

        assert queries.to_resume(at=at + seconds(90)) == []
        assert [one.state for one in facts.of(PauseMoved)] == ["paused", "resumed"]
        assert len(facts.of(PauseAsked)) == 2

    def test_it_ends_by_itself_after_a_minute(self, talking, aigerim, at):
        actions.pause(talking, cause=CAUSE, by=aigerim, at=at + seconds(10))

        assert queries.to_resume(at=at + seconds(69)) == []
        assert len(queries.to_resume(at=at + seconds(70))) == 1
        assert queries.to_pause(at=at + seconds(70)) == []

    def test_we_were_dead_and_the_guard_has_ended_it(self, talking, aigerim, at):
        asked = actions.pause(talking, cause=CAUSE, by=aigerim, at=at + seconds(10))
        actions.pausing(asked.pk, at=at + seconds(11))
        actions.paused(asked.pk, at=at + seconds(11))

        actions.resumed(asked.pk, at=at + seconds(600))

        assert Pause.objects.get().resumed_at == at + seconds(75)

    def test_nobody_pauses_without_a_reason(self, talking, aigerim, at):
        for cause in ("", "   ", "ок"):
            with pytest.raises(rules.CauseNeeded):
                actions.pause(talking, cause=cause, by=aigerim, at=at)

    def test_nobody_pauses_the_call_of_a_colleague(self, talking, madina, at):
        with pytest.raises(NotTalking):
            actions.pause(talking, cause=CAUSE, by=madina, at=at)

    def test_a_call_pauses_once_at_a_time(self, talking, aigerim, at):
        made = actions.pause(talking, cause=CAUSE, by=aigerim, at=at)

        with pytest.raises(rules.PausedAlready):
            actions.pause(talking, cause=CAUSE, by=aigerim, at=at)
        with pytest.raises(IntegrityError):
            Pause.objects.create(call=made.call, agent=aigerim, cause=CAUSE, asked_at=at)

    def test_an_emergency_is_recorded_as_a_whole(self, wire, talking, aigerim, at):
        asked = actions.pause(talking, cause=CAUSE, by=aigerim, at=at + seconds(10))
        calls.hand_over(talking, service="103", by=aigerim, at=at + seconds(12))

        assert [one.pause_id for one in queries.to_resume(at=at + seconds(12))] == [asked.pk]
        actions.resumed(asked.pk, at=at + seconds(13))
        with pytest.raises(rules.NotInAnEmergency):
            actions.pause(talking, cause=CAUSE, by=aigerim, at=at + seconds(20))

    def test_a_call_that_began_as_an_emergency_cannot_be_paused(self, wire, aigerim, at):
        wire.journal((0, What.URGENT, None, "+77015550142"), (2, What.ANSWERED, aigerim, "1"))

        with pytest.raises(rules.NotInAnEmergency):
            actions.pause(UNIQUE, cause=CAUSE, by=aigerim, at=at)

    def test_a_pause_that_could_not_be_told_to_the_switch_is_no_gap(self, wire, talking, aigerim, at):
        asked = actions.pause(talking, cause=CAUSE, by=aigerim, at=at + seconds(4))
        actions.resumed(asked.pk, at=at + seconds(5), failure="the call is not recorded")

        assert queries.gaps(talking) == []

    def test_the_gap_stands_in_the_recording(self, wire, talking, aigerim, at):
        asked = actions.pause(talking, cause=CAUSE, by=aigerim, at=at + seconds(4))
        actions.pausing(asked.pk, at=at + seconds(4))
        actions.paused(asked.pk, at=at + seconds(4))
        actions.resumed(asked.pk, at=at + seconds(7))
        wire.journal((10, What.ENDED, aigerim, "1", "8", "1"), (10, What.GONE, None, "16"))
        wire.write(heard=tone(10), said=tone(10), grown=10)

        recording = actions.take_in(talking, legs=wire.legs, at=at + seconds(15))

        assert recording.gaps == [{"at": 4.0, "seconds": 3.0, "reason": CAUSE, "pause": asked.pk}]
        report = queries.pauses_by_agent(since=at)
        assert [(one["agent__name"], one["number"], one["lasted"]) for one in report] == [(aigerim.name, 1, seconds(3))]

    def test_the_last_minute_is_heard_again_by_whoever_is_in_the_call(
        self, wire, talking, aigerim, madina, at, monkeypatch
    ):
        monkeypatch.setattr(queries, "legs", lambda: wire.legs)
        wire.write(heard=tone(90), said=tone(90), grown=90)

        wav = actions.replay(talking, by=aigerim, at=at)

        assert wav.startswith(b"RIFF")
        assert abs(len(wav) - 60 * 8_000 * 2 * 2) < 200
        with pytest.raises(NotTalking):
            actions.replay(talking, by=madina, at=at)


times = st.integers(0, 300)


@given(st.lists(st.tuples(times, st.none() | times), max_size=5), times)
def test_every_gap_lies_within_the_recording(told, length):
    pauses = [
        rules.Gap(number, AT + seconds(since), None if until is None else AT + seconds(until), "…")
        for number, (since, until) in enumerate(told)
    ]

    gaps = rules.gaps(pauses, began_at=AT, ended_at=AT + seconds(length))

    assert all(0 <= gap["at"] < gap["at"] + gap["seconds"] <= length for gap in gaps)


@given(times, times)
def test_a_pause_never_lasts_longer_than_the_guard_lets_it(asked, told):
    ended = rules.resumed_at(AT + seconds(asked), told_at=AT + seconds(asked + told))

    assert ended <= rules.until(AT + seconds(asked)) + seconds(5)
