import pytest
from hypothesis import given
from hypothesis import strategies as st

from komek.rooms.cards import rules
from komek.rooms.cards.rules import Status

YEARS = st.integers(2026, 2099)
SERIALS = st.integers(1, 10**9 - 1)


def digits_of(number):
    return number.replace("-", "")


@given(YEARS, SERIALS)
def test_every_number_that_is_given_can_be_read_back(year, serial):
    number = rules.number_for(year, serial)

    assert rules.read_number(number) == number


@given(YEARS, SERIALS, st.data())
def test_one_wrong_digit_is_always_noticed(year, serial, data):
    digits = list(digits_of(rules.number_for(year, serial)))
    place = data.draw(st.integers(0, len(digits) - 1))
    digits[place] = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != digits[place]]))

    with pytest.raises(rules.WrongNumber):
        rules.read_number("".join(digits))


@given(YEARS, SERIALS, st.data())
def test_two_neighbours_changed_about_are_always_noticed(year, serial, data):
    digits = digits_of(rules.number_for(year, serial))
    place = data.draw(st.integers(0, len(digits) - 2))
    swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]

    if swapped != digits:
        with pytest.raises(rules.WrongNumber):
            rules.read_number(swapped)


@given(st.lists(st.tuples(YEARS, SERIALS), min_size=2, max_size=20, unique_by=lambda pair: pair[1]))
def test_different_serials_never_share_a_number(made):
    numbers = [rules.number_for(year, serial) for year, serial in made]

    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize(
    "typed",
    [
        "26-0001-2349",
        "2600012349",
        "26 0001 2349",
        " № 26-0001-2349 ",
        "N26–0001–2349.",
        "26.0001.2349",
        "26‑0001‑2349",
        "өтініш 26 00 01 23 49",
    ],
)
def test_a_number_is_read_however_people_write_it(typed):
    assert rules.number_for(2026, 1234) == "26-0001-2349"
    assert rules.read_number(typed) == "26-0001-2349"


@pytest.mark.parametrize(
    "typed",
    ["", "№", "109", "26-0001-2346", "26-0001-234", "26-0001-23497777", "٢٦٠٠٠١٢٣٤٩", "2600012349" * 2, "О", "\0"],
)
def test_what_is_no_number_is_refused_with_what_was_typed(typed):
    with pytest.raises(rules.WrongNumber) as refused:
        rules.read_number(typed)

    assert refused.value.code == "wrong_number"


def test_a_megabyte_is_no_number_and_is_not_repeated_to_the_reader():
    with pytest.raises(rules.WrongNumber) as refused:
        rules.read_number("2600012349 " * 100_000)

    assert len(str(refused.value)) < 120


@given(st.text(max_size=60))
def test_reading_any_text_gives_a_number_or_the_one_refusal(text):
    try:
        number = rules.read_number(text)
    except rules.WrongNumber:
        return

    assert rules.check_digit(digits_of(number)) == 0


def test_the_table_names_every_status_and_what_is_open_and_final_share_nothing():
    assert set(rules.TRANSITIONS) == set(Status)
    assert set(Status) == rules.OPEN | rules.FINAL
    assert not rules.OPEN & rules.FINAL


def test_from_every_open_status_a_card_can_end_and_from_every_end_it_can_come_back():
    for status in rules.OPEN:
        reached, following = {status}, {status}
        while following:
            following = {after for one in following for after in rules.TRANSITIONS[one]} - reached
            reached |= following
        assert reached & rules.FINAL
    assert all(rules.TRANSITIONS[status] == {Status.REGISTERED} for status in rules.FINAL)


def test_nothing_becomes_what_it_is_and_nothing_is_unread_again():
    for status, following in rules.TRANSITIONS.items():
        assert status not in following
        assert Status.RECEIVED not in following


def test_a_card_is_closed_only_after_it_was_registered():
    assert Status.CLOSED not in rules.TRANSITIONS[Status.RECEIVED]
    assert Status.DONE not in rules.TRANSITIONS[Status.RECEIVED] | rules.TRANSITIONS[Status.REGISTERED]


def test_a_code_has_no_letters_that_are_taken_for_others():
    assert not set("0o1liaeu") & set(rules.CODE_LETTERS)
    assert len(set(rules.CODE_LETTERS)) == len(rules.CODE_LETTERS)
