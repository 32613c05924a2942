"""109 rings: a real switch, real callers, and the register behind them; operators with telephones on their desks."""

import asyncio
from datetime import timedelta

import pytest
from tests.fixtures.following import asked, eventually, following, until
from tests.fixtures.tones import heard, loudest
from tests.fixtures.town import the_call

from komek.adapters.asterisk import astdb
from komek.adapters.asterisk import following as following_module
from komek.platform.clock import now
from komek.rooms.calls import actions as calls
from komek.rooms.calls import queries, rules
from komek.rooms.calls.models import Call, CallBack, HandOver, Joining, JournalEntry, PhoneSeat
from komek.rooms.calls.rules import Ear, State, Wish
from komek.rooms.intake import actions as intake
from komek.rooms.intake import queries as contacts
from komek.rooms.intake.models import Contact
from komek.rooms.knowledge import actions as knowledge
from komek.rooms.knowledge.rules import BulletinDraft, Severity

pytestmark = [pytest.mark.django_db(transaction=True)]

NUMBER, ANOTHER = "+77015550142", "+77015550143"


def test_a_caller_waits_in_the_queue_of_the_language_they_chose(town, aigerim):
    async def story():
        async with town() as living, following(living.switch):
            await living.exchange.ring_city(number=NUMBER, keys="2")
            return await until(the_call)

    call = asyncio.run(story())

    assert (call.number, call.language, call.contact.channel) == (NUMBER, "ru", "phone")
    assert call.contact.conversation.handle.value == NUMBER


def test_a_call_is_heard_on_both_sides_recorded_and_ends_in_a_wrap_up(town, aigerim):
    async def story():
        async with town() as living, following(living.switch):
            await living.sits(aigerim, 1)
            me = await living.exchange.ring_city(number=NUMBER, tone=1000, keys="2")
            call = await until(the_call, State.TALKING)
            await until(lambda: heard(living.raw(call, "tx"), 440))
            await until(lambda: loudest(living.exchange.sound("op001")) == pytest.approx(1000, abs=5))
            await living.exchange.hang_up(me)
            await until(the_call, State.ENDED)
            await until(lambda: contacts.seat(aigerim).state == "wrap_up")
            await eventually(lambda: living.all_are("wrap_up"))
            await asked(intake.wrap_up, call.contact_id, by=aigerim, at=now())
            await eventually(lambda: living.all_are(""))
            told = next(one for one in living.exchange.events if one.get("UserEvent") == "Answered")
            return call, living.raw(call, "rx"), living.exchange.sound(me), told

    call, rx, heard_by_caller, told = asyncio.run(story())

    assert loudest(rx, skip=0.5) == pytest.approx(1000, abs=5)
    assert loudest(heard_by_caller, skip=0.5) == pytest.approx(440, abs=5)
    assert call.agent == aigerim
    assert [told.get(name) for name in ("Call", "From", "Lang")] == [call.unique_id, NUMBER, "ru"]


def test_an_operator_who_hangs_up_is_done_with_the_caller(town, aigerim):
    async def story():
        async with town() as living, following(living.switch):
            await living.sits(aigerim, 1)
            await living.exchange.ring_city(number=NUMBER, keys="2")
            await until(the_call, State.TALKING)
            await living.exchange.hang_up_at("op001")
            await until(lambda: JournalEntry.objects.filter(what="gone").first())

    asyncio.run(story())

    assert JournalEntry.objects.filter(what="entered").count() == 1, "nobody is brought back who was not lost"


def test_a_telephone_that_is_not_answered_pauses_its_desk_and_the_next_one_rings(town, aigerim, madina):
    async def story():
        async with town() as living, following(living.switch):
            await living.sits(aigerim, 9)
            await living.exchange.ring_city(number=NUMBER, keys="2")
            await until(lambda: contacts.offered(aigerim))
            await until(lambda: contacts.seat(aigerim).state == "break")
            await living.sits(madina, 1)
            return await until(the_call, State.TALKING)

    assert asyncio.run(story()).agent == madina


def test_a_caller_goes_on_while_we_are_away_and_is_known_when_we_are_back(town, aigerim):
    async def story():
        async with town() as living:
            async with following(living.switch):
                await living.sits(aigerim, 1)
                await eventually(living.members)
            me = await living.exchange.ring_city(number=NUMBER, keys="2")
            await until(living.exchange.answered, "op001")
            await living.exchange.hang_up(me)
            async with following(living.switch):
                return await until(the_call, State.ENDED)

    call = asyncio.run(story())

    assert (call.agent, call.contact.state) == (aigerim, "wrap_up")
    assert JournalEntry.objects.filter(what="entered").count() == Contact.objects.count() == 1


