"""Before a fill: the register has to be empty, or may be emptied; one that was interrupted goes on as it was."""

from datetime import datetime

from django.db import transaction

from komek.desks.console.fill import bare, journal, tables
from komek.desks.console.fill.journal import Plan
from komek.platform import audit
from komek.platform.models import AuditEntry

ACTOR = "console:fill"
CARDS, SEED, CARDS_A_PART = 2_300_000, "komek", 10_000


class Refused(Exception):
    """A fill that must not be made, and what to do instead."""


def plan_for(*, cards: int | None, seed: str | None, at: datetime) -> Plan:
    """The plan of a new fill, or of the one that was interrupted; raises Refused when they are not the same."""
    if not journal.exists():
        refuse_a_used_register()
        return Plan(cards or CARDS, seed or SEED, at, CARDS_A_PART, {})
    open_one = journal.plan()
    if (cards or open_one.cards, seed or open_one.seed) != (open_one.cards, open_one.seed):
        message = (
            f"A fill of {open_one.cards:,} cards with the seed «{open_one.seed}» was interrupted here. Go on with "
            f"`komek fill --cards {open_one.cards} --seed {open_one.seed}`, or start over with `komek fill --erase`."
        )
        raise Refused(message)
    return open_one


def refuse_a_used_register() -> None:
    """Raise Refused when somebody's cards are here already."""
    used = [label for label in tables.of_the_register() if not tables.is_empty(label)]
    if used:
        told = ", ".join(f"{tables.count(label):,} in {tables.name_of(label)}" for label in used[:3])
        message = (
            f"This register is in use ({told}). Choose another KOMEK_HOME; or, if every card, contact, message and "
            "resident of this one may go for ever, `komek fill --erase`."
        )
        raise Refused(message)


def erase() -> None:
    """Forget every card, contact, message and resident, and whatever an interrupted fill has left."""
    with audit.acting(ACTOR), transaction.atomic():
        tables.empty([*tables.of_the_register(), tables.LOG])
        if journal.exists():
            for _, garment in journal.missing_garments():
                bare.dress(garment)
            bare.audit_again(tables.of_the_register())
            journal.end()
        AuditEntry.objects.create(actor=ACTOR, verb="erase", subject=tables.name_of("cards.Card"))
