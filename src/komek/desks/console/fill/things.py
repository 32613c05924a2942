"""The things of one card: everything that goes into the slots of its mould."""

from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from hashlib import blake2b
from typing import Any

from komek.desks.console.demo.pictures import AFTER, BEFORE
from komek.desks.console.fill.city import City
from komek.desks.console.fill.drawing import Drawn
from komek.desks.console.fill.explaining import PHRASES
from komek.desks.console.fill.moulds import Mould
from komek.rooms.cards.rules import CODE_LENGTH, CODE_LETTERS, FIRST_LINE, SECOND_LINE, number_for
from komek.rooms.feedback import rules as feedback
from komek.rooms.routing import rules as routing

# As many codes as there are, and a step that meets each of them once before it begins anew.
CODES = len(CODE_LETTERS) ** CODE_LENGTH
CODE_STEP = 104_729_000_003
HALF = len(CODE_LETTERS) ** (CODE_LENGTH // 2)
TOKEN_BYTES = 18


class Things(dict[str, Any]):
    """What is drawn stands in it from the beginning; what follows from that is worked out when it is asked for."""

    def __init__(self, drawn: Drawn, mould: Mould, city: City, *, ids: Callable[[str, int], int], seed: str) -> None:
        super().__init__(drawn.part.said)
        self.drawn = drawn
        self.mould = mould
        self.city = city
        self.seed = seed
        course = drawn.course
        for name, at in zip(AT, course.times, strict=False):
            self[name] = at
        for name, due_at in zip(DUE, course.promises, strict=False):
            self[name] = due_at
        for name, label, place in mould.own:
            self[name] = ids(label, place)
        self._say_who_and_where(drawn)
        if mould.has_card:
            self["number"] = number_for(course.times[0].astimezone(city.zone).year, drawn.number + 1)
            self["access_code"] = access_code(drawn.number, seed)
        if drawn.fate is not None:
            self._say_what_the_rules_say(drawn)

    def __missing__(self, name: str) -> Any:
        family, _, rest = name.partition(":")
        found = self[name] = WORKED_OUT[family](self, rest)
        return found

    def _say_who_and_where(self, drawn: Drawn) -> None:
        part, place, topic = drawn.part, drawn.part.place, drawn.topic
        self.update(
            resident_id=drawn.resident_id,
            handle_id=drawn.handle_id,
            operator=part.operator.pk,
            caller=part.caller.pk,
            partner_id=part.partner_id,
            outer=part.outer_id,
            language=part.language,
            urgency=part.urgency,
            appeal_kind=part.appeal_kind,
            HAND=part.handed_to,
            topic=part.topic_code,
            group=topic.group_code,
            topic_id=topic.pk,
            article_id=part.article_id,
            place=place.text,
            landmark=place.landmark,
            house=place.house_number,
            street_id=place.street_id,
            house_id=place.house_id,
            district=place.district_code,
            lat=place.lat,
            lon=place.lon,
        )

    def _say_what_the_rules_say(self, drawn: Drawn) -> None:
        part, fate = drawn.part, drawn.fate
        assert fate is not None
        self.update(
            controller=part.controller.pk,
            score=part.score,
            file_photo=part.photo_id,
            file_before=part.proofs.get(BEFORE),
            file_after=part.proofs.get(AFTER),
            legal_due_on=drawn.course.legal_due_on,
            first_line=self.city.name_of(FIRST_LINE, part.language),
            second_line=self.city.name_of(SECOND_LINE, part.language),
        )
        for service, code in enumerate(part.services):
            self._say_service(str(service), code)
        if part.other_service:
            self["other_service"] = part.other_service
            self["other_named"] = self.city.name_of(part.other_service, part.language)
            self[f"dispatcher{OTHER}"] = part.dispatchers[part.other_service].pk
        self["rule_id"], self["priority"], self["norm"] = fate.rule_id, fate.priority, fate.norm
        self["own"] = fate.own
        self["round_the_clock"] = routing.norm_of(fate.norm, fate.priority).round_the_clock
        for place, why in enumerate(fate.whys):
            self[f"why:{place}"] = why

    def _say_service(self, place: str, code: str) -> None:
        part = self.drawn.part
        self[f"service{place}"] = code
        self[f"named{place}"] = self.city.name_of(code, part.language)
        self[f"dispatcher{place}"] = part.dispatchers[code].pk

    def notice(self, place: str) -> str:
        """A text of the city to the resident, filled in."""
        moment, fields = self.mould.notices[int(place)]
        text = self.city.text(moment, self.drawn.part.language)
        said: Mapping[str, str] = {name: str(fill(self)) for name, fill in fields.items() if f"{{{name}}}" in text}
        return feedback.filled(text, said)

    def due_words(self, rest: str) -> str:
        """A promise as it was told at a step."""
        due, step = rest.split(":")
        at = self[f"at:{step}"]
        return feedback.due_words(self[f"due:{due}"], self.drawn.part.language, self.city.zone, at=at)

    def phrase(self, name: str) -> str:
        """What the rooms say in the reader's language."""
        return PHRASES[name][self.drawn.part.language]

    def sentence(self, name: str) -> str:
        """Somebody's words, closed."""
        return feedback.sentence(self[name])

    def seconds(self, rest: str) -> int:
        """How long it was from one step to another."""
        since, until = rest.split(":")
        return int((self[f"at:{until}"] - self[f"at:{since}"]).total_seconds())

    def token(self, place: str) -> str:
        """What leads from a question to its answer."""
        told = blake2b(f"{self.seed}|{self.drawn.number}|{place}".encode(), digest_size=TOKEN_BYTES).digest()
        return urlsafe_b64encode(told).decode()

    def article(self, _: str) -> str:
        """What the knowledge answered."""
        found = self.city.article(self.drawn.part.topic_code, self.drawn.part.language)
        return feedback.plain(found.body) if found else ""


OTHER = 3
LONGEST_LIFE, MOST_PROMISES = 40, 4
AT, DUE = (
    tuple(f"{family}:{place}" for place in range(most))
    for family, most in (("at", LONGEST_LIFE), ("due", MOST_PROMISES))
)
WORKED_OUT: dict[str, Callable[[Things, str], Any]] = {
    name: getattr(Things, name) for name in ("notice", "due_words", "phrase", "sentence", "seconds", "token", "article")
}


def access_code(number: int, seed: str) -> str:
    """A code that no other card of the fill has, and that does not show which card it is of."""
    rest = (number + _first_code(seed)) * CODE_STEP % CODES
    rest, last = divmod(rest, HALF)
    return _half(rest) + _half(last)


@cache
def _first_code(seed: str) -> int:
    return int.from_bytes(blake2b(seed.encode(), digest_size=8).digest(), "big")


@lru_cache(maxsize=HALF)
def _half(rest: int) -> str:
    letters = []
    for _ in range(CODE_LENGTH // 2):
        rest, letter = divmod(rest, len(CODE_LETTERS))
        letters.append(CODE_LETTERS[letter])
    return "".join(letters)
