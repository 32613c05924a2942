"""The calendar as data of the centre: seeded, then edited by hand."""

from datetime import UTC, date, datetime, timedelta

import pytest

from komek.registers.calendar import actions, queries, rules

pytestmark = pytest.mark.django_db

AT = datetime(2026, 1, 5, 6, tzinfo=UTC)


def seed(*years, **more):
    return actions.seed(years=years, by="system", at=AT, **more)


def names(day):
    return {"kk": day.name_kk, "ru": day.name_ru, "en": day.name_en}


def test_a_seeded_year_has_the_holidays_of_kazakhstan_in_three_languages():
    seed(2026)

    nowruz, observed, eid = (queries.day(date(2026, *on)) for on in [(3, 21), (3, 24), (5, 27)])
    assert names(nowruz) == {"kk": "Наурыз мейрамы", "ru": "Наурыз мейрамы", "en": "Nowruz Holiday"}
    assert names(observed) == {
        "kk": "Наурыз мейрамы (қайта белгіленген демалыс)",
        "ru": "Наурыз мейрамы (перенос выходного)",
        "en": "Nowruz Holiday (observed)",
    }
    assert names(eid) == {
        "kk": "Құрбан айт (болжамды күн)",
        "ru": "Курбан айт (дата ожидается)",
        "en": "Eid al-Adha (estimated)",
    }
    assert observed.source == "seeded"


def test_every_holiday_of_many_years_has_a_russian_name():
    seed(*range(2012, 2031))

    unnamed = [day for year in range(2012, 2031) for day in queries.days(year=year) if "Day" in day.name_ru]

    assert unnamed == []


def test_a_moved_working_day_is_seeded_with_the_hours_of_the_day_it_was_swapped_for():
    seed(2024)

    worked, free = queries.day(date(2024, 5, 4)), queries.day(date(2024, 5, 8))

    assert (worked.kind, worked.like_weekday) == ("working", date(2024, 5, 8).weekday())
    assert names(worked) == {
        "kk": "Жұмыс күні (08.05.2024 орнына)",
        "ru": "Рабочий день (вместо 08.05.2024)",
        "en": "Working day (instead of 05/08/2024)",
    }
    assert (free.kind, free.name_ru) == ("holiday", "Выходной день (перенесён с 04.05.2024)")


def test_a_december_saturday_worked_for_january_is_seeded_with_its_own_year():
    seed(2013)

    assert queries.day(date(2013, 12, 28)).kind == "working"
    assert queries.day(date(2014, 1, 3)) is None


def test_seeding_again_changes_nothing():
    count = seed(2025, 2026)
    before = list(queries.days(year=2026).values())

    again = actions.seed(years=[2025, 2026], by="system", at=AT + timedelta(days=1))

    assert again == count
    assert list(queries.days(year=2026).values()) == before


def test_a_seed_never_overrules_what_a_person_set():
    actions.set_day(date(2026, 3, 9), kind="working", names={"en": "We work"}, by="dana", at=AT)

    seed(2026)

    assert queries.day(date(2026, 3, 9)).name_en == "We work"
    assert queries.working_calendar().is_working_day(date(2026, 3, 9))


def test_a_seed_brings_a_removed_holiday_back_and_takes_a_wrong_one_of_its_own_away():
    seed(2026)
    actions.remove_day(date(2026, 3, 9), by="dana", at=AT)
    queries.day(date(2026, 3, 24)).delete()
    queries.days(year=2026).filter(date=date(2026, 3, 25)).update(date=date(2026, 3, 26))

    seed(2026)

    assert queries.day(date(2026, 3, 9)) is not None
    assert queries.day(date(2026, 3, 26)) is None
    assert queries.day(date(2026, 3, 25)) is not None


def test_the_thirty_first_of_august_2026_is_set_by_hand():
    seed(2026)
    appeal = date(2026, 8, 14)
    before = queries.working_calendar().add_working_days_to_date(appeal, 15)

    constitution = {"kk": "Конституция күні", "ru": "День Конституции", "en": "Constitution Day"}
    actions.set_day(date(2026, 8, 31), kind="holiday", names=constitution, by="dana", at=AT)

    assert before == date(2026, 9, 4)
    assert queries.working_calendar().add_working_days_to_date(appeal, 15) == date(2026, 9, 7)
    assert queries.day(date(2026, 8, 31)).source == "hand"


def test_a_day_set_by_hand_says_who_and_when():
    day = actions.set_day(date(2026, 8, 31), kind="holiday", names={}, by="dana", at=AT)

    assert (day.changed_by, day.changed_at) == ("dana", AT)


@pytest.mark.parametrize(
    ("on", "asked", "kept"), [("2026-06-06", None, 0), ("2026-06-06", 4, 4), ("2026-05-01", None, 4)]
)
def test_a_day_set_as_working_keeps_the_hours_of_a_weekday(on, asked, kept):
    day = actions.set_day(date.fromisoformat(on), kind="working", names={}, by="dana", at=AT, like_weekday=asked)

    assert day.like_weekday == kept
    assert queries.working_calendar().is_working_day(day.date)


def test_a_removed_day_keeps_its_weekday_again():
    actions.set_day(date(2026, 6, 1), kind="holiday", names={}, by="dana", at=AT)

    actions.remove_day(date(2026, 6, 1), by="dana", at=AT)

    assert queries.working_calendar().is_working_day(date(2026, 6, 1))
    with pytest.raises(rules.NotInTheCalendar):
        actions.remove_day(date(2026, 6, 1), by="dana", at=AT)


def test_the_week_is_replaced_whole():
    spans = {
        5: [rules.parse_span("10:00-14:00")],
        0: [rules.parse_span("08:00-12:00"), rules.parse_span("13:00-24:00")],
    }

    actions.set_week(spans, by="dana", at=AT)

    assert queries.week() == rules.Week.of(spans)
    assert queries.working_calendar().is_working_day(date(2026, 6, 6))
    assert not queries.working_calendar().is_working_day(date(2026, 6, 2))


def test_a_refused_week_leaves_the_old_one():
    with pytest.raises(rules.BadWeek):
        actions.set_week({}, by="dana", at=AT)

    assert queries.week() == rules.KAZAKHSTAN_WEEK


@pytest.mark.parametrize(
    ("refusal", "verb"),
    [
        (rules.BadKind, lambda: actions.set_day(date(2026, 6, 1), kind="feast", names={}, by="dana", at=AT)),
        (
            rules.BadWeekday,
            lambda: actions.set_day(date(2026, 6, 1), kind="working", names={}, by="dana", at=AT, like_weekday=9),
        ),
        (rules.UnknownCountry, lambda: seed(2026, country="XX")),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(refusal, verb):
    with pytest.raises(refusal):
        verb()


def test_another_country_is_seeded_in_the_languages_its_holidays_are_known_in():
    seed(2026, country="DE")

    unity = queries.day(date(2026, 10, 3))

    assert unity.name_en == "German Unity Day"
    assert unity.name_kk == ""
