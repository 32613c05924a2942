import pytest

from komek.registers.catalog import rules

BURST = {"code": "WAT-02", "topic_ru": "Прорыв водопровода", "service": "SU", "priority": "critical", "deadline": "2h"}


def test_a_topic_needs_little_and_fills_in_the_rest():
    topic = rules.topic_row({"code": "WAT-02", "topic_ru": "Прорыв водопровода", "service": "SU"})

    assert (topic.group_code, topic.priority, topic.norm, topic.first_line) == ("WAT", "normal", "3wd", "no")
    assert topic.active


@pytest.mark.parametrize(
    "broken",
    [
        {"code": ""},
        {"topic_ru": ""},
        {"service": ""},
        {"priority": "soon"},
        {"deadline": "tomorrow"},
        {"deadline": "0h"},
        {"first_line": "maybe"},
    ],
)
def test_a_broken_row_says_what_to_do(broken):
    with pytest.raises(rules.BadRow) as refused:
        rules.topic_row({**BURST, **broken})

    assert refused.value.remedy


def test_words_are_asked_without_those_that_say_nothing():
    assert rules.asked("Здравствуйте! У нас нет света, жарық жоқ") == ["света", "жарык"]


def test_latin_words_are_asked_in_both_readings():
    assert rules.asked("zharyk zhok") == ["жарык", "zharyk", "zhok"]


def test_an_endless_text_is_asked_by_its_beginning():
    assert len(rules.asked("слово " + "я" * 1_000_000)) <= rules.MOST_WORDS
