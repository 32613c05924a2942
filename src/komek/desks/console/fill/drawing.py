"""Draws one card after another: which life it has, when its steps are taken, and who and what it is about."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from komek.desks.console.demo.pictures import BEFORE
from komek.desks.console.fill.chance import GIVEN_UP, Chance, of_card
from komek.desks.console.fill.city import City, Fate, House, NoWay
from komek.desks.console.fill.lives import Life, abandoned
from komek.desks.console.fill.parts import NOWHERE, Part
from komek.desks.console.fill.people import People, Person
from komek.desks.console.fill.steps import Shape, Step
from komek.desks.console.fill.timing import ROUTES, Course, Going, NotInTime
from komek.desks.console.fill.words import Words
from komek.desks.console.fill.year import Year
from komek.rooms.cards.rules import WORK, AppealKind, Kind

S = Step
AT_HOME, QUESTION_HAS_PLACE, URGENT = 0.6, 0.25, 0.06
MOST_TRIES = 40
# Beside so many cards somebody called in vain.
GIVES_UP = 0.05
# What is said at a step, by the name of the occasion and the kind of sentence; a report is told by its outcome.
OCCASIONS = {
    S.ANSWER_BY_HEART: {"answer": "answered"},
    S.EXPLAIN: {"answer": "answered"},
    S.HAND_OVER: {"hand_over": "confirmed"},
    S.ASSIGN: {"assign": "assigned"},
    S.DECLINE: {"decline": "not_mine"},
    S.EXTEND: {"extend": "extended", "resolve": "resolved"},
    S.RESOLVE: {"resolve": "resolved"},
    S.PAUSE: {"pause": "delayed"},
    S.GIVE_BACK: {"give_back": "returned"},
    S.CALL_IN_VAIN: {"not_reached": "not_reached"},
}
REPORTS = {
    S.REPORT: "done",
    S.REPORT_WITH_PHOTO: "done",
    S.REPORT_WITH_PHOTOS: "done",
    S.REPORT_PARTLY: "delayed",
    S.REPORT_IN_VAIN: "no_access",
    S.REPORT_SECOND: "done",
    S.REPORT_THIRD: "done",
}
REPLIES = {S.REFUTE: "refute", S.WITHDRAW: "confirm"}
OF_SERVICES = ("kk", "ru")
EMERGENCY = "112"
APPEAL_KINDS = tuple(AppealKind)


class NoLife(Exception):
    """A city whose rules make of a card what no life of the fill is."""


@dataclass(frozen=True)
class Drawn:
    """One card as it is going to be: so many steps of its life have been taken by now."""

    number: int
    life: Life
    steps: int
    course: Course
    part: Part
    topic: Any
    fate: Fate | None
    resident_id: int | None
    handle_id: int
    # Whether somebody has called in vain beside it.
    gives_up: bool = False


@dataclass
class _Begun:
    """A card while it is drawn."""

    chance: Chance
    topic: Any
    person: Person
    house: House | None
    life: Life = field(default_factory=abandoned)
    course: Course = field(default_factory=Course)
    fate: Fate | None = None


class Drawing:
    """Draws the cards of a year, each from a chance of its own."""

    def __init__(
        self, city: City, year: Year, people: People, words: Words, lives: Iterable[Life], *, partner_id: int
    ) -> None:
        self.city = city
        self.year = year
        self.people = people
        self.words = words
        self.partner_id = partner_id
        self._lives: dict[tuple[Kind, Shape, bool], list[Life]] = defaultdict(list)
        for life in lives:
            self._lives[life.kind, life.shape, life.on_site].append(life)
        self._fitting: dict[tuple[object, ...], tuple[list[Life], list[float]]] = {}

    def card(self, number: int) -> Drawn:
        """The card that comes as this one in the year: the same one whenever and by whomever it is drawn."""
        return self._drawn(number, self._begun(number))

    def times(self, number: int) -> tuple[Life, Course, int]:
        """Only when what happens to it: its life, the times, and how many steps have been taken."""
        begun = self._begun(number)
        return begun.life, begun.course, self._steps(begun.course)

    def _begun(self, number: int) -> _Begun:
        chance = of_card(self.year.seed_number, number)
        matter = self.year.matters[self.year.matter[number]]
        person = self.people.person(self.year.resident[number])
        kind = matter.kind
        if kind is Kind.APPEAL and not person.name:
            # An appeal has a name under it; without one it is done all the same.
            kind = Kind.REQUEST
        begun = _Begun(chance, matter.topic, person, self._house(kind, person, chance))
        self._live(begun, number, kind)
        return begun

    def _drawn(self, number: int, begun: _Begun, *, more: str = "") -> Drawn:
        resident, is_known = self.year.resident[number], bool(self.year.is_known[number])
        return Drawn(
            number=number,
            life=begun.life,
            steps=self._steps(begun.course),
            course=begun.course,
            part=self._part(begun, is_known=is_known, outer_id=f"fill:{self.year.seed}:{number}{more}"),
            topic=begun.topic,
            fate=begun.fate,
            resident_id=begun.person.id if is_known else None,
            handle_id=self.people.handle_of(resident, is_known=is_known),
            gives_up=begun.chance.random() < GIVES_UP,
        )

    def _steps(self, course: Course) -> int:
        return bisect_right(course.times, self.year.until)

    def given_up(self, number: int, life: Life) -> Drawn:
        """The same person calls once more in the same moment, and hangs up before anybody has time."""
        chance = of_card(self.year.seed_number, number, GIVEN_UP)
        topic = self.year.matters[self.year.matter[number]].topic
        begun = _Begun(chance, topic, self.people.person(self.year.resident[number]), None)
        begun.life = life
        begun.course = Going(life, self.city.calendar, chance).draw(self.year.arrived_at(number))
        return self._drawn(number, begun, more=":in vain")

    def _house(self, kind: Kind, person: Person, chance: Chance) -> House | None:
        if kind not in WORK and kind is not Kind.EMERGENCY and chance.random() >= QUESTION_HAS_PLACE:
            return None
        return person.home if chance.random() < AT_HOME else self.city.house(chance)

    def _live(self, begun: _Begun, number: int, kind: Kind) -> None:
        """Find a life that fits what the rules make of the card, and its times."""
        arrived_at, topic, chance = self.year.arrived_at(number), begun.topic, begun.chance
        if kind not in WORK:
            has_article = self.city.article(topic.code, begun.person.language) is not None
            may_wait = self._may_wait(number)
            begun.life = self._pick((kind, Shape(), False), chance, may_wait=may_wait, has_article=has_article)
            begun.course = Going(begun.life, self.city.calendar, chance).draw(arrived_at)
            return
        working = self.city.is_working(arrived_at)
        for _ in range(MOST_TRIES):
            try:
                fate = self.city.fate(topic, begun.house, working=working)
                steady = fate == self.city.fate(topic, begun.house, working=not working)
                key = (kind, fate.shape, bool(topic.on_site))
                life = self._pick(
                    key, chance, may_wait=self._may_wait(number), is_promised=_promises(fate), is_steady=steady
                )
                going = Going(life, self.city.calendar, chance, priority=fate.priority, norm=fate.norm)
                course = going.draw(arrived_at)
            except NotInTime:
                continue
            except NoWay:
                begun.house = self.city.house(chance)
                continue
            routed = next(place for place, step in enumerate(life.steps) if step in ROUTES)
            if steady or self.city.is_working(course.times[routed]) == working:
                begun.life, begun.course, begun.fate = life, course, fate
                return
            # The rules of the night are not those of the day: what counts is when it was written down.
            working = not working
        message = f"No life of the fill fits a {kind} about {topic.code} in {begun.house}."
        raise NoLife(message)

    def _may_wait(self, number: int) -> bool:
        """Whether a card may stand without a topic for a while: not where somebody has come back with it."""
        return not self.year.came_before[number]

    def _pick(
        self,
        key: tuple[Kind, Shape, bool],
        chance: Chance,
        *,
        may_wait: bool,
        is_promised: bool = True,
        is_steady: bool = True,
        has_article: bool = True,
    ) -> Life:
        """One of the lives that are possible: with a promise or without, and whatever the rules say at night."""
        which = (key, may_wait, is_promised, is_steady, has_article)
        if which not in self._fitting:
            fitting = [
                life
                for life in self._lives[key]
                if (may_wait or not life.is_read_late)
                and (is_promised or not life.needs_a_promise)
                and (is_steady or S.REFUTE not in life.steps)
                and (has_article or S.ANSWER not in life.steps)
            ]
            if not fitting:
                message = f"The fill has no life for {which}."
                raise NoLife(message)
            self._fitting[which] = fitting, list(accumulate(life.weight for life in fitting))
        lives, weights = self._fitting[which]
        return chance.choices(lives, cum_weights=weights)[0]

    def _part(self, begun: _Begun, *, is_known: bool, outer_id: str) -> Part:
        city, life, topic, chance = self.city, begun.life, begun.topic, begun.chance
        fate, house, language = begun.fate, begun.house, begun.person.language
        services = fate.services if fate else ()
        other = city.other_service(topic, fate, house, chance) if fate and S.ASSIGN in life.steps else ""
        photos = city.photos(topic.group_code, chance) if fate else {}
        article = city.article(topic.code, language) if S.ANSWER in life.steps else None
        place = city.place(house, language) if house else NOWHERE
        said = dict(self._said(life, topic, language, chance, place=place.text))
        score = 0
        if S.CONFIRM in life.steps:
            said["confirm"], score = self.words.reply("confirm", language, chance)
        return Part(
            language=language,
            topic_code=topic.code,
            said=said,
            place=place,
            urgency="urgent" if life.kind is Kind.EMERGENCY or chance.random() < URGENT else "normal",
            appeal_kind=chance.one(APPEAL_KINDS) if life.kind is Kind.APPEAL else "",
            phone=begun.person.phone,
            name=begun.person.name if is_known else "",
            outer_id=outer_id,
            partner_id=self.partner_id,
            photo_id=photos.get(BEFORE),
            proofs=photos,
            article_id=article.article_id if article else None,
            handed_to=topic.service_code if len(topic.service_code) <= len(EMERGENCY) else EMERGENCY,
            score=score,
            services=services,
            other_service=other,
            operator=city.operator(language, chance),
            caller=chance.one(city.operators),
            controller=chance.one(city.controllers),
            dispatchers={code: city.dispatcher(code, chance) for code in (*services, *([other] if other else []))},
        )

    def _said(self, life: Life, topic: Any, language: str, chance: Chance, *, place: str) -> Iterator[tuple[str, str]]:
        """Every sentence of a life, each under its occasion."""
        own = language if language in OF_SERVICES else chance.one(OF_SERVICES)
        group = topic.group_code
        yield "text", self.words.of_resident(topic.code, life.kind, language, chance, place=place)
        reports = 0
        for step in life.steps:
            for name, outcome in OCCASIONS.get(step, {}).items():
                yield name, self.words.sentence(outcome, own, chance, group=group)
            if step in REPORTS:
                reports += 1
                yield f"report_{reports}", self.words.sentence(REPORTS[step], own, chance, group=group)
            elif step in REPLIES:
                said, _ = self.words.reply(REPLIES[step], language, chance)
                yield step.name.lower(), said


def _promises(fate: Fate) -> bool:
    return fate.norm not in {"now", "handover"}