def test_calls_that_a_dying_switch_has_cut_off_end_and_who_waited_is_called_back(town, aigerim, monkeypatch):
    monkeypatch.setattr(following_module, "ENDINGS_SECONDS", 1.0)
    monkeypatch.setattr(rules, "SHORTEST_WAIT", timedelta(0))

    async def story():
        async with town() as living, following(living.switch):
            await living.sits(aigerim, 1)
            await living.exchange.ring_city(number=NUMBER, keys="2")
            await until(the_call, State.TALKING)
            await living.exchange.ring_city(number=ANOTHER, keys="2")
            await until(the_call, State.WAITING)
            living.switch.kill()
            await asyncio.to_thread(living.switch.process.wait)
            await asyncio.to_thread(living.switch.start)
            await until(CallBack.objects.first)
            return await until(the_call, State.ENDED), await until(the_call, State.ABANDONED)

    talked, waited = asyncio.run(story())

    assert (talked.agent, talked.contact.state) == (aigerim, "wrap_up")
    assert waited.number == ANOTHER


def test_a_life_in_danger_is_handed_over_and_the_operator_may_leave(town, aigerim):
    async def story():
        async with town() as living, following(living.switch):
            await living.sits(aigerim, 1)
            me = await living.exchange.ring_city(number=NUMBER, tone=1000, keys="0")
            call = await until(the_call, State.TALKING)
            assert call.urgent
            await asked(calls.hand_over, call.unique_id, service="112", by=aigerim, at=now())
            await until(lambda: HandOver.objects.filter(answered_at__isnull=False).first())
            await until(lambda: heard(living.exchange.sound("service-112"), 1000))
            await living.exchange.hang_up_at("op001")
            await until(lambda: contacts.seat(aigerim).state == "wrap_up")
            await until(lambda: loudest(living.exchange.sound(me)) == pytest.approx(1120, abs=5))
            still = loudest(living.raw(call, "rx"))
            await living.exchange.hang_up(me)
            await until(the_call, State.ENDED)
            return still, await asked(HandOver.objects.get)

    still, handover = asyncio.run(story())

    assert still == pytest.approx(1000, abs=5), "the recording goes on in the conference"
    assert handover.rang_at is not None
    assert handover.ended_at is not None


@pytest.mark.parametrize("died", ["asked", "moved", "ringing", "answered"])
def test_a_life_in_danger_is_handed_over_although_we_die_on_the_way(town, aigerim, died):
    def begun(**told):
        return HandOver.objects.filter(begun_at__isnull=False, **told).first()

    async def story():
        async with town() as living:
            async with following(living.switch):
                await living.sits(aigerim, 1)
                me = await living.exchange.ring_city(number=NUMBER, tone=1000, keys="0")
                call = await until(the_call, State.TALKING)
                if died != "asked":
                    await asked(calls.hand_over, call.unique_id, service="112", by=aigerim, at=now())
                    await until(
                        begun,
                        **{"ringing": {"rang_at__isnull": False}, "answered": {"answered_at__isnull": False}}.get(
                            died, {}
                        ),
                    )
            if died == "asked":
                await asked(calls.hand_over, call.unique_id, service="112", by=aigerim, at=now())
            if died == "moved":
                # Both are in the room, and nobody was left to write it down.
                await asked(HandOver.objects.update, begun_at=None)
            async with following(living.switch):
                await until(begun, answered_at__isnull=False)
                await until(lambda: heard(living.exchange.sound("service-112"), 1000))
                await until(lambda: heard(living.exchange.sound(me), 1120))
            return [one.get("Number") for one in living.exchange.events if one.get("UserEvent") == "Rang"]

    assert asyncio.run(story()).count("112") == 1, "the service is called once"


def test_a_service_that_is_silent_is_followed_by_the_last_resort(town, aigerim):
    async def story():
        async with town() as living, following(living.switch):
            await living.sits(aigerim, 1)
            await living.exchange.ring_city(number=NUMBER, keys="0")
            call = await until(the_call, State.TALKING)
            await asked(calls.hand_over, call.unique_id, service="101", by=aigerim, at=now())
            return await until(lambda: HandOver.objects.filter(answered_at__isnull=False).first(), seconds=45)

    handover = asyncio.run(story())

    assert [one["service"] for one in handover.ways] == ["101", "101"]
    assert handover.answered_at > handover.rang_at


