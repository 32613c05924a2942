"""What a message may be and what happens when it cannot be delivered."""

from datetime import datetime, timedelta
from enum import StrEnum

from komek.refusal import Refusal

LONGEST_TEXT = 20_000


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class State(StrEnum):
    RECEIVED = "received"
    QUEUED = "queued"
    KEPT = "kept"
    SENT = "sent"
    FAILED = "failed"


class TextTooLong(Refusal):
    def __init__(self, length: int) -> None:
        super().__init__(
            "text_too_long",
            "The text is %(length)s characters long; at most %(most)s can be taken. Please shorten it.",
            length=length,
            most=LONGEST_TEXT,
        )


class TextEmpty(Refusal):
    def __init__(self) -> None:
        super().__init__("text_empty", "Please write what happened.")


class UnknownChannel(Refusal):
    def __init__(self, channel: str) -> None:
        super().__init__("unknown_channel", "There is no channel called %(channel)s.", channel=channel)


# Invisible characters that turn or hide text: they make a sentence read differently from what was typed.
_DIRECTION_TRICKS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0xFEFF])


def cleaned(text: str) -> str:
    """The text as it is kept: no NUL and no control or direction characters, line ends of one kind.

    Raises TextEmpty or TextTooLong.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_DIRECTION_TRICKS)
    text = "".join(char for char in text if char in "\n\t" or ord(char) >= 0x20 and not 0x7F <= ord(char) < 0xA0)
    text = text.encode("utf-8", "ignore").decode().strip()
    if not text:
        raise TextEmpty
    if len(text) > LONGEST_TEXT:
        raise TextTooLong(len(text))
    return text


def next_attempt(attempts: int, at: datetime) -> datetime:
    """When to try again: 1, 2, 4 … minutes, at most an hour."""
    return at + timedelta(minutes=min(60, 2 ** max(0, attempts - 1)))
