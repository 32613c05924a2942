"""What carries the city: jobs and their workers, the log of facts, answers kept for repeated requests, counters."""

from collections.abc import Iterator

from django.db import connection
from psycopg import sql

from komek.desks.console.verify.check import EXAMPLES, Check, Finding

_BIRTHS = ("CardReceived", "CardRegistered", "CardAnswered", "CardExplained", "CardHandedOver")
# What may only be said after something else was said of the same card.
_AFTER = (
    (("cards.CardRegistered", "cards.CardReopened"), "routing.CardRouted"),
    (("routing.CardRouted",), "workorders.OrderSent"),
    (("workorders.OrderSent",), "workorders.OrderAccepted"),
    (("workorders.OrderSent",), "workorders.WorkReported"),
    (("workorders.WorkReported",), "cards.CardDone"),
    (("cards.CardDone",), "control.CheckOpened"),
    (("control.CheckOpened",), "control.WorkAccepted"),
    (("control.CheckOpened",), "control.WorkReturned"),
    (("feedback.ConfirmationAsked",), "feedback.ResultConfirmed"),
    (("feedback.ConfirmationAsked",), "feedback.ResultRefuted"),
)


def _first(names: tuple[str, ...], but: bool = False) -> str:  # noqa: FBT001, FBT002 - read where it is called
    listed = ", ".join(f"'{name}'" for name in names)
    return f"min(id) FILTER (WHERE name {'NOT ' if but else ''}IN ({listed}))"


def _out_of_order() -> str:
    """For each card whose beginning is in the log: what was said before what made it true, or without it."""
    births = tuple(f"cards.{name}" for name in _BIRTHS)
    columns = [f"{_first(births)} AS born", f"{_first(births, but=True)} AS rest"]
    wrong = ["WHEN rest < born THEN 'spoken of before it was there'"]
    for place, (causes, effect) in enumerate(_AFTER):
        columns += [f"{_first(causes)} AS cause_{place}", f"{_first((effect,))} AS effect_{place}"]
        wrong.append(
            f"WHEN effect_{place} < coalesce(cause_{place}, effect_{place} + 1) THEN '{effect} before {causes[0]}'"
        )
    return f"""
        SELECT coalesce(card.number, 'card ' || said.card_id) || ': ' || said.wrong AS who
        FROM (SELECT card_id, CASE {" ".join(wrong)} END AS wrong
              FROM (SELECT (data->>'card_id')::bigint AS card_id, {", ".join(columns)}
                    FROM {{facts}} fact WHERE data ? 'card_id' GROUP BY 1) told
              WHERE born IS NOT NULL) said
        LEFT JOIN cards_card card ON card.id = said.card_id
        WHERE said.wrong IS NOT NULL
    """  # noqa: S608 - our own names


