"""Rule lines as values: which fits, whom it means, why, and what is wrong with a broken one."""

import pytest
from tests.fixtures.line import table

from komek.rooms.routing import rules
from komek.rooms.routing.rules import Cause, Hours, RuleLine, Situation

KNOWN = rules.Known(
    topics=frozenset({"WAT-01", "WAT-02", "ROA-01"}),
    groups=frozenset({"WAT", "ROA"}),
    districts=frozenset({"nura", "yesil"}),
    services=frozenset({"SU", "OSI", "DOR", "L2"}),
    duties=frozenset({"osi", "lift"}),
)
WORKING = frozenset({"SU", "OSI", "DOR", "OSI-101", "AKIM-NURA"})
OWN = frozenset({"SELF", "L2"})


def line(position=10, topic="*", *services, district="*", duty="", hours=Hours.ALWAYS, **more):
    return RuleLine(position, topic, district, duty, hours, services or ("SU",), **more)


def decide(lines, **seen):
    return rules.decide(lines, Situation(**seen), working=WORKING, own=OWN)


@pytest.mark.parametrize(
    ("pattern", "topic", "group", "fits"),
    [
        ("*", "WAT-01", "WAT", True),
        ("*", "", "", True),
        ("WAT-01", "WAT-01", "WAT", True),
        ("WAT-01", "WAT-011", "WAT", False),
        ("WAT-*", "WAT-01", "WAT", True),
        ("WAT-*", "WAT-01", "", True),
        ("WAT-*", "W-7", "WAT", True),
        ("WAT-*", "WATER-01", "WATER", False),
        ("WAT-*", "", "", False),
    ],
)
def test_a_topic_is_named_by_itself_by_its_group_or_not_at_all(pattern, topic, group, fits):
    assert rules.fits(line(10, pattern), Situation(topic_code=topic, group_code=group)) is fits


def test_a_line_for_one_district_does_not_fit_an_unknown_one():
    for_nura = line(district="nura")

    assert rules.fits(for_nura, Situation(district_code="nura"))
    assert not rules.fits(for_nura, Situation(district_code="yesil"))
    assert not rules.fits(for_nura, Situation())


def test_a_line_may_ask_that_somebody_owes_the_house_a_duty():
    with_lift = line(duty="lift")

    assert rules.fits(with_lift, Situation(duties={"lift": "LIFT"}))
    assert not rules.fits(with_lift, Situation(duties={"osi": "OSI-101"}))


@pytest.mark.parametrize(
    ("hours", "by_day", "by_night"),
    [(Hours.ALWAYS, True, True), (Hours.WORKING, True, False), (Hours.OFF, False, True)],
)
def test_a_line_may_fit_in_working_time_only_or_outside_it(hours, by_day, by_night):
    assert rules.fits(line(hours=hours), Situation(working=True)) is by_day
    assert rules.fits(line(hours=hours), Situation(working=False)) is by_night


def test_the_first_line_that_fits_wins():
    lines = [line(10, "WAT-01", "OSI"), line(20, "WAT-*", "SU"), line(30, "*", "DOR")]

    assert decide(lines, topic_code="WAT-01").services == ("OSI",)
    assert decide(lines, topic_code="WAT-02").services == ("SU",)
    assert decide(lines, topic_code="ROA-01").services == ("DOR",)


def test_one_line_may_mean_several_services_some_of_them_found_by_the_place():
    found = decide([line(10, "*", "SU", "@osi", "@akim")], duties={"osi": "OSI-101"}, akimat="AKIM-NURA")

    assert found.services == ("SU", "OSI-101", "AKIM-NURA")
    assert found.trouble == ()


def test_two_words_that_mean_one_service_send_it_the_card_once():
    assert decide([line(10, "*", "OSI-101", "@osi")], duties={"osi": "OSI-101"}).services == ("OSI-101",)


def test_why_here_is_told_as_data():
    lines = [line(10, "WAT-*", "@osi", district="nura", duty="osi", hours=Hours.OFF)]

    found = decide(lines, topic_code="WAT-01", district_code="nura", duties={"osi": "OSI-101"}, working=False)

    codes = [why.code for why in found.why]
    assert codes == ["group", "district", "house_duty", "off"]
    assert found.targets[0].why.as_data() == {"code": "of_house", "params": {"duty": "osi"}}
    assert set(codes) <= set(rules.WHY_TEXTS)


