"""What decides how long a recording is kept, and is known only after the call."""

from komek.platform.facts import after
from komek.rooms.cards import queries as cards
from komek.rooms.cards.facts import CardCorrected, CardRegistered
from komek.rooms.cards.rules import Kind
from komek.rooms.quality.facts import ContactReviewed
from komek.rooms.recordings import actions as recordings
from komek.rooms.recordings.rules import Class


@after(CardRegistered)
def keep_what_an_appeal_began_with(fact: CardRegistered) -> None:
    if fact.kind == Kind.APPEAL and fact.contact_id is not None:
        recordings.mark(fact.contact_id, Class.APPEAL, at=fact.at)


@after(CardCorrected)
def keep_what_became_an_appeal(fact: CardCorrected) -> None:
    card = cards.card(fact.card_id)
    if card.kind == Kind.APPEAL and card.contact_id is not None:
        recordings.mark(card.contact_id, Class.APPEAL, at=fact.at)


@after(ContactReviewed)
def keep_what_was_reviewed(fact: ContactReviewed) -> None:
    recordings.mark(fact.contact_id, Class.REVIEWED, at=fact.at)
