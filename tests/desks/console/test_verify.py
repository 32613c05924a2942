"""The checker of a register: what is in order is passed, and every kind of damage is really made and found."""

import json
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from tests.fixtures import line

from komek.desks.console import verify as verifying
from komek.desks.console.verify.running import CHECKS
from komek.platform import audit, files
from komek.platform.files import store_at
from komek.platform.models import StoredFile
from komek.registers.residents.rules import HandleKind
from komek.rooms.cards.models import Card, Entry
from komek.rooms.channels import actions as channels
from komek.rooms.control import actions as control
from komek.rooms.control.models import Check
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival

pytestmark = pytest.mark.django_db
register, rules_in_force, nowhere = line.register, line.rules_in_force, line.nowhere
texts, conversation, order_of, report = line.texts, line.conversation, line.order_of, line.report


@pytest.fixture
def day(register, report, conversation, texts, run_after, aigerim, olzhas, photo, at):
    """One card on its way, one done, one closed and asked about; and Aigerim has somebody on the line, with a photo."""
    register(conversation=conversation)
    report(register("WAT-02", conversation=conversation), at=at + timedelta(minutes=5))
    over = register("HEA-01", conversation=conversation)
    report(over, at=at + timedelta(minutes=6))
    control.accept(Check.objects.get(card=over).id, by=olzhas, at=at + timedelta(minutes=7))
    with audit.acting("agent:1"):
        intake.take_seat(aigerim, at=at)
        arrival = Arrival(
            channel="webform", text="Жарық жоқ", handle_kind=HandleKind.PHONE, handle_value="+77015550102"
        )
        contact = intake.arrive(arrival, at=at)
        intake.accept(contact.id, by=aigerim, at=at)
        intake.save_draft(contact.id, data={"text": "Жарық"}, revision=0, by=aigerim, at=at)
    files.receive(photo(), name="photo.jpg", by=None, at=at, purpose="contact")
    run_after()
    audit.seal()


def found(at, **more):
    return {finding.name for finding in verifying.verify(at=at, **more).findings}


def by_hand(*statements):
    """Change tables behind the back of everything that would prevent it."""
    with connection.cursor() as cursor:
        # What waits for the end of the transaction is asked now: a table with such questions cannot be changed.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for statement in statements:
            cursor.execute(statement)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def test_a_day_as_it_was_is_in_order(day, at):
    verdict = verifying.verify(at=at, with_files=True, with_numbers=True)

    assert verdict.in_order, [str(finding) for finding in verdict.findings]
    assert verdict.counts["cards"] == 3
    assert verdict.remarks == []


