"""The administrator's verbs: verify the audit, rebuild the numbers, print the facts."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from komek.desks.console import facts_page
from komek.platform import audit, facts
from komek.rooms.analytics.models import CardStory
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft

pytestmark = pytest.mark.django_db


@pytest.fixture
def burst_main(line, at):
    """A card on its way to a service."""
    draft = CardDraft(text="Су ағып жатыр", language="kk", topic_code="WAT-02")
    return cards.register(draft, channel="desk", by=None, at=at)


def test_a_whole_chain_holds(aigerim, capsys):
    call_command("audit", "verify")

    assert "The chain holds" in capsys.readouterr().out


def test_an_altered_entry_breaks_the_chain(aigerim):
    audit.seal()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE platform_auditentry DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE platform_auditentry SET actor = 'nobody' WHERE id = (SELECT min(id) FROM platform_auditentry)"
        )

    with pytest.raises(CommandError, match=r"The chain is broken at entry \d+"):
        call_command("audit", "verify")


def test_the_numbers_are_the_same_when_told_anew(burst_main, capsys):
    call_command("analytics", "rebuild", "--check")

    assert "History tells the same numbers." in capsys.readouterr().out


def test_a_number_that_history_does_not_tell_is_found_and_mended(burst_main, capsys):
    facts.catch_up()
    CardStory.objects.update(channel="pigeon")

    with pytest.raises(CommandError, match="2 rows of analytics_cardstory"):
        call_command("analytics", "rebuild", "--check")
    call_command("analytics", "rebuild")

    call_command("analytics", "rebuild", "--check")
    assert "History tells the same numbers." in capsys.readouterr().out


def test_the_facts_are_printed_and_written_where_the_page_has_its_folder(tmp_path, capsys):
    call_command("facts", page=tmp_path / "facts.md")

    assert (tmp_path / "facts.md").read_text(encoding="utf-8") == facts_page.text()
    assert "### CardRegistered" in capsys.readouterr().out
