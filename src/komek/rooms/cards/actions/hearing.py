"""What the resident adds after the card has its number."""

from collections.abc import Iterable
from datetime import datetime

from komek.platform import unit
from komek.platform.transactions import together
from komek.rooms.cards import rules
from komek.rooms.cards.actions import writing
from komek.rooms.cards.models import Card
from komek.rooms.channels import actions as channels
from komek.rooms.channels import queries as conversations
from komek.rooms.channels.models import Message


@together
def hear(
    conversation_id: int, *, text: str = "", file_ids: Iterable[int] = (), outer_id: str = "", at: datetime
) -> Message:
    """Keep what the resident adds, with a line in the history of what is still open, else of their last card."""
    conversation = conversations.conversation(conversation_id)
    message = channels.hear(conversation, text=text, at=at, file_ids=file_ids, outer_id=outer_id)
    about = [
        unit.keep(card)
        for card in Card.objects.select_for_update(of=("self",)).filter(conversation=conversation).order_by("id")
    ]
    still_open = [card for card in about if card.status in rules.OPEN]
    for card in still_open or about[-1:]:
        writing.write(card, verb="resident_wrote", by=None, at=at, data={"message_id": message.id})
    return message