UNGUARDED = "ALTER TABLE {} DISABLE TRIGGER USER"
OPEN = "(SELECT min(id) FROM cards_card WHERE status = 'routed')"
DONE = "(SELECT min(id) FROM cards_card WHERE status = 'done')"
OVER = "(SELECT min(id) FROM cards_card WHERE status = 'closed')"
WORKED = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())"
LONG_GONE = "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour')"
DAMAGE = {
    "number_twice": [
        "ALTER TABLE cards_card DROP CONSTRAINT cards_card_number_key",
        "UPDATE cards_card SET number = (SELECT min(number) FROM cards_card)",
    ],
    "number_wrong": ["UPDATE cards_card SET number = '26-0000-0010' WHERE id = " + OPEN],
    "numbers_behind": ["ALTER SEQUENCE card_numbers RESTART WITH 1"],
    "status_unlike_history": ["UPDATE cards_card SET status = 'in_work' WHERE id = " + OPEN],
    "move_forbidden": [
        UNGUARDED.format("cards_entry"),
        (
            f"INSERT INTO cards_entry (card_id, at, verb, was, status, note, data)"
            f" VALUES ({OPEN}, now(), 'moved', 'routed', 'answered', '', '{{}}'),"
            f" ({OPEN}, now(), 'moved', 'answered', 'registered', '', '{{}}'),"
            f" ({OPEN}, now(), 'moved', 'registered', 'routed', '', '{{}}')"
        ),
    ],
    "history_torn": [UNGUARDED.format("cards_entry"), f"DELETE FROM cards_entry WHERE was = '' AND card_id = {OPEN}"],
    "owner_unknown": ["UPDATE cards_card SET owner_code = 'NOBODY' WHERE id = " + OPEN],
    "end_unlike_status": ["UPDATE cards_card SET outcome = '' WHERE id = " + OVER],
    "reopened_unlike_history": ["UPDATE cards_card SET reopened = 1 WHERE id = " + OPEN],
    "clock_missing": ["DELETE FROM routing_clock WHERE card_id = " + OPEN],
    "clock_unlike_card": ["UPDATE routing_clock SET stopped_at = NULL WHERE card_id = " + OVER],
    "pause_unlike_clock": ["UPDATE routing_clock SET paused_at = now() WHERE card_id = " + OPEN],
    "assignment_without_order": [
        UNGUARDED.format("workorders_orderentry"),
        f"DELETE FROM workorders_orderentry WHERE order_id IN (SELECT id FROM workorders_order WHERE card_id = {OPEN})",
        f"DELETE FROM workorders_order WHERE card_id = {OPEN}",
    ],
    "order_twice": [
        "ALTER TABLE workorders_order DROP CONSTRAINT workorders_order_assignment_id_key",
        (
            "WITH twin AS (INSERT INTO workorders_order (assignment_id, card_id, service_code, status, sent_at, foreman, returned,"
            " link_version) SELECT assignment_id, card_id, service_code, status, sent_at, foreman, returned, link_version"
            f" FROM workorders_order WHERE card_id = {OPEN} RETURNING id)"
            " INSERT INTO workorders_orderentry (order_id, at, foreman, verb, status, note)"
            " SELECT id, now(), '', 'sent', 'sent', '' FROM twin"
        ),
    ],
    "order_unlike_assignment": [f"UPDATE workorders_order SET service_code = 'TT' WHERE card_id = {OPEN}"],
    "service_unknown": [
        f"UPDATE routing_assignment SET service_code = 'NOBODY' WHERE card_id = {OPEN}",
        f"UPDATE workorders_order SET service_code = 'NOBODY' WHERE card_id = {OPEN}",
    ],
    "work_after_end": [f"UPDATE routing_assignment SET ended_at = NULL WHERE card_id = {OVER}"],
    "work_for_nobody": [f"UPDATE routing_assignment SET ended_at = now() WHERE card_id = {OPEN}"],
    "done_while_working": [
        UNGUARDED.format("workorders_orderentry"),
        "UPDATE workorders_order SET status = 'accepted', ended_at = NULL, done_at = NULL WHERE card_id = " + DONE,
        (
            f"UPDATE workorders_orderentry SET status = 'accepted' WHERE status = 'done' AND order_id IN"
            f" (SELECT id FROM workorders_order WHERE card_id = {DONE})"
        ),
    ],
    "nobody_works": [
        (
            "WITH gone AS (UPDATE workorders_order SET status = 'declined', ended_at = now() WHERE card_id = "
            f"{OPEN} RETURNING id) INSERT INTO workorders_orderentry (order_id, at, foreman, verb, status, note)"
            " SELECT id, now(), '', 'declined', 'declined', '' FROM gone"
        )
    ],
    "order_end_unlike_status": ["UPDATE workorders_order SET done_at = NULL WHERE card_id = " + DONE],
    "order_unlike_history": [
        "UPDATE workorders_order SET status = 'accepted', accepted_at = now() WHERE card_id = " + OPEN
    ],
    "order_move_forbidden": [
        (
            "INSERT INTO workorders_orderentry (order_id, at, foreman, verb, status, note)"
            f" SELECT id, now(), '', 'x', step, '' FROM workorders_order, unnest(ARRAY['declined', 'sent']) step"
            f" WHERE card_id = {OPEN}"
        )
    ],
    "done_without_report": [UNGUARDED.format("workorders_report"), "DELETE FROM workorders_report"],
    "done_without_check": [f"DELETE FROM control_check WHERE card_id = {DONE}"],
    "check_unlike_card": [
        f"INSERT INTO control_check (card_id, verdict, opened_at, reason) VALUES ({OPEN}, 'open', now(), '')"
    ],
    "check_undecided": ["UPDATE control_check SET verdict = 'open' WHERE decided_at IS NOT NULL"],
    "escalation_after_end": [
        (
            "INSERT INTO control_escalation (card_id, cause, detail, opened_at, resolution)"
            f" VALUES ({OVER}, 'overdue', '{{}}', now(), '')"
        )
    ],
    "contact_unlike_state": ["UPDATE intake_contact SET ended_at = now() WHERE state = 'accepted'"],
    "seat_for_nobody": ["UPDATE intake_seat SET state = 'offered'"],
    "draft_unlike_revision": ["UPDATE intake_draft SET saved_at = NULL"],
    "draft_lost": ["UPDATE intake_draft SET revision = 0, saved_at = NULL, saved_by_id = NULL"],
    "message_forgotten": ["UPDATE channels_message SET state = 'queued', sent_at = NULL WHERE direction = 'out'"],
    "message_late": [
        WORKED,
        (
            "UPDATE channels_message SET state = 'queued', sent_at = NULL, next_attempt_at = now() - interval '1 hour'"
            " WHERE direction = 'out'"
        ),
    ],
    "message_unlike_state": ["UPDATE channels_message SET sent_at = NULL, state = 'sent' WHERE direction = 'out'"],
    "notice_without_message": [UNGUARDED.format("feedback_notice"), "DELETE FROM feedback_notice"],
    "survey_unlike_answer": ["UPDATE feedback_survey SET round = 3"],
    "fact_out_of_order": [
        "UPDATE platform_fact SET id = -id WHERE name = 'routing.CardRouted'",
    ],
    "contact_fact_out_of_order": ["UPDATE platform_fact SET id = -id WHERE name = 'intake.ContactAccepted'"],
    "card_unannounced": [
        "UPDATE cards_card SET received_at = received_at + interval '1 minute'",
        f"DELETE FROM platform_fact WHERE (data->>'card_id')::bigint = {DONE}",
    ],
    "fact_unread": [
        WORKED,
        "UPDATE platform_fact SET recorded_at = now() - interval '1 hour'",
        "INSERT INTO platform_unread (follower, fact_id) SELECT 'analytics', min(id) FROM platform_fact",
    ],
    "job_of_the_dead": [
        WORKED,
        LONG_GONE,
        (
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id)"
            " SELECT 'default', 'a.task', 'doing', id FROM procrastinate_workers ORDER BY last_heartbeat LIMIT 1"
        ),
    ],
    "job_waits": [
        WORKED,
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'a.task')",
        "UPDATE procrastinate_events SET at = now() - interval '1 hour'",
    ],
    "request_unanswered": [
        "INSERT INTO platform_idempotency (owner, key, digest, status, response, at) VALUES ('p', 'k', 'd', 0, '{}', now())"
    ],
    "key_twice": [
        "ALTER TABLE platform_idempotency DROP CONSTRAINT idempotency_once",
        (
            "INSERT INTO platform_idempotency (owner, key, digest, status, response, at)"
            " SELECT 'p', 'k', 'd', 201, '{}', now() FROM generate_series(1, 2)"
        ),
    ],
    "audit_unsealed": [
        WORKED,
        (
            "INSERT INTO platform_auditentry (at, actor, request_id, verb, subject, detail)"
            " VALUES (now() - interval '1 hour', '', '', 'update', 'x', '{}')"
        ),
    ],
    "index_invalid": [
        "ALTER TABLE cards_card ADD CONSTRAINT later CHECK (revision > 0) NOT VALID",
    ],
    "counter_behind": ["SELECT setval('channels_message_id_seq', 1)"],
    "audit_broken": [UNGUARDED.format("platform_auditentry"), "UPDATE platform_auditentry SET actor = 'somebody else'"],
    "schema_old": ["DELETE FROM django_migrations WHERE app = 'feedback'"],
}
# Damage that cannot be made alone.
ALONG = {"assignment_without_order": {"nobody_works"}}


