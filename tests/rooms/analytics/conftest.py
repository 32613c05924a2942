"""A small city at work: residents who call and write, and everybody who does something about it."""

from datetime import timedelta

import pytest
from tests.fakes.channel import FakeChannel

from komek.platform import facts as platform_facts
from komek.platform import plugs
from komek.platform.models import StoredFile
from komek.registers.catalog import actions as catalog
from komek.rooms.cards import actions as cards
from komek.rooms.cards.rules import CardDraft, Kind
from komek.rooms.channels import actions as channels
from komek.rooms.channels.ports import Channel
from komek.rooms.control import actions as control
from komek.rooms.control.models import Check
from komek.rooms.feedback import actions as feedback
from komek.rooms.feedback.models import Survey
from komek.rooms.intake import actions as intake
from komek.rooms.intake.rules import BY_SWITCH, Arrival
from komek.rooms.routing import actions as routing
from komek.rooms.workorders import actions as workorders
from komek.rooms.workorders.models import Order

# Burst pipes and potholes need hands on site; the group is what topics are counted by.
TOPICS = (
    ("WAT-01", "GRP-WAT", "OSI", "critical", "1h", "no", "yes"),
    ("WAT-02", "GRP-WAT", "SU", "critical", "2h", "no", "yes"),
    ("WAT-04", "GRP-WAT", "SU", "low", "now", "yes", "no"),
    ("HEA-01", "GRP-HEA", "TT", "high", "24h", "no", "no"),
    ("ROA-01", "GRP-ROA", "DOR", "normal", "3wd", "no", "yes"),
    ("EMG-01", "GRP-EMG", "SELF", "critical", "handover", "no", "no"),
)
RULES = (
    ("1", "WAT-02", "*", "", "always", "SU"),
    ("2", "HEA-01", "*", "", "always", "TT"),
    ("3", "ROA-01", "nura", "", "always", "DOR+AKIM-NURA"),
    ("4", "ROA-01", "*", "", "always", "DOR"),
    ("5", "WAT-01", "*", "osi", "always", "@osi"),
)
DAY = 24 * 60
TEXTS = {
    moment: dict.fromkeys(("kk", "ru", "en"), "{number}")
    for moment in ("received", "registered", "answered", "not_ours", "passed_on", "done", "reopened", "delayed")
}


class Town:
    """What people do in the city; times are minutes after Monday, half past nine."""

    def __init__(self, city, at, operator, controller, jobs):
        self.city, self.morning, self.operator, self.controller, self.jobs = city, at, operator, controller, jobs

    def at(self, minutes):
        return self.morning + timedelta(minutes=minutes)

    def arrives(self, minutes, channel="phone", *, person="Әсел", phone="+7 701 555 01 01", language="kk"):
        """Somebody reaches out and waits; who writes has said what it is about."""
        text = "" if channel == "phone" else "Су жоқ"
        arrival = Arrival(channel, text=text, language=language, handle_kind="phone", handle_value=phone, name=person)
        return intake.arrive(arrival, at=self.at(minutes))

    def talks(self, minutes, channel="phone", *, waited=0.2, **who):
        """A contact that the operator has taken."""
        contact = self.arrives(minutes, channel, **who)
        at = self.at(minutes + waited)
        if channel == BY_SWITCH:
            return intake.connected(contact.id, agent=self.operator, at=at)
        return intake.pick(contact.id, by=self.operator, at=at)

    def hangs_up(self, contact, minutes, *, wrap_up=1):
        intake.end(contact.id, by=self.operator, at=self.at(minutes))
        intake.wrap_up(contact.id, by=self.operator, at=self.at(minutes + wrap_up))

    def answers(self, contact, minutes, topic="WAT-04"):
        """A question settled in the contact."""
        draft = CardDraft("Су қашан келеді?", kind=Kind.QUESTION, topic_code=topic, place=self.city.place)
        return cards.answer(
            draft, contact=contact, text="Кешке дейін.", channel=contact.channel, by=self.operator, at=self.at(minutes)
        )

    def registers(self, contact, minutes, topic="WAT-02", *, place=True, kind=Kind.REQUEST):
        """A request that needs hands; routing, orders and clocks follow by themselves."""
        place = self.city.place if place else None
        draft = CardDraft("Құбыр жарылды", kind=kind, topic_code=topic, place=place, language=contact.language)
        return cards.register(draft, contact=contact, channel=contact.channel, by=self.operator, at=self.at(minutes))

    def works(self, card, minutes, *, proofs=1, reason=""):
        """Every service of the card accepts and reports."""
        for order in Order.objects.filter(card=card, ended_at=None).order_by("id"):
            if order.accepted_at is None:
                workorders.accept(order.id, at=self.at(minutes - 1))
            shown = [(self.photo(minutes).id, "after") for _ in range(proofs)]
            workorders.report_done(
                order.id, outcome="done", proofs=shown, reason_code=reason, at=self.at(minutes), text="Жасалды"
            )

    def accepts(self, card, minutes, outcome="done"):
        check = Check.objects.get(card=card, decided_at=None)
        control.accept(check.id, by=self.controller, outcome=outcome, at=self.at(minutes))
        self.runs(minutes)

    def returns(self, card, minutes):
        check = Check.objects.get(card=card, decided_at=None)
        control.give_back(check.id, reason="Шұңқыр қалды", by=self.controller, at=self.at(minutes))

    def confirms(self, card, minutes, score=5):
        survey = Survey.objects.filter(card=card).latest("id")
        feedback.confirm(survey.token, score=score, at=self.at(minutes))

    def refutes(self, card, minutes):
        survey = Survey.objects.filter(card=card).latest("id")
        feedback.refute(survey.token, reason="Су әлі ағып жатыр", at=self.at(minutes))
        self.runs(minutes)

    def photo(self, minutes):
        return StoredFile.objects.create(
            sha256=f"{minutes:064}",
            kind="image",
            media_type="image/webp",
            size=1,
            purpose="proof",
            stored_at=self.at(minutes),
        )

    def hears(self, contact, minutes, text="Қашан келесіздер?"):
        return channels.hear(contact.conversation, text=text, at=self.at(minutes))

    def replies(self, contact, minutes, text="Келе жатыр"):
        channels.tell(contact.conversation, text=text, by=self.operator, at=self.at(minutes))
        self.runs(minutes)

    def runs(self, minutes):
        """The work put off until after the commit is done; what goes out, goes out in the time of this city."""
        while self.jobs.waiting:
            task, arguments = self.jobs.waiting.pop(0)
            if task is channels.deliver:
                channels.send(**arguments, at=self.at(minutes))
            else:
                task(**arguments)