def test_a_service_that_hangs_up_leaves_nobody_alone(town, aigerim, madina):
    async def story():
        async with town() as living, following(living.switch):
            await living.sits(aigerim, 1)
            await living.exchange.ring_city(number=NUMBER, keys="0")
            call = await until(the_call, State.TALKING)
            await asked(calls.hand_over, call.unique_id, service="112", by=aigerim, at=now())
            await until(lambda: HandOver.objects.filter(answered_at__isnull=False).first())
            await living.sits(madina, 2)
            await living.exchange.hang_up_at("op001")
            await until(lambda: contacts.seat(aigerim).state == "wrap_up")
            await living.exchange.hang_up_at("112")
            return await until(lambda: Call.objects.filter(agent=madina, state=State.TALKING).first())

    assert asyncio.run(story()).urgent


def test_a_wish_to_be_called_back_is_kept_and_fulfilled(town, aigerim):
    async def story():
        async with town() as living, following(living.switch):
            # Language, then in the queue: call me back; and yes, at this number, as often as it takes.
            await living.exchange.ring_city(number=NUMBER, keys=f"2{'w' * 12}{'1wwww' * 15}")
            wish = await until(CallBack.objects.first, seconds=40)
            await living.sits(aigerim, 1)
            await until(lambda: CallBack.objects.filter(state=Wish.DONE).first(), seconds=40)
            return wish, await until(lambda: Call.objects.filter(agent=aigerim, state=State.TALKING).first())

    wish, call = asyncio.run(story())

    assert (wish.number, call.number, call.language) == (NUMBER, NUMBER, "ru")
    assert queries.open_call_backs() == []


def test_a_supervisor_listens_unheard_whispers_and_it_is_written_down(town, aigerim, saule):
    async def story():
        async with town() as living, following(living.switch):
            await living.sits(aigerim, 1)
            await asked(PhoneSeat.objects.create, number=2, agent=saule, taken_at=now())
            me = await living.exchange.ring_city(number=NUMBER, tone=1000, keys="2")
            await until(the_call, State.TALKING)
            await asked(calls.join, aigerim, ear=Ear.LISTEN, by=saule, at=now())
            await until(lambda: Joining.objects.filter(began_at__isnull=False).first())
            await until(
                lambda: heard(living.exchange.sound("op002"), 1000) and heard(living.exchange.sound("op002"), 440)
            )
            unheard = heard(living.exchange.sound("op001"), 480), heard(living.exchange.sound(me), 480)
            await living.exchange.hang_up_at("op002")
            await until(lambda: Joining.objects.filter(ended_at__isnull=False).first())
            await asked(calls.join, aigerim, ear=Ear.WHISPER, by=saule, at=now())
            await until(lambda: heard(living.exchange.sound("op001"), 480))
            whispered = loudest(living.exchange.sound(me))
            await living.exchange.hang_up(me)
            await until(lambda: Joining.objects.filter(ended_at__isnull=False).count() == 2)
            rung = [
                one.get("Join") for one in living.exchange.events if one.get("Number") == "op002" and one.get("Join")
            ]
            return rung, unheard, whispered

    rung, unheard, whispered = asyncio.run(story())

    assert unheard == (False, False), "whoever listens is heard by nobody"
    assert whispered == pytest.approx(440, abs=5)
    assert rung == ["listen", "whisper"], "their telephone knows why it rings"
    assert [one.ear for one in Joining.objects.order_by("id")] == ["listen", "whisper"]
    assert all(one.ended_at >= one.began_at for one in Joining.objects.all())


def test_a_wrap_up_ends_although_nobody_of_ours_is_left_to_end_it(town, aigerim):
    async def story():
        async with town() as living:
            async with following(living.switch):
                await living.sits(aigerim, 1)
                me = await living.exchange.ring_city(number=NUMBER, keys="2")
                await until(the_call, State.TALKING)
                await living.exchange.hang_up(me)
                await eventually(lambda: living.all_are("wrap_up"))
                await eventually(lambda: astdb.get(living.client, "busy", "op001"))
            # So long ago that she must be done, and we must be dead.
            long_ago = str(int(now().timestamp()) - 3600)
            await astdb.put(living.client, "busy", "op001", long_ago)
            await astdb.put(living.client, "heart", "beat", long_ago)
            await eventually(lambda: living.all_are(""))
            return await astdb.get(living.client, "busy", "op001")

    assert asyncio.run(story()) == ""