CHECKS = (
    Check(
        "fact_out_of_order",
        "Cards of which the log says something before what made it true",
        _out_of_order(),
    ),
    Check(
        "contact_fact_out_of_order",
        "Contacts of which the log says something before their arrival",
        f"""
        SELECT 'contact ' || contact_id AS who
        FROM (SELECT (data->>'contact_id')::bigint AS contact_id, {_first(("intake.ContactArrived",))} AS born,
                     {_first(("intake.ContactArrived",), but=True)} AS rest
              FROM {{facts}} fact WHERE name LIKE 'intake.%%' AND data ? 'contact_id' GROUP BY 1) told
        WHERE rest < born
        """,  # noqa: S608 - our own names
    ),
    Check(
        "card_unannounced",
        "Cards whose beginning was never announced although the log was there",
        f"""
        SELECT card.number AS who FROM {{cards}} card
        WHERE card.received_at > (SELECT at FROM platform_fact ORDER BY id LIMIT 1)
          AND card.id NOT IN (
            SELECT (data->>'card_id')::bigint FROM platform_fact
            WHERE name IN ({", ".join(f"'cards.{name}'" for name in _BIRTHS)}))
        """,  # noqa: S608 - our own names
    ),
    Check(
        "fact_unread",
        "Facts that nobody has counted although workers were at work",
        """
        SELECT unread.follower || ' has not read fact ' || fact.id || ' (' || fact.name || ')' AS who
        FROM platform_unread unread JOIN platform_fact fact ON fact.id = unread.fact_id, {lived} lived
        WHERE fact.recorded_at < lived.until - make_interval(secs => %(patience)s)
        """,
    ),
    Check(
        "job_of_the_dead",
        "Jobs that a worker is said to be doing who has not been heard of for long",
        """
        SELECT 'job ' || job.id || ', ' || job.task_name AS who
        FROM procrastinate_jobs job LEFT JOIN procrastinate_workers worker ON worker.id = job.worker_id, {lived} lived
        WHERE job.status = 'doing'
          AND coalesce(worker.last_heartbeat, (SELECT max(at) FROM procrastinate_events e WHERE e.job_id = job.id))
              < lived.until - make_interval(secs => %(patience)s)
        """,
    ),
    Check(
        "job_waits",
        "Jobs that are long due although workers were at work",
        """
        SELECT 'job ' || job.id || ', ' || job.task_name AS who
        FROM procrastinate_jobs job, {lived} lived
        WHERE job.status = 'todo'
          AND greatest(job.scheduled_at, (SELECT max(at) FROM procrastinate_events e WHERE e.job_id = job.id))
              < lived.until - make_interval(secs => %(patience)s)
        """,
    ),
    Check(
        "job_failed",
        "Jobs that have failed for good",
        "SELECT 'job ' || id || ', ' || task_name AS who FROM procrastinate_jobs WHERE status = 'failed'",
        remarkable=True,
    ),
    Check(
        "request_unanswered",
        "Requests with a key that were begun and never answered",
        "SELECT owner || ', ' || key AS who FROM platform_idempotency WHERE status = 0",
    ),
    Check(
        "key_twice",
        "Requests that were done twice under one key",
        # By an expression, so that the answer does not come from the index that should prevent it.
        "SELECT min(owner) || ', ' || min(key) AS who FROM platform_idempotency"
        " GROUP BY owner || ' ' || key HAVING count(*) > 1",
    ),
    Check(
        "audit_unsealed",
        "Entries of the audit trail that were never sealed although workers were at work",
        """
        SELECT 'entry ' || entry.id AS who
        FROM platform_auditentry entry, {lived} lived
        WHERE entry.at < lived.until - make_interval(secs => %(patience)s)
          AND entry.id > (SELECT coalesce(max(entry_id), 0) - 10000 FROM platform_auditseal)
          AND NOT EXISTS (SELECT FROM platform_auditseal seal WHERE seal.entry_id = entry.id)
        """,
    ),
    Check(
        "index_invalid",
        "Indexes and constraints that are not in force",
        """
        SELECT indexrelid::regclass::text AS who FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
        WHERE NOT (indisvalid AND indisready) AND relnamespace = current_schema()::regnamespace
        UNION ALL
        SELECT conrelid::regclass || ' ' || conname FROM pg_constraint
        WHERE NOT convalidated AND connamespace = current_schema()::regnamespace
        """,
    ),
)

_COUNTERS = """
SELECT counter.relname, held.relname, attname
FROM pg_depend
JOIN pg_class counter ON counter.oid = pg_depend.objid AND counter.relkind = 'S'
JOIN pg_class held ON held.oid = pg_depend.refobjid
JOIN pg_attribute ON attrelid = held.oid AND attnum = pg_depend.refobjsubid
WHERE pg_depend.classid = 'pg_class'::regclass AND deptype IN ('a', 'i')
  AND counter.relnamespace = current_schema()::regnamespace
ORDER BY held.relname
"""


def counters_behind() -> Finding | None:
    """Counters of ids that would give an id again: what a restore that went wrong leaves behind."""
    behind = list(_behind())
    if not behind:
        return None
    what = "Counters of ids that would give an id that was given before"
    return Finding("counter_behind", what, len(behind), tuple(behind[:EXAMPLES]))


def _behind() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute(_COUNTERS)
        for counter, table, column in cursor.fetchall():
            ask = sql.SQL(
                "SELECT newest, last_value FROM {}, (SELECT max({}) AS newest FROM {}) held WHERE newest >= {}"
            )
            cursor.execute(
                ask.format(
                    sql.Identifier(counter),
                    sql.Identifier(column),
                    sql.Identifier(table),
                    sql.SQL("last_value + is_called::int"),
                )
            )
            if found := cursor.fetchone():
                yield f"{table} has {found[0]}, its counter stands at {found[1]}"
