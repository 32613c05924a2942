"""What is not right about a recording, and what is said of the sound in it."""

import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from komek.rooms.recordings import rules
from komek.rooms.recordings.rules import Finding, Ground, Heard

AT = datetime(2026, 11, 2, 4, 30, tzinfo=UTC)
GOOD = {
    "caller_seconds": 60.0,
    "operator_seconds": 60.0,
    "expected_seconds": 60.0,
    "talked": True,
    "caller_spoke": 20.0,
    "operator_spoke": 30.0,
    "closed": True,
}

voices = st.lists(st.booleans(), max_size=200)


def judged(**different):
    return rules.findings(Heard(**{**GOOD, **different}))


def test_nothing_is_wrong_with_two_legs_as_long_as_the_call():
    assert judged() == []


def test_a_side_that_nobody_hears_is_found():
    assert judged(caller_spoke=0.0) == [Finding.CALLER_SILENT]
    assert judged(operator_spoke=0.0) == [Finding.OPERATOR_SILENT]


def test_who_only_waited_may_be_silent():
    assert judged(talked=False, caller_spoke=0.0, operator_spoke=0.0) == []


def test_a_leg_that_is_not_there_is_found_and_nothing_else_is_said_of_it():
    assert judged(caller_seconds=0.0, caller_spoke=0.0) == [Finding.CALLER_MISSING]


def test_a_second_of_a_minute_may_be_missing_but_not_two():
    assert judged(caller_seconds=58.9, operator_seconds=58.9) == []
    assert judged(caller_seconds=58.0, operator_seconds=58.0) == [Finding.TOO_SHORT]


def test_the_moment_of_hanging_up_is_not_missing_in_a_short_call():
    assert judged(caller_seconds=2.6, operator_seconds=2.6, expected_seconds=3.0) == []


def test_a_call_is_over_when_its_legs_have_settled():
    assert not rules.is_over(gone_at=AT, grown_at=AT, at=AT + timedelta(seconds=1))
    assert rules.is_over(gone_at=AT, grown_at=AT, at=AT + timedelta(seconds=2))
    assert not rules.is_over(gone_at=None, grown_at=AT, at=AT + timedelta(minutes=59))
    assert rules.is_over(gone_at=None, grown_at=AT, at=AT + timedelta(hours=1))


@given(voices, voices)
def test_the_parts_of_a_talk_are_parts_of_one_whole(caller, operator):
    talk = rules.talk(caller, operator, a_second=10)

    assert all(0.0 <= part <= 1.0 for part in (talk.caller, talk.operator, talk.both, talk.nobody))
    if talk.seconds:
        assert abs(talk.caller + talk.operator - talk.both + talk.nobody - 1.0) < 0.001
    assert rules.talk(operator, caller, a_second=10).both == talk.both


@given(st.integers(0, 100_000))
def test_the_pauses_grow_but_not_for_ever(tries):
    assert rules.PAUSE <= rules.pause(tries) <= rules.pause(tries + 1) <= rules.LONGEST_PAUSE


@given(st.binary(min_size=32, max_size=32), st.dictionaries(st.text(max_size=5), st.integers(), max_size=5))
def test_a_link_depends_on_what_is_before_it_and_on_what_it_says(previous, told):
    link = rules.link(previous, told)

    assert link == rules.link(previous, dict(reversed(told.items())))
    assert link != rules.link(previous, {**told, "more": 1})
    assert link != rules.link(bytes([previous[0] ^ 1]) + previous[1:], told)


def hears(**different):
    told = {"agent_id": 1, "talked": [1], "ended_at": AT, "at": AT, "own": True, "team": False, "by_reason": False}
    return rules.ground(**{**told, **different})


def test_an_own_call_is_heard_for_a_day():
    assert hears(at=AT + timedelta(hours=24)) is Ground.OWN
    assert hears(at=AT + timedelta(hours=24, seconds=1)) is None
    assert hears(talked=[2]) is None


def test_a_supervisor_hears_all_and_an_inspector_by_reason():
    assert hears(talked=[2], team=True) is Ground.TEAM
    assert hears(talked=[2], team=True, reviews=True) is Ground.REVIEW
    assert hears(talked=[2], own=False, by_reason=True) is Ground.REASON


@given(st.booleans(), st.booleans(), st.booleans(), st.booleans(), st.integers(0, 100), st.booleans())
def test_nobody_hears_without_a_right(own, team, by_reason, reviews, hours, talked):
    found = hears(
        own=own,
        team=team,
        by_reason=by_reason,
        reviews=reviews,
        at=AT + timedelta(hours=hours),
        talked=[1] if talked else [],
    )

    assert found is None or team or by_reason or (own and talked and hours <= 24)


stretches = st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), max_size=20)


@given(stretches)
def test_what_was_heard_is_counted_once(told):
    merged = rules.merged(told)

    heard = {at for since, until in told for at in range(since, until)}
    assert {at for since, until in merged for at in range(since, until)} == heard
    assert all(one[1] < other[0] for one, other in itertools.pairwise(merged))
