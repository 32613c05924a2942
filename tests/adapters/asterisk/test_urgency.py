"""A life in danger goes before everybody who waits for the same people, in whichever language they wait."""

import asyncio

import pytest
from tests.fixtures.following import eventually, following, until
from tests.fixtures.switch import console
from tests.fixtures.town import the_call

from komek.rooms.calls.models import Call
from komek.rooms.calls.rules import State

pytestmark = [pytest.mark.django_db(transaction=True)]

# Who rings in which language, in order; the last for a life in danger.
WAITING = ("2", "2", "3", "3", "2")


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