@pytest.mark.parametrize("name", DAMAGE)
def test_damage_is_found(name, day, at):
    by_hand(*DAMAGE[name])

    assert found(at) - ALONG.get(name, set()) == {name}


def test_every_check_has_its_damage():
    told = {check.name for check in CHECKS} | {"counter_behind", "audit_broken", "schema_old"}
    assert told - set(DAMAGE) == {"job_failed"}


def test_a_job_that_failed_is_worth_a_look_and_nothing_more(day, at):
    by_hand("INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'a.task', 'failed')")

    verdict = verifying.verify(at=at)

    assert verdict.in_order
    assert [remark.name for remark in verdict.remarks] == ["job_failed"]


def test_what_waits_while_the_city_is_stopped_is_no_damage(day, at):
    by_hand(
        LONG_GONE,
        "INSERT INTO procrastinate_jobs (queue_name, task_name) VALUES ('default', 'a.task')",
        "UPDATE procrastinate_events SET at = now() - interval '65 minutes'",
    )

    assert found(at) == set()


def test_the_words_name_the_numbers_concerned(day, capsys):
    late = Card.objects.get(status="done")
    Check.objects.filter(card=late).delete()

    with pytest.raises(CommandError, match="One thing is not as the register must be"):
        call_command("verify")

    assert f"Wrong. Cards that are done and that nobody is asked to check: 1 ({late.number})" in capsys.readouterr().out


