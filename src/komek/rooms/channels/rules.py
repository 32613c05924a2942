"""What a message may be and what happens when it cannot be delivered."""

import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum

from komek.refusal import Refusal

LANGUAGES = ("kk", "ru", "en")
LONGEST_TEXT = 20_000
# Not worth cleaning before it is refused.
HOPELESSLY_LONG = 10 * LONGEST_TEXT
MOST_ATTEMPTS = 8
# Here nothing is carried by itself: who came by voice is called, so often at most and so long apart.
SPOKEN = frozenset({"phone", "desk"})
MOST_CALLS = 3
BETWEEN_CALLS = timedelta(hours=3)
# A sending that has not come back after this long was interrupted, and is made again.
SENDING_LASTS = timedelta(minutes=2)


class Direction(StrEnum):
    IN = "in"
    OUT = "out"


class State(StrEnum):
    """What became of a message. *Kept* is not sent: the channel holds it until somebody calls or fetches it."""

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


class UnknownLanguage(Refusal):
    def __init__(self, language: object) -> None:
        super().__init__(
            "unknown_language", "There is no language %(language)s here: kk, ru or en.", language=str(language)[:20]
        )


class NoSuchMessage(Refusal):
    def __init__(self, message: object) -> None:
        super().__init__("no_such_message", "There is no message %(message)s.", message=message)


class NoSuchConversation(Refusal):
    def __init__(self, conversation: object) -> None:
        super().__init__(
            "no_such_conversation", "There is no conversation %(conversation)s.", conversation=conversation
        )


class NotKept(Refusal):
    """Somebody else has called already, or the message waits for nobody."""

    def __init__(self, message: object) -> None:
        super().__init__(
            "message_not_kept", "Message %(message)s is not waiting for anybody any more.", message=message
        )


class UnknownChannel(Refusal):
    def __init__(self, channel: str) -> None:
        super().__init__("unknown_channel", "There is no channel called %(channel)s.", channel=channel)


# Invisible characters that turn or hide text: they make a sentence read differently from what was typed.
_DIRECTION_TRICKS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x061C, 0x200E, 0x200F, 0xFEFF])


def cleaned(text: str) -> str:
    """The text as it is kept: no NUL and no control or direction characters, line ends of one kind.

    Raises TextEmpty or TextTooLong.
    """
    if len(text) > HOPELESSLY_LONG:
        raise TextTooLong(len(text))
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_DIRECTION_TRICKS)
    if not text.isprintable():
        text = "".join(char for char in text if char in "\n\t" or unicodedata.category(char) != "Cc")
    text = text.encode("utf-8", "ignore").decode().strip()
    if not text:
        raise TextEmpty
    if len(text) > LONGEST_TEXT:
        raise TextTooLong(len(text))
    return text


def checked_language(language: str) -> str:
    """The language if it is one of ours; raises UnknownLanguage."""
    if language not in LANGUAGES:
        raise UnknownLanguage(language)
    return language


def next_attempt(attempts: int, at: datetime) -> datetime:
    """When to try again: 1, 2, 4 … minutes, at most an hour."""
    return at + timedelta(minutes=min(60, 2 ** max(0, attempts - 1)))
