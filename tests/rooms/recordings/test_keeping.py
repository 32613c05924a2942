"""How long a recording is kept, what stops its deletion, and what proves that it was deleted."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.fixtures.legs import UNIQUE
from tests.fixtures.people import MONDAY_MORNING as AT

from komek.platform import files
from komek.platform.models import AuditEntry
from komek.registers.staff.rules import RightMissing
from komek.rooms.calls.rules import What
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft, Kind
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries as contacts
from komek.rooms.quality import actions as quality
from komek.rooms.recordings import actions, queries, rules
from komek.rooms.recordings.facts import ChainHead, RecordingDestroyed
from komek.rooms.recordings.models import Tape
from komek.rooms.recordings.rules import Class


def days(number):
    return timedelta(days=number)


@pytest.fixture
def recording(wire, aigerim):
    """A call that was taken in, its raw legs gone."""
    return safe(wire, wire.call(aigerim))


def safe(wire, at):
    made = actions.take_in(UNIQUE, legs=wire.legs, at=at)
    actions.remove_raw(wire.legs, at=at + days(4))
    return made


def in_store():
    return [path for path in files.store().folder.rglob("*") if path.is_file()]


@pytest.mark.django_db
class TestKeeping:
    def test_an_ordinary_call_is_kept_for_a_year_and_then_destroyed(self, recording, at, facts):
        assert actions.destroy_expired(at=at + days(364)) == 0
        assert actions.destroy_expired(at=at + days(366)) == 1

        told = queries.recording(recording.pk)
        assert (told.keeping.wrapped_key, bytes(told.keeping.caller_peaks)) == (None, b"")
        assert told.keeping.destroyed_as == Class.ORDINARY
        assert in_store() == []
        assert told.sha256 == recording.sha256
        assert queries.verify() == queries.Verdict(1, None)
        assert queries.wrong_with(told) == ""
        assert [one.kept_as for one in facts.of(RecordingDestroyed)] == ["ordinary"]
        assert actions.destroy_expired(at=at + days(367)) == 0

    def test_the_key_is_in_no_other_place(self, recording, at):
        assert not Tape.objects.filter(wrapped_key__isnull=False).exists()
        key = bytes(recording.keeping.wrapped_key).hex()
        actions.destroy_expired(at=at + days(366))

        changed = AuditEntry.objects.filter(subject=f"recordings_keeping:{recording.pk}").values_list(
            "detail", flat=True
        )
        assert any("wrapped_key" in detail for detail in changed)
        assert all(key not in str(detail) for detail in changed)

    def test_a_file_that_was_left_behind_is_deleted_later(self, recording, at):
        actions.destroy(recording.pk, kept_as=Class.ORDINARY, at=at + days(366))
        assert len(in_store()) == 1

        actions.destroy_expired(at=at + days(367))

        assert in_store() == []

    def test_who_hung_up_unanswered_is_forgotten_after_a_month(self, wire, at):
        wire.journal((0, What.RECORDED, None, "0x1"), (6, What.GONE, None, "16"))
        wire.write(heard=b"\xd5" * 48_000, said=b"\xd5" * 48_000, grown=6)
        safe(wire, at + timedelta(seconds=20))

        assert actions.destroy_expired(at=at + days(29)) == 0
        assert actions.destroy_expired(at=at + days(31)) == 1

    def test_an_emergency_is_kept_for_three_years(self, wire, aigerim, at):
        wire.journal((0, What.URGENT, None, "+77015550142"))
        safe(wire, wire.call(aigerim))

        assert actions.destroy_expired(at=at + days(1094)) == 0
        assert actions.destroy_expired(at=at + days(1096)) == 1

    def test_an_appeal_is_kept_for_three_years(self, recording, aigerim, asel, working_week, at):
        contact = intake.identify(recording.call.contact_id, resident_id=asel.pk, by=aigerim, at=at)
        draft = CardDraft(kind=Kind.APPEAL, text="Шағымым бар", topic_code="WAT-02", appeal_kind="complaint")
        cards.register(draft, contact=contact, channel="phone", by=aigerim, at=at, key="one")

        assert queries.classes_of(recording) == {Class.ORDINARY, Class.APPEAL}
        assert actions.destroy_expired(at=at + days(1000)) == 0

    def test_what_was_reviewed_is_marked(self, recording, aigerim, saule, at):
        contact = contacts.contact(recording.call.contact_id)
        intake.wrap_up(contact.pk, by=aigerim, at=at + timedelta(minutes=1))
        quality.review(contact.pk, answers={"greeting": "yes"}, comment="", revision=0, by=saule, at=at)

        assert Class.REVIEWED in queries.classes_of(recording)

    def test_what_is_held_is_not_destroyed(self, recording, saule, aigerim, at):
        with pytest.raises(RightMissing):
            actions.hold(recording.pk, because="сот талабы", by=aigerim, at=at)
        with pytest.raises(rules.HoldNeedsAReason):
            actions.hold(recording.pk, because=" ", by=saule, at=at)
        actions.hold(recording.pk, because="сот талабы", by=saule, at=at)

        assert actions.destroy_expired(at=at + days(4000)) == 0
        assert [one.recording_id for one in queries.held()] == [recording.pk]

        actions.release(recording.pk, by=saule, at=at + days(4000))
        assert actions.destroy_expired(at=at + days(4000)) == 1

    def test_the_city_decides_for_how_long(self, recording, timur, saule, at):
        with pytest.raises(RightMissing):
            actions.set_retention(Class.ORDINARY, days=10, by=saule, at=at)
        with pytest.raises(rules.BadRetention):
            actions.set_retention(Class.ORDINARY, days=0, by=timur, at=at)
        actions.set_retention(Class.ORDINARY, days=10, by=timur, at=at)

        assert queries.days()[Class.ORDINARY] == 10
        assert actions.destroy_expired(at=at + days(11)) == 1

    def test_the_head_of_the_chain_is_told(self, recording, at, facts):
        actions.tell_the_head(at=at)

        assert [(one.links, one.digest) for one in facts.of(ChainHead)] == [(1, bytes(recording.digest).hex())]

    def test_nothing_is_destroyed_whose_raw_legs_still_lie_there(self, wire, aigerim, at):
        actions.take_in(UNIQUE, legs=wire.legs, at=wire.call(aigerim))

        assert actions.destroy_expired(at=at + days(400)) == 0


kinds = st.sets(st.sampled_from(Class), min_size=1)
spans = st.fixed_dictionaries({one: st.integers(1, 5_000) for one in Class})


@given(kinds, spans)
def test_the_longest_class_counts(of, told):
    until, kept_as = rules.kept_until(AT, of, told)

    assert until == max(AT + days(told[one]) for one in of)
    assert kept_as in of


@given(st.booleans(), st.booleans(), st.sets(st.sampled_from(["appeal", "reviewed"])))
def test_every_call_has_a_class(answered, emergency, marked):
    found = rules.classes(answered=answered, emergency=emergency, marked=marked)

    assert (Class.ORDINARY in found) is answered
    assert (Class.EMERGENCY in found) is emergency
    assert marked <= {one.value for one in found}