def test_the_command_says_that_everything_is_in_order(day, capsys):
    call_command("verify", "--files", "--numbers")

    told = capsys.readouterr().out
    assert "Looked at 3 cards" in told
    assert "Everything is as it must be." in told


def test_the_verdict_is_told_to_programs_as_json(day, capsys):
    call_command("verify", "--json")

    verdict = json.loads(capsys.readouterr().out)
    assert verdict["in_order"] is True
    assert verdict["counts"]["cards"] == 3


def test_of_a_register_only_what_happened_since_is_looked_at(day, register, conversation, at):
    """What is wrong with an old card is not found by a look at the new ones, and what is wrong with these is."""
    by_hand("UPDATE cards_card SET owner_code = 'NOBODY' WHERE id = " + OPEN)
    since = at + timedelta(hours=1)
    # More lines than are looked at because their transactions might have ended late.
    other = Card.objects.get(status="done")
    Entry.objects.bulk_create(
        Entry(card=other, at=at, verb="noted", was=other.status, status=other.status) for _ in range(300)
    )
    new = register(conversation=conversation, at=since + timedelta(minutes=1))

    assert "owner_unknown" not in found(at, since=since)

    by_hand(f"UPDATE cards_card SET owner_code = 'NOBODY' WHERE id = {new.id}")
    assert "owner_unknown" in found(at, since=since)


def test_a_day_that_is_none_is_refused(day):
    with pytest.raises(CommandError, match="is no day and no moment"):
        call_command("verify", "--since", "yesterday")


def test_a_file_that_was_changed_or_lost_is_found(day, at):
    [stored] = StoredFile.objects.all()
    store = store_at(str(settings.HOME / "files"))
    with store.open(stored.sha256) as content:
        place = content.name
        whole = content.read()

    with open(place, "wb") as damaged:  # noqa: PTH123 - the name of an open file
        damaged.write(whole[:-1] + b"!")
    assert found(at, with_files=True) == {"file_changed"}

    store.delete(stored.sha256)
    assert found(at, with_files=True) == {"file_missing"}


def test_numbers_that_history_does_not_tell_are_found(day, at):
    by_hand("UPDATE analytics_tally SET count = count + 1 WHERE id = (SELECT min(id) FROM analytics_tally)")

    assert found(at, with_numbers=True) == {"numbers_differ"}


def test_a_message_that_a_job_will_send_is_not_forgotten(day, conversation, at):
    told = channels.tell(conversation, text="Бәрі дұрыс", at=at)
    by_hand(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default',"
        f" 'komek.rooms.channels.actions.delivering.deliver', '{{\"message_id\": {told.id}}}')"
    )

    assert found(at) == set()
