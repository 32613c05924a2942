from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komek.rooms.channels import rules

NOON = datetime(2026, 11, 2, 7, tzinfo=UTC)


def test_a_nul_and_other_control_characters_are_dropped():
    assert rules.cleaned("су\0 жоқ\x1b[31m\x85") == "су жоқ[31m"


def test_signs_that_turn_the_direction_of_reading_are_dropped():
    assert rules.cleaned("\u202eгороп\u202c \u2066а\u2069\u061c\u200f") == "гороп а"


def test_lines_and_tabs_stay_and_line_ends_become_one_kind():
    assert rules.cleaned("бір\r\nекі\rүш\tтөрт") == "бір\nекі\nүш\tтөрт"


def test_a_lone_half_of_a_character_is_dropped_because_no_database_takes_it():
    assert rules.cleaned("а\ud800б") == "аб"


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\0\0", "\u200e\u202e"])
def test_nothing_visible_is_refused_as_empty(text):
    with pytest.raises(rules.TextEmpty):
        rules.cleaned(text)


def test_a_text_of_the_longest_length_is_taken_and_one_more_is_refused():
    assert len(rules.cleaned("ә" * rules.LONGEST_TEXT)) == rules.LONGEST_TEXT
    with pytest.raises(rules.TextTooLong) as refused:
        rules.cleaned("ә" * (rules.LONGEST_TEXT + 1))
    assert refused.value.params["most"] == rules.LONGEST_TEXT


def test_a_megabyte_of_text_is_refused_before_it_is_read():
    with pytest.raises(rules.TextTooLong):
        rules.cleaned("а" * 1_000_000)


@given(st.text(st.characters(), max_size=300))
def test_a_cleaned_text_can_be_stored_and_cleaning_it_again_changes_nothing(text):
    try:
        once = rules.cleaned(text)
    except rules.TextEmpty:
        return

    assert "\0" not in once
    once.encode("utf-8")
    assert rules.cleaned(once) == once


def test_the_next_attempt_is_ever_later_but_never_more_than_an_hour_away():
    waits = [rules.next_attempt(attempts, NOON) - NOON for attempts in range(1, 12)]

    assert waits[:4] == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 8)]
    assert waits == sorted(waits)
    assert waits[-1] == timedelta(hours=1)


@pytest.mark.parametrize("language", ["", "de", "KK", "kk-KZ", "\0"])
def test_a_language_that_is_not_ours_is_refused_by_name(language):
    with pytest.raises(rules.UnknownLanguage):
        rules.checked_language(language)
