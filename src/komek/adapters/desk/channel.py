"""Messages to residents who called or came by."""

from komek.rooms.channels.ports import NotDelivered, Receipt


class DeskChannel:
    """A message becomes a line of the call-back list; a person carries it from there."""

    speaks_outside = False

    def send(self, *, to: str, text: str) -> Receipt:
        """Keep the message until somebody has called; without a number nobody can."""
        if not to:
            raise NotDelivered("The resident left no number to call back.", permanent=True)
        return Receipt(kept=True)
