import pytest
from hypothesis import given
from hypothesis import strategies as st

from komek.registers.residents import rules
from komek.registers.residents.rules import HandleKind


@pytest.mark.parametrize(
    "written", ["+7 700 123 45 67", "8 700 123-45-67", "8(700)1234567", "77001234567", "7001234567", "+77001234567"]
)
def test_a_phone_is_one_number_however_it_is_written(written):
    assert rules.normalized(HandleKind.PHONE, written) == "+77001234567"


def test_a_landline_of_astana_and_a_number_from_abroad_are_phones():
    assert rules.normalized(HandleKind.PHONE, "8 (7172) 55-11-22") == "+77172551122"
    assert rules.normalized(HandleKind.PHONE, "+49 30 901820") == "+4930901820"


@pytest.mark.parametrize("short", ["109", "1414", "112"])
def test_a_short_number_stays_as_it_is(short):
    assert rules.normalized(HandleKind.PHONE, short) == short


@pytest.mark.parametrize("rubbish", ["", "позвоните", "12345678901234567890", "+7", "\0", "9" * 5000])
def test_what_nobody_could_dial_is_refused(rubbish):
    with pytest.raises(rules.UnreadableHandle):
        rules.normalized(HandleKind.PHONE, rubbish)


def test_mail_and_messengers_are_compared_in_small_letters():
    assert rules.normalized(HandleKind.EMAIL, " Dana@Mail.KZ ") == "dana@mail.kz"
    assert rules.normalized(HandleKind.MESSENGER, "@Dana_Astana") == "dana_astana"


@pytest.mark.parametrize("rubbish", ["dana", "dana@", "@mail.kz", "da na@mail.kz", "dana@mail"])
def test_what_is_no_mail_address_is_refused(rubbish):
    with pytest.raises(rules.UnreadableHandle):
        rules.normalized(HandleKind.EMAIL, rubbish)


@pytest.mark.parametrize("synthetic", ["010101500013", "991231300023", "850615400036"])
def test_an_identity_number_with_the_right_check_digit_is_taken(synthetic):
    assert rules.identity_number(synthetic) == synthetic


@pytest.mark.parametrize(
    "wrong", ["010101500014", "991331300023", "850600400036", "12345", "abcdefghijkl", "٠١٠١٠١٥٠٠٠١٣"]
)
def test_a_wrong_identity_number_is_refused_without_repeating_it(wrong):
    with pytest.raises(rules.WrongIdentityNumber) as refused:
        rules.identity_number(wrong)

    assert wrong not in str(refused.value)


def test_no_identity_number_is_no_reason_to_refuse():
    assert rules.identity_number("  ") == ""


@given(st.text("0123456789", min_size=11, max_size=11))
def test_a_check_is_one_digit_or_the_number_is_never_issued(first_eleven):
    check = rules.check_digit(first_eleven)

    assert check is None or 0 <= check <= 9


@given(st.sampled_from(list(HandleKind)), st.text())
def test_any_text_is_either_a_handle_or_refused_in_a_short_sentence(kind, text):
    handle, refusal = None, None

    try:
        handle = rules.normalized(kind, text)
    except rules.UnreadableHandle as unreadable:
        refusal = str(unreadable)

    assert handle or len(refusal or "x" * 200) < 200


def test_a_list_shows_initials_and_the_ends_of_a_number():
    assert rules.mask_name("Айгерім Нұрланова") == "А. Н."
    assert rules.mask_handle(HandleKind.PHONE, "+77001231234") == "+7 700 ••• 12 34"
    assert rules.mask_handle(HandleKind.EMAIL, "dana@mail.kz") == "d•••@mail.kz"
    assert rules.mask_handle(HandleKind.PHONE, "109") == "109"


def test_one_name_in_two_alphabets_is_one_name():
    assert rules.same_name("Дәулет Серік", "серик даулет")
    assert not rules.same_name("Дәулет Серік", "Дәулет Сейіт")
