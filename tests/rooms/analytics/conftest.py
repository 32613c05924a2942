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
from komek.rooms.intake.rules import Arrival
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
TEXTS = {
    moment: {language: "{number}" for language in ("kk", "ru", "en")}
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
        return intake.pick(contact.id, by=self.operator, at=self.at(minutes + waited))

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
        draft = CardDraft(
            "Құбыр жарылды", kind=kind, topic_code=topic, place=self.city.place if place else None, language="kk"
        )
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

    def hears(self, contact, minutes, text="Тағы не болды?"):
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
    day = 24 * 60
    town_cards = {}

    asked = town.talks(0)
    town_cards["asked"] = town.answers(asked, 2)
    town.hangs_up(asked, 3)

    # She comes back on the same topic two days later, so the answer was none.
    again = town.talks(2 * day, waited=0.5)
    town_cards["asked again"] = town.answers(again, 2 * day + 2)
    town.hangs_up(again, 2 * day + 4)

    # A burst main in time, with a photo, confirmed.
    burst = town.talks(10, person="Болат", phone="+7 701 555 02 02")
    town_cards["burst"] = card = town.registers(burst, 12)
    town.hangs_up(burst, 13, wrap_up=2)
    town.works(card, 60)
    town.accepts(card, 70)
    town.confirms(card, 100)

    # Another one late and without a photo, refuted, done again and confirmed.
    late = town.talks(20, person="Болат", phone="+7 701 555 02 02")
    town_cards["late"] = card = town.registers(late, 21)
    town.hangs_up(late, 22)
    routing.miss_deadlines(at=town.at(200))
    town.works(card, 300, proofs=0, reason="nothing_to_show")
    town.accepts(card, 310)
    town.refutes(card, day + 100)
    town.works(card, day + 200)
    town.accepts(card, day + 210)
    town.confirms(card, day + 220, score=3)

    # A pothole in Nura goes to two services, is returned once, corrected, paused and extended.
    hole = town.talks(30, "telegram", person="Дамир", phone="+7 701 555 03 03", language="ru")
    town_cards["hole"] = card = town.registers(hole, 32, "ROA-01")
    town.hangs_up(hole, 33)
    routing.pause(card.id, reason="Аяз", by=town.controller, at=town.at(100))
    routing.resume(card.id, by=town.controller, at=town.at(day))
    routing.extend(card.id, norm="2wd", reason="Асфальт жоқ", by=town.controller, at=town.at(day + 10))
    town.works(card, 2 * day)
    town.returns(card, 2 * day + 30)
    town.works(card, 3 * day, proofs=2)
    town.accepts(card, 3 * day + 30)
    town.replies(hole, 40)
    town.hears(hole, 5 * day)
    town.hears(hole, 5 * day + 5)
    town.replies(hole, 5 * day + 20)
    town.hears(hole, 6 * day)

    # Cold flat: declined by the heating company, assigned by hand, topic corrected, still open and overdue.
    cold = town.talks(50, person="", phone="")
    town_cards["cold"] = card = town.registers(cold, 51, "HEA-01")
    town.hangs_up(cold, 52)
    order = Order.objects.get(card=card)
    workorders.decline(order.id, reason="Біздікі емес", at=town.at(55))
    routing.assign(card.id, service_code="SU", reason="Су суық", by=town.controller, at=town.at(60))
    card.refresh_from_db()
    cards.correct(card.id, revision=card.revision, topic_code="WAT-02", by=town.controller, at=town.at(65))
    routing.miss_deadlines(at=town.at(day))

    # Withdrawn while its clock stands; answered after it was read from a web form; given up; put back; settled.
    gone = town.talks(70, person="Гүлнар", phone="+7 701 555 04 04")
    town_cards["gone"] = card = town.registers(gone, 71, "ROA-01", place=False)
    routing.pause(card.id, reason="Тұрғын үйде жоқ", by=town.controller, at=town.at(75))
    cards.withdraw(card.id, by=town.operator, at=town.at(day + 80))
    town.hangs_up(gone, 74)
    written = town.arrives(80, "telegram", person="Жанна", phone="+7 701 555 05 05")
    town_cards["written"] = cards.receive(contact=written, text="Жылу жоқ", place=None, at=town.at(80))
    town.runs(81)
    intake.pick(written.id, by=town.operator, at=town.at(90))
    draft = CardDraft("Жылу жоқ", kind=Kind.QUESTION, topic_code="HEA-01")
    cards.explain(
        draft,
        contact=written,
        text="106-ға хабарласыңыз",
        channel="telegram",
        by=town.operator,
        at=town.at(92),
        card_id=town_cards["written"].id,
    )
    town.runs(93)
    town.hangs_up(written, 93)
    intake.abandon(town.arrives(95).id, at=town.at(95.05))
    intake.abandon(town.arrives(96).id, at=town.at(97))
    twice = town.talks(98)
    intake.put_back(twice.id, reason="Байланыс үзілді", by=town.operator, at=town.at(99))
    intake.pick(twice.id, by=town.operator, at=town.at(101))
    town_cards["twice"] = town.answers(twice, 102, "HEA-01")
    settled = town.arrives(110, "telegram")
    town_cards["settled"] = cards.register(
        CardDraft("Шұңқыр", topic_code="ROA-01"), contact=settled, channel="telegram", by=None, at=town.at(110)
    )
    intake.settle(settled.id, at=town.at(110))
    town.runs(111)

    # An answer that was none is reopened and becomes work; work under check is reopened before it is closed.
    cards.reopen(town_cards["asked"].id, reason="Су әлі жоқ", at=town.at(3 * day), by=town.operator)
    town.works(town_cards["settled"], 4 * day)
    cards.reopen(town_cards["settled"].id, reason="Тұрғын қоңырау шалды", at=town.at(4 * day + 5), by=town.operator)

    # Offered to somebody who does not answer, and to the next.
    intake.take_seat(town.operator, at=town.at(6 * day))
    ringing = town.arrives(6 * day + 1)
    intake.withdraw_expired_offers(at=town.at(6 * day + 2))
    intake.take_seat(town.operator, at=town.at(6 * day + 3))
    intake.accept(ringing.id, by=town.operator, at=town.at(6 * day + 3.1))
    town.runs(6 * day + 4)
    return town_cards
