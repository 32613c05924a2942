"""What residents say in everyday words must call the right script of the city we ship, and nothing else."""

import csv
import time
from pathlib import Path

import pytest

from komek.desks.console.pack import read
from komek.rooms.knowledge.rules.calling import Calls

SAID = Path(__file__).parent / "calling.tsv"
NOTHING = "-"


@pytest.fixture(scope="module")
def scripts(request):
    """The scripts of the city pack we ship."""
    return read(Path(request.config.rootpath) / "cities" / "astana").scripts.scripts


@pytest.fixture(scope="module")
def calls(scripts):
    return Calls([script.triggers for script in scripts])


@pytest.fixture
def called(scripts, calls):
    """Which scripts a text calls, each with the words that do."""

    def called_by(text):
        return {
            scripts[at].code: [text[place.start : place.end] for place in heard.places]
            for at, heard in calls.heard(text).items()
        }

    return called_by


def rows():
    with SAID.open(encoding="utf-8") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


@pytest.mark.parametrize("row", rows(), ids=lambda row: row["said"])
def test_what_is_said_calls_its_script_alone(called, row):
    expected = set() if row["script"] == NOTHING else {row["script"]}

    assert set(called(row["said"])) == expected


def test_the_table_tries_every_script_and_every_way_of_typing(scripts):
    assert {row["script"] for row in rows()} == {NOTHING, *(script.code for script in scripts)}
    assert {row["typed"] for row in rows()} >= {"kk", "kk-nolet", "kk-latin", "ru", "ru-latin", "en", "mixed"}


def test_every_trigger_calls_its_own_script(scripts, called):
    deaf = [
        (script.code, trigger)
        for script in scripts
        for triggers in script.triggers.values()
        for trigger in triggers
        if script.code not in called(trigger)
    ]

    assert deaf == []


def test_the_words_are_found_where_they_stand_even_among_signs_that_nobody_sees(called):
    typed = "Алло 🙏 пах\u00adнет  у нас сильно ГАЗОМ, подъезд 2; и лифтіде\u200b бала қалып қойды"

    assert called(typed) == {
        "gas_smell": ["пах\u00adнет", "ГАЗОМ"],
        "lift_trapped": ["лифтіде\u200b", "қалып"],
    }


@pytest.mark.parametrize(
    ("text", "is_called"),
    [
        ("газ и очень резкий неприятный запах", True),
        ("газ подорожал, соседи варят обед, какой-то запах", False),
        ("Газ. Запах.", False),
        ("Газ!!! Запах!!!", True),
    ],
)
def test_words_belong_together_only_near_each_other(called, text, is_called):
    assert ("gas_smell" in called(text)) is is_called


@pytest.mark.parametrize(
    ("text", "is_called"),
    [
        ("запаха газа нет", False),
        ("нет запаха газа", False),
        ("газом не пахнет", False),
        ("газ иісі жоқ", False),
        ("no smell of gas", False),
        ("света нет пахнет газом", True),
        ("пахнет газом, нет света", True),
        ("пахнет газом нет света", True),
        ("жарық жоқ газ иісі шығып тұр", True),
    ],
)
def test_what_is_denied_calls_nothing_but_a_denial_of_something_else_does_not_silence_it(called, text, is_called):
    assert ("gas_smell" in called(text)) is is_called


def test_a_text_of_five_hundred_letters_is_heard_in_less_than_a_millisecond(calls):
    said = " ".join(row["said"] for row in rows())
    texts = [said[start : start + 500] for start in range(0, len(said) - 500, 100)]
    calls.heard(said)

    def took():
        began = time.thread_time()
        for text in texts:
            calls.heard(text)
        return (time.thread_time() - began) / len(texts)

    assert min(took() for _ in range(5)) < 0.001


def test_a_text_without_end_and_one_made_of_triggers_cost_little(calls):
    began = time.thread_time()

    calls.heard("газ " * 200_000)
    calls.heard("запах газа лифт застрял " * 5_000)

    assert time.thread_time() - began < 2
