"""What the centre asks of its telephone."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Line:
    """What a browser needs to be a telephone: where it registers, as whom, and where its calls are dialled."""

    socket: str
    uri: str
    password: str


class Telephony(Protocol):
    """The switch as the rest of the house sees it."""

    def line(self, seat: int) -> Line:
        """How the browser at this seat reaches the switch."""