@pytest.mark.parametrize(
    ("lines", "cause", "asked"),
    [
        ([], Cause.NO_RULES, ""),
        ([line(10, "WAT-01")], Cause.NO_RULE_FITS, ""),
        ([line(10, "*", "@osi")], Cause.UNRESOLVED, "@osi"),
        ([line(10, "*", "@akim")], Cause.UNRESOLVED, "@akim"),
        ([line(10, "*", "GONE")], Cause.SERVICE_GONE, "GONE"),
        ([line(10, "*", "L2")], Cause.SECOND_LINE, "L2"),
    ],
)
def test_what_means_nobody_is_trouble_for_the_second_line(lines, cause, asked):
    found = decide(lines, topic_code="ROA-01")

    assert found.services == ()
    assert [(trouble.cause, trouble.asked) for trouble in found.trouble] == [(cause, asked)]


def test_a_word_that_means_nobody_does_not_keep_the_others_from_the_card():
    found = decide([line(10, "*", "SU", "@osi")])

    assert found.services == ("SU",)
    assert [trouble.cause for trouble in found.trouble] == [Cause.UNRESOLVED]


def test_good_rows_are_read_in_the_order_they_are_numbered():
    rows = table(
        ("20", "WAT-*", "*", "", "", "SU", "", "", ""),
        ("10", "WAT-01", "nura", "osi", "off", "@osi + SU", "critical", "30m", "first"),
    )

    lines, errors = rules.read(rows, KNOWN)

    assert errors == []
    assert [one.position for one in lines] == [10, 20]
    first = lines[0]
    assert (first.topic, first.district, first.house_duty, first.hours) == ("WAT-01", "nura", "osi", Hours.OFF)
    assert (first.services, first.priority, first.norm, first.note) == (("@osi", "SU"), "critical", "30m", "first")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"order": "first"}, "unreadable_order"),
        ({"order": "٣"}, "unreadable_order"),
        ({"topic": "WAT-99"}, "unknown_topic"),
        ({"topic": "ICE-*"}, "unknown_topic"),
        ({"district": "moon"}, "unknown_district"),
        ({"house_duty": "gold"}, "unknown_duty"),
        ({"hours": "nights"}, "unknown_hours"),
        ({"services": ""}, "no_services"),
        ({"services": " + "}, "no_services"),
        ({"services": "XX"}, "unknown_service"),
        ({"services": "SU+@gold"}, "unknown_duty"),
        ({"services": "SU+SU"}, "service_twice"),
        ({"priority": "panic"}, "unknown_priority"),
        ({"norm": "soon"}, "unreadable_norm"),
        ({"norm": "0h"}, "unreadable_norm"),
        ({"norm": "99999wd"}, "unreadable_norm"),
    ],
)
def test_every_broken_line_is_named_with_a_remedy(changed, code):
    good = {"order": "10", "topic": "*", "services": "SU"}

    lines, errors = rules.read([{"order": "5", "topic": "WAT-01", "services": "SU"}, {**good, **changed}], KNOWN)

    assert [(error.line, error.code) for error in errors] == [(3, code)]
    assert errors[0].remedy
    assert errors[0].reason in str(errors[0])
    assert len(lines) == 1


def test_everything_wrong_is_said_at_once():
    rows = [{"order": "1", "topic": "X", "district": "Y", "hours": "Z", "services": "Q", "priority": "P", "norm": "N"}]

    _, errors = rules.read(rows, KNOWN)

    assert {error.code for error in errors} == {
        "unknown_topic",
        "unknown_district",
        "unknown_hours",
        "unknown_service",
        "unknown_priority",
        "unreadable_norm",
    }


def test_a_line_that_can_never_be_reached_and_an_order_given_twice_are_errors():
    rows = table(
        ("10", "WAT-01", "*", "", "", "SU", "", "", ""),
        ("20", "WAT-01", "*", "", "always", "OSI", "", "", ""),
        ("10", "ROA-01", "*", "", "", "DOR", "", "", ""),
    )

    _, errors = rules.read(rows, KNOWN)

    assert [(error.line, error.code, error.params["other"]) for error in errors] == [
        (3, "never_reached", 2),
        (4, "order_repeated", 2),
    ]


def test_rubbish_in_a_table_is_an_error_and_never_a_crash():
    rows = [
        {"order": "9" * 400, "topic": "\0", "services": "+" * 1000, "norm": "1" * 5000 + "h"},
        {None: ["x"], "services": None},
        {},
        {"Topic": "\u202e", "SERVICES": "SU%(x)s"},
    ]

    lines, errors = rules.read(rows, KNOWN)

    assert lines == []
    assert all(str(error) for error in errors)


@pytest.mark.parametrize("text", ["2026-11-02T04:30:00+00:00_12", "_7"])
def test_a_cursor_is_read_as_it_was_written(text):
    assert str(rules.Cursor.read(text)) == text


@pytest.mark.parametrize("text", [None, "", "x", "_", "_x", "_" + "9" * 30, "soon_3", "2026-11-02T04:30_3", "²_²"])
def test_what_is_no_cursor_means_the_first_page(text):
    assert rules.Cursor.read(text) is None