@pytest.fixture
def town(city, at, aigerim, olzhas, held_jobs):
    """The city with topics on site, rules, texts and two lines to it."""
    for name in ("phone", "telegram"):
        plugs.plug_in(Channel, name, Reachable())
    columns = ("code", "group", "service", "priority", "deadline", "first_line", "on_site", "topic_kk")
    published = catalog.publish(
        (dict(zip(columns, (*row, row[0]), strict=True)) for row in TOPICS), at=at - timedelta(days=2)
    )
    assert not published.report.errors
    columns = ("order", "topic", "district", "house_duty", "hours", "services")
    routing.publish((dict(zip(columns, row, strict=True)) for row in RULES), by=None, at=at - timedelta(days=1))
    feedback.set_texts(TEXTS)
    return Town(city, at, aigerim, olzhas, held_jobs)


class Reachable(FakeChannel):
    """Delivers to anybody: what is counted here is when."""

    def send(self, *, to, text):
        return super().send(to=to or "somebody", text=text)


@pytest.fixture
def catch_up():
    return platform_facts.catch_up


@pytest.fixture
def three_weeks(town):
    """A bit of everything that can happen to a contact, a card and a message."""
    return everything_happens(town)


def everything_happens(town):
    """A few weeks of the city, by the names of the cards."""
    happened = {}
    for tell in (_answered, _worked_on, _not_theirs, _over_early, _back_again):
        tell(town, happened)
    town.runs(6 * DAY + 4)
    return happened


def _answered(town, happened):
    """Asel asks, and asks again two days later, so the first answer was none."""
    asked = town.talks(0)
    happened["asked"] = town.answers(asked, 2)
    town.hangs_up(asked, 3)
    again = town.talks(2 * DAY, waited=0.5)
    happened["asked again"] = town.answers(again, 2 * DAY + 2)
    town.hangs_up(again, 2 * DAY + 4)


