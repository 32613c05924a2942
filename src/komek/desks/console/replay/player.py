"""Takes one request through the whole line by the actions, with the clock of the file."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from komek.desks.console.deferred import Deferred
from komek.desks.console.replay.requests import Request
from komek.registers.catalog import queries as catalog
from komek.registers.places import queries as places
from komek.registers.places.rules import Place
from komek.registers.staff import actions as staff
from komek.registers.staff import queries as staff_queries
from komek.registers.staff.rules import Role, UnknownAgent
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft, Outcome
from komek.rooms.channels import queries as channels
from komek.rooms.control import actions as control
from komek.rooms.control import queries as checks
from komek.rooms.feedback import actions as feedback
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import Arrival
from komek.rooms.routing import actions as routing
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders import queries as orders
from komek.rooms.workorders.rules import Outcome as Reported
from komek.rooms.workorders.rules import Reason

if TYPE_CHECKING:
    from komek.registers.staff.models import Agent

CHANNEL = "webform"
LANGUAGE = "ru"
NOT_MINE = "Не относится к нашей компетенции"
SENT_ON = "Передано по принадлежности"
NOT_CONTENT = "Проблема не решена, обращение подано повторно"


class OtherCity(Exception):
    """The file speaks of things that the loaded city does not have."""


@dataclass(frozen=True)
class Codes:
    """The codes that the loaded city has given to the names of the file."""

    topics: dict[str, str]
    districts: dict[str, str]
    services: dict[str, str]

    def check(self, request: Request) -> None:
        """Refuse a request whose names the city does not know."""
        for what, name, known in (
            ("topic", request.reason, self.topics),
            ("district", request.district, self.districts),
            ("service", request.body, self.services),
        ):
            if name and name not in known:
                message = (
                    f"The city that is loaded has no {what} «{name}». Load the pack that `komek city from-requests` "
                    "made of this file, into a KOMEK_HOME of its own."
                )
                raise OtherCity(message)


@dataclass(frozen=True)
class Cast:
    """Who reads and who checks in a replay; nobody can sign in as them."""

    reader: "Agent"
    checker: "Agent"


def known_codes() -> Codes:
    """Name → code, of topics, districts and services."""
    return Codes(
        topics={topic.name_ru: topic.code for topic in catalog.topics()},
        districts={district.name_ru.removesuffix(" район"): district.code for district in places.districts()},
        services={service.name_ru: code for code, service in staff_queries.services().items()},
    )


def cast() -> Cast:
    """Hire the two, or find them hired."""
    return Cast(
        reader=_hired("replay.reader", "Чтец обращений", Role.OPERATOR),
        checker=_hired("replay.checker", "Проверяющий", Role.CONTROLLER),
    )


def _hired(username: str, name: str, role: Role) -> "Agent":
    try:
        return staff_queries.agent_named(username)
    except UnknownAgent:
        return staff.hire(username=username, name=name, role=role, languages=[LANGUAGE], language=LANGUAGE)


class Player:
    """Plays requests, each in full; call it inside the transaction that keeps them."""

    def __init__(self, codes: Codes, people: Cast, later: Deferred) -> None:
        self.codes = codes
        self.people = people
        self.later = later

    def play(self, request: Request) -> None:
        """Carry one request from its arrival to where the file leaves it."""
        card_id = self._arrive(request)
        self._register(card_id, request)
        began = request.moderated_at
        answers = request.answered_at
        for petition in range(1, request.petitions + 1):
            order_id = self._give_to_the_body(card_id, request, at=began)
            if order_id is not None:
                workorders.accept(order_id, at=began)
            self._note_interim(card_id, request, petition)
            if petition > len(answers) or order_id is None:
                return
            answered = answers[petition - 1]
            # The file's photographs are gone, so there is nothing to show.
            workorders.report_done(order_id, outcome=Reported.DONE, reason_code=Reason.NOTHING_TO_SHOW, at=answered)
            self.later.run(at=answered)
            if petition < request.petitions:
                self._petition_again(card_id, at=answered)
                began = answered
        if request.closed_at is not None:
            self._close(card_id, request, at=request.closed_at)

    def _arrive(self, request: Request) -> int:
        arrival = Arrival(
            channel=CHANNEL,
            text=request.text,
            language=LANGUAGE,
            handle_kind="account",
            handle_value=request.author,
            outer_id=outer_id(request),
        )
        card = cards.take_in(arrival, draft=self._draft(request, topic=None), at=request.created_at)
        self.later.run(at=request.created_at)
        assert card.contact_id is not None
        intake.pick(card.contact_id, by=self.people.reader, at=request.moderated_at)
        return card.id

    def _register(self, card_id: int, request: Request) -> None:
        """The portal's moderator reads the message and gives it its reason."""
        at = request.moderated_at
        draft = self._draft(request, topic=self.codes.topics[request.reason])
        card = cards.classify(card_id, draft=draft, by=self.people.reader, at=at)
        assert card.contact_id is not None
        intake.wrap_up(card.contact_id, by=self.people.reader, at=at)
        self.later.run(at=at)

    def _draft(self, request: Request, *, topic: str | None) -> CardDraft:
        place = Place(
            text=request.address or request.district,
            lat=request.lat,
            lon=request.lon,
            district_code=self.codes.districts[request.district],
        )
        return CardDraft(text=request.text, language=LANGUAGE, topic_code=topic, place=place)

    def _give_to_the_body(self, card_id: int, request: Request, *, at: datetime) -> int | None:
        """Where our rules sent it somewhere else, that service declines and the second line sends it on.

        When this happened in the city is not in the file; here it happens at once. Of a request that nobody has
        answered yet the body is not known, and it stays where our rules sent it.
        """
        live = orders.live(card_id).order_by("id").first()
        body = self.codes.services.get(request.body, "")
        if body and (live is None or live.service_code != body):
            if live is not None:
                workorders.decline(live.id, reason=NOT_MINE, at=at)
            routing.assign(card_id, service_code=body, reason=SENT_ON, by=self.people.checker, at=at)
            live = orders.live(card_id).order_by("id").last()
        self.later.run(at=at)
        return live.id if live else None

    def _note_interim(self, card_id: int, request: Request, petition: int) -> None:
        """An interim answer stands in the history of the petition in which it came."""
        at, answers = request.interim_at, request.answered_at
        if at is None:
            return
        came_in = 1 + sum(answered < at for answered in answers[: request.petitions - 1])
        if petition == came_in:
            cards.note(card_id, verb="interim_answer", note="", by=None, at=at)

    def _petition_again(self, card_id: int, *, at: datetime) -> None:
        """The resident was not content with the answer: the same number is open again.

        The file says that they petitioned again, not when; here it is right after the answer.
        """
        self._accept(card_id, at=at)
        survey = feedback.ask(card_id, at=at)
        assert survey is not None
        feedback.refute(survey.token, reason=NOT_CONTENT, at=at)
        self.later.run(at=at)

    def _close(self, card_id: int, request: Request, *, at: datetime) -> None:
        self._accept(card_id, at=at)
        survey = feedback.ask(card_id, at=at)
        if survey is not None and request.satisfied:
            feedback.confirm(survey.token, at=at)
        self.later.run(at=at)

    def _accept(self, card_id: int, *, at: datetime) -> None:
        control.accept(checks.open_check(card_id).id, outcome=Outcome.DONE, by=self.people.checker, at=at)


def outer_id(request: Request) -> str:
    """What the portal calls the request; the same request twice is one contact."""
    return f"replay:{request.outer_id}"


def is_played(request: Request) -> bool:
    """Whether the request is in the database already."""
    return channels.known(CHANNEL, partner_id=None, outer_id=outer_id(request)) is not None
