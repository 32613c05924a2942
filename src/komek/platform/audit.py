"""Who changed what, and who read whose personal data: append-only, hash-chained, verifiable.

Changes are written by row triggers, so that bulk updates and hand-made SQL are caught too. Reads are noted by
`read`. A job seals the entries into a chain soon after their transactions have ended: a chain written inside every
transaction would make all commits wait for each other (docs/decisions/0003).
"""

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models, transaction

from komek.platform import jobs
from komek.platform.actor import acting, current
from komek.platform.models import AuditEntry, AuditSeal

__all__ = ["acting", "install_triggers", "link", "read", "seal", "verify"]

SEAL_LOCK = 0x6B6F6D656B
FIRST_LINK = b"\0" * 32
# How far back every tick looks for entries whose transactions ended late; older ones are found at night.
LATE_ENTRIES = 2_000


def read(*, subject: str, fields: Iterable[str], by: int | None, purpose: str) -> None:
    """Note that somebody was shown personal data; call it where the data leaves its register."""
    AuditEntry.objects.create(
        actor=f"agent:{by}" if by else "system",
        request_id=current().request_id,
        verb="read",
        subject=subject,
        detail={"fields": sorted(fields), "purpose": purpose},
    )


@jobs.every("* * * * * */5")
def seal() -> int:
    """Chain the new entries that are not sealed yet; returns how many were."""
    return _seal(late=LATE_ENTRIES)


@jobs.every("37 3 * * *")
def seal_stragglers() -> int:
    """Chain what a transaction of hours has left behind: an import makes more entries than every tick looks back."""
    return _seal(late=None)


def _seal(*, late: int | None) -> int:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        last = AuditSeal.objects.order_by("-position").values_list("digest", flat=True).first()
        digest = bytes(last) if last else FIRST_LINK
        links = []
        for entry in _unsealed(late):
            digest = link(digest, entry)
            links.append(AuditSeal(entry_id=entry.id, digest=digest))
        AuditSeal.objects.bulk_create(links, batch_size=2_000)
    return len(links)


def _unsealed(late: int | None) -> Iterator[AuditEntry]:
    newest = AuditSeal.objects.aggregate(newest=models.Max("entry_id"))["newest"] or 0
    since = newest - late if late is not None else 0
    sealed = AuditSeal.objects.filter(entry_id=models.OuterRef("id"), entry_id__gt=since)
    waiting = AuditEntry.objects.filter(id__gt=since).exclude(models.Exists(sealed))
    return waiting.order_by("id").iterator(chunk_size=2_000)


def link(previous: bytes, entry: AuditEntry) -> bytes:
    """The digest of one link: SHA-256 over the previous digest and the entry's canonical JSON."""
    told = [
        entry.id,
        entry.at.isoformat(),
        entry.actor,
        entry.request_id,
        entry.verb,
        entry.subject,
        entry.detail,
    ]
    canonical = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(previous + canonical.encode()).digest()


@dataclass(frozen=True)
class Verdict:
    """What a verification found: `broken_at` is the first bad entry, None when the chain holds."""

    sealed: int
    unsealed: int
    broken_at: int | None
    reason: str = ""


def verify(*, after: int = 0) -> Verdict:
    """Walk the chain: every entry as it was sealed, none missing, none slipped in; all of it, or after a position."""
    known = AuditSeal.objects.filter(position__lte=after).order_by("-position").first() if after else None
    digest, count = bytes(known.digest) if known else FIRST_LINK, 0
    walked = AuditSeal.objects.filter(position__gt=known.position if known else 0)
    seals = walked.order_by("position").iterator(chunk_size=2_000)
    for batch in _batches(seals, 2_000):
        entries = AuditEntry.objects.in_bulk([seal.entry_id for seal in batch])
        for one in batch:
            entry = entries.get(one.entry_id)
            if entry is None:
                return Verdict(count, 0, one.entry_id, "entry is missing")
            digest = link(digest, entry)
            if digest != bytes(one.digest):
                return Verdict(count, 0, one.entry_id, "entry or chain was altered")
            count += 1
    return Verdict(count, AuditEntry.objects.count() - AuditSeal.objects.count(), None)


def _batches(rows: Iterable[AuditSeal], size: int) -> Iterator[list[AuditSeal]]:
    batch: list[AuditSeal] = []
    for row in rows:
        batch.append(row)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch


TRIGGERS = """
CREATE OR REPLACE FUNCTION komek_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    was jsonb; now_is jsonb; detail jsonb := '{}'; quiet text[] := TG_ARGV[1]::text[]; unsaid text[] := TG_ARGV[2]::text[];
BEGIN
    IF TG_OP = 'INSERT' THEN
        now_is := jsonb_build_object(TG_ARGV[0], to_jsonb(NEW) -> TG_ARGV[0]);
    ELSE
        was := to_jsonb(OLD) - unsaid;
        now_is := CASE TG_OP WHEN 'UPDATE' THEN to_jsonb(NEW) - unsaid ELSE '{}'::jsonb END;
        SELECT coalesce(jsonb_object_agg(o.key,
            CASE WHEN o.key = ANY(quiet) THEN '"changed"'::jsonb
                 ELSE jsonb_build_array(o.value, now_is -> o.key) END), '{}')
        INTO detail FROM jsonb_each(was) o WHERE o.value IS DISTINCT FROM (now_is -> o.key);
        IF TG_OP = 'UPDATE' AND detail = '{}' THEN RETURN NULL; END IF;
        now_is := was;
    END IF;
    INSERT INTO platform_auditentry (actor, request_id, verb, subject, detail) VALUES (
        coalesce(current_setting('komek.actor', true), ''), coalesce(current_setting('komek.request_id', true), ''),
        lower(TG_OP), TG_TABLE_NAME || ':' || (now_is ->> TG_ARGV[0]), detail);
    RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION komek_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def install_triggers(**_: object) -> None:
    """Put the audit and append-only triggers on our tables; run after every migration, changes only what differs.

    A model says how it is audited by class attributes: `append_only = True` (history that is its own audit),
    `unaudited = True` (derived or passing rows), `personal = (columns…)` (the change is noted, the values are not),
    `unsaid = (columns…)` (derived columns that are not noted).
    """
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        tables = set(connection.introspection.table_names(cursor))
        for model in apps.get_models():
            if not model.__module__.startswith("komek.") or model._meta.db_table not in tables:
                continue
            for name, timing in _wanted(model):
                cursor.execute(f"CREATE OR REPLACE TRIGGER {name} {timing.format(table=model._meta.db_table)}")


def _wanted(model: type[models.Model]) -> Iterator[tuple[str, str]]:
    if getattr(model, "append_only", False):
        yield (
            "komek_append_only",
            'BEFORE UPDATE OR DELETE ON "{table}" FOR EACH ROW EXECUTE FUNCTION komek_append_only()',
        )
        return
    if getattr(model, "unaudited", False) or model.__module__.startswith("komek.platform"):
        return
    quiet = "{{" + ",".join(getattr(model, "personal", ())) + "}}"
    unsaid = "{{" + ",".join(getattr(model, "unsaid", ())) + "}}"
    key = model._meta.pk.column
    run = f"EXECUTE FUNCTION komek_audit('{key}', '{quiet}', '{unsaid}')"
    yield "komek_audit", f'AFTER INSERT OR UPDATE OR DELETE ON "{{table}}" FOR EACH ROW {run}'
