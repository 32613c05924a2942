"""Stored values and moments in the words of people."""

from datetime import UTC, datetime

import pytest
from django.utils import formats, timezone, translation

from komek.rooms.control.rules import Cause
from komek.rooms.routing.rules import Cause as Unrouted
from komek.rooms.workorders.rules import Outcome
from komek.ui import words


@pytest.mark.parametrize(("kind", "values"), [("unrouted", Unrouted), ("cause", Cause), ("outcome", Outcome)])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_value_has_a_word_in_every_language(kind, values, language):
    with translation.override(language):
        said = {value: words.word(kind, value) for value in values}

    assert not [value for value, word in said.items() if not word or "_" in word]
    assert len(set(said.values())) == len(values)


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_a_moment_is_written_with_the_day_first_and_the_whole_days_hours(language):
    moment = datetime(2026, 11, 3, 17, 5, tzinfo=UTC).astimezone(timezone.get_fixed_timezone(300))

    with translation.override(language):
        assert formats.date_format(moment, "SHORT_DATETIME_FORMAT") == "03.11.2026 22:05"
        assert formats.date_format(moment, "TIME_FORMAT") == "22:05"
