"""Facts: said once, in order, with what must follow them; undone with their transaction."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from django.db import transaction
from structlog.testing import capture_logs

from komek.platform import facts, jobs, unit
from komek.platform.models import Fact, Unread
from komek.registers.residents.models import Resident

NOON = datetime(2026, 11, 2, 7, tzinfo=UTC)


@dataclass(frozen=True)
class KettleBoiled:
    kettle_id: int
    at: datetime
    since: date | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True)
class TeaPoured:
    kettle_id: int
    at: datetime


@pytest.fixture
def kitchen():
    """Reactions of this test only, taken away again afterwards."""
    heard = []
    kept = {
        name: getattr(facts, name).copy()
        for name in ("_on", "_after", "_after_by_name", "_shows", "_known", "_followers")
    }
    yield heard
    for name, value in kept.items():
        getattr(facts, name).clear()
        getattr(facts, name).update(value)


def boil(**more):
    with transaction.atomic():
        facts.announce(KettleBoiled(kettle_id=1, at=NOON, **more))


def test_a_fact_is_one_row_with_its_topics(db, kitchen):
    facts.shows(KettleBoiled)(lambda fact: ["kitchen", f"kettle:{fact.kettle_id}"])
    facts.shows(KettleBoiled)(lambda fact: ["kitchen"])

    boil(since=date(2026, 11, 1), tags=("hot",))

    row = Fact.objects.get()
    assert row.name.endswith("KettleBoiled")
    assert row.topics == ["kettle:1", "kitchen"]
    assert facts.unpacked(KettleBoiled, row.data) == KettleBoiled(1, NOON, date(2026, 11, 1), ("hot",))


def test_a_reaction_hears_its_fact_after_the_fact_and_before_what_comes_next(db, kitchen):
    @facts.on(KettleBoiled)
    def pour(fact):
        kitchen.append("pouring")
        facts.announce(TeaPoured(fact.kettle_id, fact.at))

    with facts.overheard() as heard:
        boil()

    assert [type(fact).__name__ for fact in heard] == ["KettleBoiled", "TeaPoured"]
    assert Fact.objects.earliest("id").name.endswith("KettleBoiled")
    assert kitchen == ["pouring"]


def test_a_failing_reaction_undoes_the_fact(db, kitchen):
    @facts.on(KettleBoiled)
    def spill(fact):
        raise ValueError("spilled")

    with pytest.raises(ValueError, match="spilled"):
        boil()

    assert not Fact.objects.exists()


def test_a_fact_outside_a_transaction_is_refused(transactional_db, kitchen):
    with pytest.raises(RuntimeError, match="outside a transaction"):
        facts.announce(KettleBoiled(1, NOON))


def test_what_comes_after_is_done_at_once_when_that_works(db, kitchen, held_jobs):
    @facts.on(KettleBoiled)
    def pour(fact):
        kitchen.append("pouring")

    @facts.after(KettleBoiled)
    def tell_the_guests(fact):
        kitchen.append("telling")

    boil()

    assert kitchen == ["pouring", "telling"]
    assert not held_jobs.waiting


def test_what_fails_afterwards_holds_nothing_up_leaves_nothing_behind_and_is_tried_again_by_a_job(
    db, kitchen, held_jobs
):
    @facts.after(KettleBoiled)
    def tell_the_guests(fact):
        if not kitchen:
            kitchen.append("fallen")
            unit.add(Resident(name="a guest", created_at=NOON))
            raise ValueError("the stairs")
        kitchen.append(fact)

    with capture_logs() as logs:
        boil()

    assert Fact.objects.count() == 1
    assert not Resident.objects.exists()
    assert [log["event"] for log in logs] == ["fact.reaction_failed"]

    held_jobs.run()
    assert kitchen == ["fallen", KettleBoiled(1, NOON)]


@pytest.mark.live_jobs
def test_a_rollback_takes_the_job_back_too(transactional_db, kitchen):
    from procrastinate.contrib.django.models import ProcrastinateJob

    @facts.after(KettleBoiled)
    def fall(fact):
        raise ValueError("the stairs")

    before = ProcrastinateJob.objects.count()
    with transaction.atomic():
        facts.announce(KettleBoiled(1, NOON))
        assert ProcrastinateJob.objects.count() == before + 1
        transaction.set_rollback(True)

    assert ProcrastinateJob.objects.count() == before


def test_a_follower_reads_every_fact_exactly_once_in_order(db, kitchen):
    facts._followers.clear()

    @facts.follows("counter")
    def count(batch):
        kitchen.extend(fact.kettle_id for fact, _ in batch)

    with transaction.atomic():
        for kettle_id in range(7):
            facts.announce(KettleBoiled(kettle_id, NOON))

    assert facts.catch_up(batch=3) == 7
    assert facts.catch_up() == 0
    assert kitchen == list(range(7))


def test_facts_of_a_unit_are_logged_together_in_order_and_read_like_any_other(db, kitchen, held_jobs):
    facts._followers.clear()

    @facts.follows("counter")
    def count(batch):
        kitchen.extend(fact.kettle_id for fact, _ in batch)

    @facts.after(KettleBoiled)
    def tell(fact):
        kitchen.append(f"told of {fact.kettle_id}")

    with transaction.atomic(), unit.opened("kitchen"):
        for kettle_id in range(3):
            facts.announce(KettleBoiled(kettle_id, NOON))
        assert not Fact.objects.exists()

    assert facts.catch_up() == 3
    assert kitchen == ["told of 0", "told of 1", "told of 2", 0, 1, 2]


def test_a_follower_that_fails_reads_the_same_facts_again(db, kitchen):
    facts._followers.clear()
    failures = [ValueError("not now")]

    @facts.follows("counter")
    def count(batch):
        if failures:
            raise failures.pop()
        kitchen.extend(fact.kettle_id for fact, _ in batch)

    boil()
    with pytest.raises(ValueError, match="not now"):
        facts.catch_up()
    assert Unread.objects.count() == 1

    facts.catch_up()
    assert kitchen == [1]


def test_every_reaction_of_the_house_has_a_name_of_its_own():
    names = list(facts._after_by_name)
    assert len(names) == len(set(names))
    assert all(jobs.app.tasks for _ in names)
