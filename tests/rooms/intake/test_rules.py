import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komek.rooms.intake import rules
from komek.rooms.intake.rules import Free, State, Urgency, Waiting

NINE = datetime(2026, 11, 2, 4, tzinfo=UTC)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters()), inner, max_size=3),
    max_leaves=10,
)


def waits(contact_id, language="kk", *, minutes=0, urgency=Urgency.NORMAL):
    return Waiting(contact_id, language, urgency, NINE - timedelta(minutes=minutes))


def free(agent_id, *languages, minutes=0):
    return Free(agent_id, frozenset(languages), NINE - timedelta(minutes=minutes))


def test_who_waits_longest_is_served_first():
    assert rules.pairs([waits(1), waits(2, minutes=5)], [free(7, "kk")]) == [(2, 7)]


def test_the_urgent_do_not_stand_behind_anybody():
    assert rules.pairs([waits(1, minutes=60), waits(2, urgency=Urgency.URGENT)], [free(7, "kk")]) == [(2, 7)]


def test_nobody_is_offered_a_language_they_do_not_speak():
    assert rules.pairs([waits(1, "en")], [free(7, "kk", "ru")]) == []


def test_a_rare_language_is_kept_for_who_needs_it():
    offers = rules.pairs([waits(1, "ru"), waits(2, "en")], [free(7, "kk", "ru", "en", minutes=30), free(8, "kk", "ru")])

    assert sorted(offers) == [(1, 8), (2, 7)]


def test_of_equals_the_one_longest_without_work_is_asked():
    assert rules.pairs([waits(1)], [free(7, "kk"), free(8, "kk", minutes=3)]) == [(1, 8)]


@given(
    st.lists(st.tuples(st.sampled_from(["kk", "ru", "en"]), st.integers(0, 9), st.booleans()), max_size=12),
    st.lists(st.tuples(st.sets(st.sampled_from(["kk", "ru", "en"])), st.integers(0, 9)), max_size=6),
)
def test_nobody_is_offered_twice_and_nobody_is_left_idle_beside_a_contact_they_could_take(queue, seats):
    waiting = [
        waits(number, language, minutes=minutes, urgency=Urgency.URGENT if urgent else Urgency.NORMAL)
        for number, (language, minutes, urgent) in enumerate(queue)
    ]
    ready = [free(number, *languages, minutes=minutes) for number, (languages, minutes) in enumerate(seats)]

    offers = rules.pairs(waiting, ready)

    contacts, agents = {contact for contact, _ in offers}, {agent for _, agent in offers}
    assert len(contacts) == len(agents) == len(offers)
    left = {contact.language for contact in waiting if contact.contact_id not in contacts}
    assert not any(left & seat.languages for seat in ready if seat.agent_id not in agents)


def test_every_state_of_a_contact_has_its_line_in_the_table():
    assert set(rules.TRANSITIONS) == set(State)
    assert all(state not in following for state, following in rules.TRANSITIONS.items())


def test_what_has_ended_never_begins_again():
    assert rules.TRANSITIONS[State.ENDED] == rules.TRANSITIONS[State.ABANDONED] == frozenset()


def test_from_every_state_a_contact_can_come_to_an_end():
    ends = {State.ENDED, State.ABANDONED}
    for _ in State:
        ends |= {state for state, following in rules.TRANSITIONS.items() if following & ends}
    assert ends == set(State)


def test_an_unknown_urgency_is_the_ordinary_one():
    assert Urgency("very!!!") is Urgency.NORMAL


@pytest.mark.parametrize("told", [None, 7, "Кенесары", [], {"lat": 51}, {"lat": "x", "lon": []}, {"text": 5}, {"x": 1}])
def test_a_place_that_says_nothing_is_no_place_and_keeps_nobody_out(told):
    assert rules.tidy_place(told) == {}


def test_of_a_place_only_what_can_be_true_is_kept():
    told = {
        "text": "Кенесары\0 12 " + "!" * 900,
        "house_id": 12,
        "street_id": -1,
        "lat": 51.15,
        "lon": 71.43,
        "landmark": "\u202eмектеп",
        "admin": True,
    }

    place = rules.tidy_place(told)

    assert set(place) == {"text", "house_id", "lat", "lon", "landmark"}
    assert str(place["text"]).startswith("Кенесары 12")
    assert len(str(place["text"])) == 500
    assert place["landmark"] == "мектеп"


@pytest.mark.parametrize("point", [(91, 0), (0, 181), (float("nan"), 0), (0, float("inf")), (True, True)])
def test_a_point_off_the_globe_is_dropped(point):
    assert rules.tidy_place({"lat": point[0], "lon": point[1], "text": "а"}) == {"text": "а"}


@given(ANY_JSON)
def test_whatever_place_is_sent_what_is_kept_can_be_stored(told):
    kept = json.dumps(rules.tidy_place(told), allow_nan=False)

    assert "\\u0000" not in kept


@given(ANY_JSON)
def test_a_draft_is_kept_in_a_form_that_can_be_stored_or_refused(data):
    try:
        tidy = rules.tidy_draft(data)
    except rules.DraftNotReadable:
        return

    assert "\\u0000" not in json.dumps(tidy, allow_nan=False).replace("\\\\u0000", "")
    json.dumps(tidy, ensure_ascii=False).encode()


def test_a_draft_that_speaks_of_a_nul_in_letters_keeps_its_letters():
    assert rules.tidy_draft({"text": "\\u0000 және \0"}) == {"text": "\\u0000 және "}


@pytest.mark.parametrize("data", ["text", None, {"x": object()}, {"x": float("nan")}, {"text": "а" * 300_000}])
def test_what_is_no_draft_is_refused_and_the_old_one_stays(data):
    with pytest.raises(rules.DraftNotReadable):
        rules.tidy_draft(data)


def test_ids_of_others_are_kept_apart_even_when_they_are_too_long():
    one, other = rules.tidy_id("x" * 5_000 + "1"), rules.tidy_id("x" * 5_000 + "2")

    assert one != other
    assert len(one) == len(other) == rules.LONGEST_ID
    assert rules.tidy_id("SA-2026/1\0") == "SA-2026/1"