def _worked_on(town, happened):
    """A burst main in time, another late and refuted, and a pothole that was paused, extended and returned."""
    bolat = {"person": "Болат", "phone": "+7 701 555 02 02"}
    burst = town.talks(10, **bolat)
    happened["burst"] = card = town.registers(burst, 12)
    town.hangs_up(burst, 13, wrap_up=2)
    town.works(card, 60)
    town.accepts(card, 70)
    town.confirms(card, 100)

    late = town.talks(20, **bolat)
    happened["late"] = card = town.registers(late, 21)
    town.hangs_up(late, 22)
    routing.miss_deadlines(at=town.at(200))
    town.works(card, 300, proofs=0, reason="nothing_to_show")
    town.accepts(card, 310)
    town.refutes(card, DAY + 100)
    town.works(card, DAY + 200)
    town.accepts(card, DAY + 210)
    town.confirms(card, DAY + 220, score=3)

    hole = town.talks(30, "telegram", person="Дамир", phone="+7 701 555 03 03", language="ru")
    happened["hole"] = card = town.registers(hole, 32, "ROA-01")
    town.hangs_up(hole, 33)
    routing.pause(card.id, reason="Аяз", by=town.controller, at=town.at(100))
    routing.resume(card.id, by=town.controller, at=town.at(DAY))
    routing.extend(card.id, norm="2wd", reason="Асфальт жоқ", by=town.controller, at=town.at(DAY + 10))
    town.works(card, 2 * DAY)
    town.returns(card, 2 * DAY + 30)
    town.works(card, 3 * DAY, proofs=2)
    town.accepts(card, 3 * DAY + 30)
    town.replies(hole, 40)
    town.hears(hole, 5 * DAY)
    town.hears(hole, 5 * DAY + 5)
    town.replies(hole, 5 * DAY + 20)
    town.hears(hole, 6 * DAY)


def _not_theirs(town, happened):
    """A cold flat: declined, assigned by hand, its topic corrected; open and overdue to this day."""
    cold = town.talks(50, person="", phone="")
    happened["cold"] = card = town.registers(cold, 51, "HEA-01")
    town.hangs_up(cold, 52)
    workorders.decline(Order.objects.get(card=card).id, reason="Біздікі емес", at=town.at(55))
    routing.assign(card.id, service_code="SU", reason="Су суық", by=town.controller, at=town.at(60))
    card.refresh_from_db()
    cards.correct(card.id, revision=card.revision, topic_code="WAT-02", by=town.controller, at=town.at(65))
    routing.miss_deadlines(at=town.at(DAY))


def _over_early(town, happened):
    """Withdrawn while its clock stands; read and explained; given up; put back; settled without an operator."""
    gone = town.talks(70, person="Гүлнар", phone="+7 701 555 04 04")
    happened["gone"] = card = town.registers(gone, 71, "ROA-01", place=False)
    routing.pause(card.id, reason="Тұрғын үйде жоқ", by=town.controller, at=town.at(75))
    cards.withdraw(card.id, by=town.operator, at=town.at(DAY + 80))
    town.hangs_up(gone, 74)

    written = town.arrives(80, "telegram", person="Жанна", phone="+7 701 555 05 05")
    happened["written"] = card = cards.receive(contact=written, text="Жылу жоқ", place=None, at=town.at(80))
    town.runs(81)
    intake.pick(written.id, by=town.operator, at=town.at(90))
    cards.explain(
        CardDraft("Жылу жоқ", kind=Kind.QUESTION, topic_code="HEA-01"),
        contact=written,
        text="106-ға хабарласыңыз",
        channel="telegram",
        by=town.operator,
        at=town.at(92),
        card_id=card.id,
    )
    town.runs(93)
    town.hangs_up(written, 93)

    intake.abandon(town.arrives(95).id, at=town.at(95.05))
    intake.abandon(town.arrives(96).id, at=town.at(97))

    twice = town.talks(98)
    intake.put_back(twice.id, reason="Байланыс үзілді", by=town.operator, at=town.at(99))
    intake.connected(twice.id, agent=town.operator, at=town.at(101))
    happened["twice"] = town.answers(twice, 102, "HEA-01")

    settled = town.arrives(110, "telegram")
    draft = CardDraft("Шұңқыр", topic_code="ROA-01")
    happened["settled"] = cards.register(draft, contact=settled, channel="telegram", by=None, at=town.at(110))
    intake.settle(settled.id, at=town.at(110))
    town.runs(111)


def _back_again(town, happened):
    """An answer that becomes work, work reopened under check, and a call that the first seat lets ring."""
    cards.reopen(happened["asked"].id, reason="Су әлі жоқ", at=town.at(3 * DAY), by=town.operator)
    town.works(happened["settled"], 4 * DAY)
    cards.reopen(happened["settled"].id, reason="Тұрғын айтты", at=town.at(4 * DAY + 5), by=town.operator)

    intake.take_seat(town.operator, at=town.at(6 * DAY))
    ringing = town.arrives(6 * DAY + 1)
    intake.ring(ringing.id, agent=town.operator, at=town.at(6 * DAY + 1))
    intake.not_answered(ringing.id, agent=town.operator, at=town.at(6 * DAY + 2))
    intake.take_seat(town.operator, at=town.at(6 * DAY + 3))
    intake.ring(ringing.id, agent=town.operator, at=town.at(6 * DAY + 3))
    intake.connected(ringing.id, agent=town.operator, at=town.at(6 * DAY + 3.1))