def test_a_break_is_ended_by_nobody_else(town, aigerim):
    async def story():
        async with town() as living, following(living.switch):
            await living.sits(aigerim, 1)
            await eventually(living.members)
            await asked(intake.take_break, aigerim, reason="lunch", at=now())
            await eventually(lambda: living.all_are("break"))
            return await astdb.get(living.client, "busy", "op001")

    assert asyncio.run(story()) == ""


def test_callers_of_a_district_are_told_what_is_known_until_it_is_over(town, aigerim):
    at = now()
    words = {"kk": "Жарық жоқ.", "ru": "Нет света.", "en": "There is no light."}
    draft = BulletinDraft(
        "dark", Severity.WARNING, at, at + timedelta(hours=1), districts=("esil",), texts=words, spoken=True
    )
    knowledge.announce_bulletin(draft, by=None, at=at)

    async def story():
        async with town() as living:
            async with following(living.switch):
                told = await eventually(lambda: astdb.get(living.client, "bulletin", "esil"))
            # From here on it is the switch alone that speaks.
            await astdb.put(living.client, "district", NUMBER, "esil")
            await living.exchange.ring_city(number=NUMBER, keys="2wwwwwwwwww2")
            await living.exchange.ring_city(number="+77010000001", keys="2")
            async with following(living.switch):
                await until(lambda: JournalEntry.objects.filter(what="incident_joined").first(), seconds=40)
                elsewhere = await until(the_call)
            file, _until, code = told.split("|")
            await astdb.put(living.client, "bulletin", "esil", f"{file}|{int(at.timestamp())}|{code}")
            await living.exchange.ring_city(number=NUMBER, keys="2")
            await eventually(lambda: living.waiting(2))
            async with following(living.switch):
                stayed = await until(lambda: Call.objects.filter(number=NUMBER).first(), seconds=40)
            return elsewhere, stayed, file, living.folders

    elsewhere, stayed, file, folders = asyncio.run(story())

    assert elsewhere.number == "+77010000001", "no other district is told"
    assert all((folders.told / language / f"{file}.alaw").stat().st_size > 8000 for language in ("kk", "ru", "en"))
    assert queries.heard(["dark"]) == {"dark": queries.Heard(callers=1, satisfied=0, joined=1)}
    assert stayed.entered_at > at


def test_an_operator_hands_over_by_their_own_key_when_nobody_of_ours_can_be_asked(town, aigerim):
    async def story():
        async with town() as living:
            async with following(living.switch):
                await living.sits(aigerim, 1)
                await eventually(living.members)
            me = await living.exchange.ring_city(number=NUMBER, tone=1000, keys="0")
            call = await until(living.exchange.called_at, "op001")
            await living.exchange.ring_city(number="op001", to=f"112*{call}")
            await until(lambda: heard(living.exchange.sound("service-112"), 1000))
            await until(lambda: heard(living.exchange.sound(me), 1120))
            async with following(living.switch):
                handover = await until(lambda: HandOver.objects.filter(answered_at__isnull=False).first())
                talking = await until(the_call, State.TALKING)
                await living.exchange.hang_up(me)
                await until(lambda: HandOver.objects.filter(ended_at__isnull=False).first())
                return handover, talking, await until(the_call, State.ENDED)

    handover, talking, ended = asyncio.run(story())

    assert (handover.service, handover.asked_by) == ("112", aigerim)
    assert talking.pk == ended.pk


def test_a_colleague_is_asked_into_a_call_and_goes_on_with_it_alone(town, aigerim, madina):
    async def story():
        async with town() as living, following(living.switch):
            await living.sits(aigerim, 1)
            me = await living.exchange.ring_city(number=NUMBER, tone=1000, keys="2")
            call = await until(the_call, State.TALKING)
            await living.exchange.ring_city(number="op001", to=f"op002*{call.unique_id}")
            await until(lambda: heard(living.exchange.sound("op002"), 1000))
            await living.exchange.hang_up("caller-2")
            await until(lambda: loudest(living.exchange.sound(me)) == pytest.approx(480, abs=5))
            return living.exchange.called_at("op002"), call.unique_id

    brought, call = asyncio.run(story())

    assert brought == call, "the colleague's screen opens the same call"
