from datetime import UTC, datetime, timedelta

import pytest

from komek.registers.catalog import actions, queries, rules
from komek.registers.catalog.models import Topic, Version

pytestmark = pytest.mark.django_db

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
APRIL = datetime(2026, 4, 1, tzinfo=UTC)
BURST = {"code": "WAT-02", "topic_ru": "Прорыв водопровода на улице", "service": "SU", "deadline": "2h"}
DARK = {"code": "ELE-07", "topic_ru": "Не горит уличное освещение", "service": "SVET", "deadline": "3wd"}


def test_the_first_publication_is_version_one():
    published = actions.publish([BURST, DARK], at=MARCH, note="first")

    assert published.changed
    assert (published.version.number, published.version.note) == (1, "first")
    assert [topic.code for topic in queries.topics()] == ["WAT-02", "ELE-07"]


def test_nothing_new_makes_no_version():
    actions.publish([BURST, DARK], at=MARCH)

    published = actions.publish([dict(BURST), dict(DARK)], at=APRIL)

    assert not published.changed
    assert Version.objects.count() == 1


def test_a_changed_norm_makes_a_version_and_leaves_the_old_one_as_it_was():
    actions.publish([BURST, DARK], at=MARCH)

    actions.publish([{**BURST, "deadline": "1h"}, DARK], at=APRIL)

    assert queries.topic("WAT-02").norm == "1h"
    assert queries.topic("WAT-02", at=APRIL - timedelta(days=1)).norm == "2h"
    assert Topic.objects.count() == 4


def test_a_topic_left_out_is_unknown_from_then_on():
    actions.publish([BURST, DARK], at=MARCH)
    actions.publish([BURST], at=APRIL)

    with pytest.raises(rules.UnknownTopic):
        queries.topic("ELE-07")
    assert queries.topic("ELE-07", at=MARCH).code == "ELE-07"


def test_one_bad_line_and_nothing_is_published():
    published = actions.publish([BURST, {**DARK, "deadline": "soon"}, BURST], at=MARCH)

    assert published.version is None
    assert [error.line for error in published.report.errors] == [3, 4]
    assert not Topic.objects.exists()


def test_a_topic_of_a_service_nobody_knows_is_refused():
    published = actions.publish([BURST, DARK], at=MARCH, services={"SU"})

    assert [error.line for error in published.report.errors] == [3]
