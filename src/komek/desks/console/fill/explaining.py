"""Explains what stands in a recorded row: which of it is the same for every card of that life, and which is a slot.

What cannot be explained is refused by name, before anything is written.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from komek.desks.console.fill.marks import (
    BETWEEN,
    FIRST_ID,
    ID,
    LANGUAGE,
    MARK,
    NOTICE,
    POINTS,
    REMAINS,
    WORDS,
)
from komek.desks.console.fill.recording import Moment, Recording
from komek.desks.console.fill.slots import Notice, Sentences, Slot, Text
from komek.desks.console.fill.world import SERVICES
from komek.rooms.feedback import rules as feedback

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:[+-]\d\d:\d\d|Z)")
DAY = re.compile(r"\d{4}-\d\d-\d\d")
# What a card gets by chance alone.
SECRETS = {("cards.Card", "number"): "number", ("cards.Card", "access_code"): "access_code"}
SECRETS_OF_MANY = {("feedback.Survey", "token"): "token"}
# Cells that no mark can stand in, known by where they are.
NAMED = {("routing.Clock", "round_the_clock"): "round_the_clock", ("feedback.Survey", "score"): "score"}
# Stands for a score among what is heard: a small number that could be anything.
SCORE = object()
# What the rooms say in the reader's language, by the table they keep it in.
PHRASES: dict[str, Mapping[str, str]] = {
    "at_once": feedback.AT_ONCE,
    "told_later": feedback.TOLD_LATER,
    "takes_longer": feedback.TAKES_LONGER,
    **{f"ended:{outcome}": said for outcome, said in feedback.ENDED.items()},
    **{f"reason:{code}": said for code, said in feedback.REASONS.items()},
}

SENTENCES = re.compile(
    "|".join(
        [
            r"Qx(?P<mark>\w+?)xQ(?P<closed>\.?)",
            *sorted(
                (re.escape(spoken[LANGUAGE]) for spoken in PHRASES.values() if spoken[LANGUAGE]), key=len, reverse=True
            ),
        ]
    )
)


class NotExplained(Exception):
    """A verb has written something that no mark, step or rule accounts for: the fill does not know how to vary it."""

    def __init__(self, life: str, where: str, value: object) -> None:
        super().__init__(
            f"In the life «{life}» a verb writes {value!r} into {where}, and nothing says where that comes from. "
            "Teach `komek.desks.console.fill.explaining` what it is, before a register is filled with copies of it."
        )


class Explainer:
    """Explains the rows of one moment of a recorded life.

    A life that was played in the real city has no marks: of such a one only ids, moments and secrets are slots, and
    everything else is taken word for word (so a test holds a cast card against a real one).
    """

    def __init__(
        self, recording: Recording, moment: Moment, names: Mapping[int, str], zone: Any, *, is_marked: bool = True
    ) -> None:
        self.life = recording.life
        self.zone = zone
        self.is_marked = is_marked
        self.moments = recording.moments[: recording.moments.index(moment) + 1]
        self.times = {one.at: place for place, one in enumerate(self.moments)}
        self.promises = list(dict.fromkeys(one.due_at.astimezone(UTC) for one in self.moments if one.due_at))
        self.legal_due_on = moment.legal_due_on
        self.ids = dict(names)
        self.secrets: dict[str, str] = {}
        for label, rows in moment.rows.items():
            for place, key in enumerate(sorted(rows)):
                self.ids.setdefault(key, f"row:{label}:{place}")
                self._learn_secrets(label, place, rows[key])
        self._ways: dict[type, Callable[[str, Any], Any]] = {
            dict: self._mapping,
            list: self._sequence,
            tuple: self._sequence,
            int: self._number,
            float: self._degrees,
            datetime: self._instant,
            date: self._day,
            str: self._text,
        }
        words = sorted(map(re.escape, self.secrets), key=len, reverse=True)
        self._telling = re.compile("|".join([f"({INSTANT.pattern})", f"({ID.pattern})", MARK.pattern, *words]))

    def _learn_secrets(self, label: str, place: int, row: Mapping[str, Any]) -> None:
        for (table, column), name in SECRETS.items():
            if table == label:
                self.secrets[row[column]] = name
        for (table, column), name in SECRETS_OF_MANY.items():
            if table == label:
                self.secrets[row[column]] = f"{name}:{place}"

    def cell(self, label: str, column: str, row: Mapping[str, Any]) -> Any:
        """What a column of a row holds."""
        where, value = f"{label}.{column}", row[column]
        if self.is_marked and value is not None and (label, column) in NAMED:
            return Slot(NAMED[label, column])
        if self.is_marked and (label, column) == ("routing.Assignment", "why") and value.get("code") == "rule":
            return Slot(f"why:{SERVICES.index(row['service_code'])}")
        if isinstance(value, str) and value.startswith(NOTICE):
            return self._notice(where, value, said_at=datetime.fromisoformat(row["at"]))
        return self.value(where, value)

    def value(self, where: str, value: Any) -> Any:
        """A value, and everything inside it."""
        if value is None or isinstance(value, bool):
            return value
        if value is SCORE:
            return Slot("score")
        for kind, explain in self._ways.items():
            if isinstance(value, kind):
                return explain(where, value)
        raise NotExplained(self.life.name, where, value)

    def _mapping(self, where: str, value: Mapping[str, Any]) -> dict[Any, Any]:
        return {self._text(where, key): self.item(where, key, item) for key, item in value.items()}

    def _sequence(self, where: str, value: Sequence[Any]) -> list[Any]:
        return [self.value(where, item) for item in value]

    def _degrees(self, where: str, value: float) -> Any:
        return Slot(self._known(where, value, POINTS)) if self.is_marked else value

    def item(self, where: str, key: str, item: Any) -> Any:
        """A value under its name."""
        if self.is_marked and key == "score" and item is not None:
            return Slot("score")
        if key.endswith("_seconds") and item:
            return self._stretch(f"{where}.{key}", item)
        return self.value(f"{where}.{key}", item)

    def _stretch(self, where: str, seconds: int) -> Slot:
        for since, first in enumerate(self.moments):
            for until, second in enumerate(self.moments[since + 1 :], since + 1):
                if int((second.at - first.at).total_seconds()) == seconds:
                    return Slot(f"seconds:{since}:{until}")
        raise NotExplained(self.life.name, where, seconds)

    def _number(self, where: str, value: int) -> Any:
        if value < FIRST_ID:
            return value
        return Slot(self._known(where, value, self.ids))

    def _known(self, where: str, value: Any, names: Mapping[Any, str]) -> str:
        if value not in names:
            raise NotExplained(self.life.name, where, value)
        return names[value]

    def _instant(self, where: str, at: datetime) -> Slot:
        at = at.astimezone(UTC)
        if at in self.times:
            return Slot(f"at:{self.times[at]}")
        if at in self.promises:
            return Slot(f"due:{self.promises.index(at)}")
        raise NotExplained(self.life.name, where, at)

    def _day(self, where: str, day: date) -> Slot:
        if day != self.legal_due_on:
            raise NotExplained(self.life.name, where, day)
        return Slot("legal_due_on")

    def _text(self, where: str, text: str) -> Any:
        if self.is_marked and text in WORDS:
            return Slot(WORDS[text])
        if DAY.fullmatch(text):
            return self._day(where, date.fromisoformat(text))
        pieces = tuple(self._pieces(where, text))
        if any(isinstance(piece, str) and REMAINS.search(piece) for piece in pieces):
            raise NotExplained(self.life.name, where, text)
        if not any(isinstance(piece, Slot) for piece in pieces):
            return text
        return pieces[0] if len(pieces) == 1 else Text(pieces)

    def _pieces(self, where: str, text: str) -> Iterator[str | Slot]:
        read = 0
        for found in self._telling.finditer(text):
            if found.start() > read:
                yield text[read : found.start()]
            instant, number, name = found[1], found[2], found[3]
            if instant:
                yield self._instant(where, datetime.fromisoformat(instant))
            elif number:
                yield Slot(self._known(where, int(number), self.ids))
            elif name:
                yield Slot(name)
            else:
                yield Slot(self.secrets[found[0]])
            read = found.end()
        if read < len(text):
            yield text[read:]

    def _notice(self, where: str, text: str, *, said_at: datetime) -> Notice:
        _, moment, *fields = text.split(BETWEEN)
        told = dict(field.split("=", 1) for field in fields)
        said = {name: self._field(f"{where}, {name}", name, words, said_at=said_at) for name, words in told.items()}
        return Notice(moment, said)

    def _field(self, where: str, name: str, said: str, *, said_at: datetime) -> Any:
        """One thing a notice says; times are told in words, and some things in the reader's language."""
        for place, due_at in enumerate(self.promises):
            if name == "due" and feedback.due_words(due_at, LANGUAGE, self.zone, at=said_at) == said:
                return Slot(f"due_words:{place}:{self.times[said_at.astimezone(UTC)]}")
        if name == "text":
            return self._sentences(where, said)
        for phrase, spoken in PHRASES.items():
            if spoken[LANGUAGE] and spoken[LANGUAGE] == said:
                return Slot(f"phrase:{phrase}")
        return self._text(where, said)

    def _sentences(self, where: str, said: str) -> Any:
        """Sentences of people and of the rooms, one after another; somebody's words are closed by a full stop."""
        found = list(SENTENCES.finditer(said))
        if " ".join(one[0] for one in found) != said:
            return self._text(where, said)
        return Sentences(tuple(self._sentence(one) for one in found))

    def _sentence(self, found: re.Match[str]) -> Slot:
        if found["mark"]:
            return Slot(f"sentence:{found['mark']}" if found["closed"] else found["mark"])
        return Slot(f"phrase:{next(name for name, spoken in PHRASES.items() if spoken[LANGUAGE] == found[0])}")
