"""Messages to residents who came by another system."""

from komek.rooms.channels.ports import NotDelivered, Receipt


class ApiChannel:
    """The partner fetches what we have to say; it knows the conversation by its own id."""

    speaks_outside = False

    def send(self, *, to: str, text: str) -> Receipt:
        """Keep the message until the partner has fetched it; without the partner's id nobody could."""
        if not to:
            raise NotDelivered("The other system gave no id to answer under.", permanent=True)
        return Receipt(kept=True)
