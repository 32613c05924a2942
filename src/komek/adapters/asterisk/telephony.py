"""The switch as the rest of the house sees it, and the telephone as a channel."""

from urllib.parse import urlsplit

from komek.adapters.asterisk.layout import seat_name, secret
from komek.adapters.asterisk.settings import PhoneSettings
from komek.rooms.calls.ports import Line
from komek.rooms.channels.ports import NotDelivered, Receipt


class AsteriskTelephony:
    """Lines of browsers; their passwords are worked out, so that every node knows them."""

    def __init__(self, settings: PhoneSettings) -> None:
        self.settings = settings

    def line(self, seat: int) -> Line:
        """How the browser at this seat reaches the switch."""
        name = seat_name(seat)
        host = urlsplit(self.settings.socket).hostname or "localhost"
        return Line(self.settings.socket, f"sip:{name}@{host}", secret(self.settings.key, name))


class PhoneChannel:
    """A message to somebody who called waits on the list of those who are called back."""

    speaks_outside = False

    def send(self, *, to: str, text: str) -> Receipt:
        """Keep the message until somebody has called; who hid their number is not reached."""
        if not to:
            raise NotDelivered("The resident called from a hidden number.", permanent=True)
        return Receipt(kept=True)
