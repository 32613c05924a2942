"""Whose turn it is where people of several languages wait for the same operators."""

import asyncio

import pytest
from tests.fixtures.following import eventually, following, until
from tests.fixtures.people import hired
from tests.fixtures.switch import console
from tests.fixtures.town import the_call

from komek.registers.staff.rules import Role
from komek.rooms.calls.models import Call
from komek.rooms.calls.rules import State

pytestmark = [pytest.mark.django_db(transaction=True)]

# Who rings in which language, in order; the last for a life in danger.
WAITING = ("2", "2", "3", "3", "2")


@pytest.fixture
def operators(db):
    """Six who speak Kazakh and Russian."""
    return [hired(f"operator-{turn}", f"Оператор {turn}", Role.OPERATOR) for turn in range(6)]


def test_who_is_free_first_has_the_life_in_danger_though_others_wait_longer_in_other_queues(town, madina):
    async def story():
        async with town() as living, following(living.switch):
            for place, key in enumerate(WAITING):
                await living.exchange.ring_city(number=f"+7701555010{place}", keys=key)
            await eventually(lambda: living.waiting(len(WAITING)))
            await living.exchange.ring_city(number="+77015550199", keys="0")
            await eventually(lambda: living.waiting(len(WAITING) + 1))
            await living.sits(madina, 1)
            return await until(the_call, State.TALKING), console(living.switch, "queue show q109-kk-urgent")

    call, shown = asyncio.run(story())

    assert call.urgent
    assert call.number == "+77015550199"
    assert Call.objects.filter(state=State.WAITING).count() == len(WAITING), shown


def test_who_has_waited_longest_is_answered_first_in_whichever_language_they_wait(town, operators):
    async def waiting_in(living, key, language):
        for place, _ in enumerate(operators):
            await living.exchange.ring_city(number=f"+770155501{key}{place}", keys=key)
        heard = Call.objects.filter(state=State.WAITING, language=language)
        await until(lambda: heard.count() == len(operators))

    async def story():
        async with town() as living, following(living.switch):
            await waiting_in(living, "2", "ru")
            await waiting_in(living, "1", "kk")
            for desk, agent in enumerate(operators, start=1):
                # Each queue of the switch looks once a second whether somebody is free: they come at every part of it.
                await asyncio.sleep(desk / len(operators))
                await living.sits(agent, desk)
                await until(Call.objects.filter(state=State.TALKING, agent=agent).exists)

    asyncio.run(story())

    answered = Call.objects.filter(answered_at__isnull=False).values_list("language", flat=True)
    assert list(answered) == ["ru"] * len(operators)
