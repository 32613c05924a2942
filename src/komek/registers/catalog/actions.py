"""Publishing the classifier: a new version when something changed, never a change of an old one."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import connection

from komek.platform.transactions import together
from komek.registers.catalog import rules
from komek.registers.catalog.models import Topic, Version
from komek.rows import Report, numbered

PUBLISHING = 0x636174616C6F67


@dataclass(frozen=True)
class Publication:
    """What came of publishing: the version in force now, whether it is new, and the lines that stood in the way."""

    version: Version | None
    changed: bool
    report: Report


@together
def publish(
    rows: Iterable[Mapping[str, str | None]], *, at: datetime, note: str = "", services: Iterable[str] | None = None
) -> Publication:
    """Make a version of these topics, if they differ from those in force; one bad line and nothing is published."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PUBLISHING])
    report = Report()
    wanted = _read(rows, report, None if services is None else set(services))
    newest = Version.objects.order_by("-number").first()
    if report.errors or not wanted or (newest and _as_published(newest) == wanted):
        return Publication(newest, changed=False, report=report)
    version = Version.objects.create(number=newest.number + 1 if newest else 1, effective_at=at, note=note[:300])
    Topic.objects.bulk_create(
        Topic(version=version, position=position, folded=rules.folded(row), **asdict(row))
        for position, row in enumerate(wanted, 1)
    )
    return Publication(version, changed=True, report=report)


def _read(rows: Iterable[Mapping[str, str | None]], report: Report, services: set[str] | None) -> list[rules.TopicRow]:
    wanted: dict[str, rules.TopicRow] = {}
    for line, row in numbered(rows):
        try:
            topic = rules.topic_row(row)
        except rules.BadRow as failure:
            report.refuse(line, failure.reason, failure.remedy)
            continue
        if topic.code in wanted:
            report.refuse(line, f"The topic {topic.code} stands here twice.", "Give one of the two another code.")
        elif services is not None and topic.service_code not in services:
            report.refuse(line, f"There is no service «{topic.service_code}».", "Add it to services.csv.")
        else:
            wanted[topic.code] = topic
    report.loaded = len(wanted)
    return list(wanted.values())


def _as_published(version: Version) -> list[rules.TopicRow]:
    columns = tuple(rules.TopicRow.__dataclass_fields__)
    return [
        rules.TopicRow(**row) for row in Topic.objects.filter(version=version).order_by("position").values(*columns)
    ]
