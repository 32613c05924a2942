"""The catalogs follow the code: new ids come in, translations stay, and writing twice writes the same."""

import polib
import pytest
from django.core.management import CommandError, call_command

from komek.desks.console import catalogs


@pytest.fixture
def empty_locale(settings, tmp_path):
    settings.LOCALE_PATHS = [tmp_path]
    return tmp_path


def test_new_ids_are_added_with_all_their_forms(empty_locale):
    catalogs.bring_up_to_date("ru")

    catalog = catalogs.read("ru")
    counted = catalog.find("%(n)s file is kept already.")
    assert catalog.find("Second line").msgstr == ""
    assert sorted(counted.msgstr_plural) == [0, 1, 2]


def test_what_was_translated_stays_and_the_second_writing_is_the_same(empty_locale):
    catalogs.bring_up_to_date("kk")
    catalog = catalogs.read("kk")
    catalog.find("Second line").msgstr = "Екінші желі"
    catalog.save()

    catalogs.bring_up_to_date("kk")
    once = catalogs.path("kk").read_bytes()
    catalogs.bring_up_to_date("kk")

    assert catalogs.read("kk").find("Second line").msgstr == "Екінші желі"
    assert catalogs.path("kk").read_bytes() == once


def test_words_of_nobody_are_named_and_dropped_only_when_told(empty_locale):
    catalogs.bring_up_to_date("ru")
    catalog = catalogs.read("ru")
    catalog.append(polib.POEntry(msgid="Said by nobody", msgstr="Никем не сказано"))
    catalog.save()

    kept = catalogs.bring_up_to_date("ru")
    assert [message.text for message in kept.unused] == ["Said by nobody"]
    assert catalogs.read("ru").find("Said by nobody")

    catalogs.bring_up_to_date("ru", drop_unused=True)
    assert catalogs.read("ru").find("Said by nobody") is None


def test_kazakh_holds_what_the_libraries_do_not_say_and_russian_need_not(empty_locale):
    assert any("allauth" in files[0] for files in catalogs.needed("kk").values())
    assert not any("allauth" in files[0] for files in catalogs.needed("ru").values())


def test_the_check_tells_what_is_to_be_done_and_changes_nothing(empty_locale, capsys):
    with pytest.raises(CommandError):
        call_command("messages", check=True)

    assert "kk: not translated: 'Second line'" in capsys.readouterr().out
    assert list(empty_locale.iterdir()) == []
