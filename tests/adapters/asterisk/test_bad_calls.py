"""Callers as they should not be: strange names and numbers, sound that nobody understands, and gone at every step."""

import asyncio

import pytest
from tests.fixtures.following import following, until
from tests.fixtures.sip import ALAW, G729, OPUS, VIDEO, Line
from tests.fixtures.switch import console

from komek.adapters.asterisk.simulating import replay
from komek.rooms.calls.models import Call, JournalEntry
from komek.rooms.calls.rules import State

pytestmark = [pytest.mark.django_db(transaction=True)]

# The number that is kept; None where the switch does not even answer what is no SIP.
STRANGE = {
    '"Anonymous" <sip:anonymous@anonymous.invalid>': "",
    '"Bob \\"the\\" Builder" <sip:+77015550101@127.0.0.1>': "+77015550101",
    '"X\r\n X-CC-Call: 1" <sip:+77015550102@127.0.0.1>': None,
    '"${SHELL(id)}" <sip:+77015550103@127.0.0.1>': "+77015550103",
    '"a|b|c" <sip:+7701%7C5550104@127.0.0.1>': "+77015550104",
    '"Әйгерім" <sip:87015550105@127.0.0.1>': "87015550105",
    '"letters" <sip:abc@127.0.0.1>': "",
    '"%0D%0AAction: Originate" <sip:%0D%0A77015550106@127.0.0.1>': "77015550106",
    "<sip:+770155501070000000000000000000000000000@127.0.0.1>": "+7701555010700000000",
    "<sip:'; DROP TABLE calls_call; --@127.0.0.1>": None,
}


def journal(switch):
    path = switch.installation.folders.queue_log
    return path.read_text() if path.exists() else ""


def nobody_is_left(switch):
    """Of those who rang: the switch watches over itself by channels of its own, and calls lives in danger back."""
    told = console(switch, "core show channels concise").splitlines()
    return not any(line.startswith("PJSIP/") and "!AppDial2!" not in line for line in told)


async def rings(switch, who, all_wait):
    """Ring as this, press the key for a life in danger until everybody waits, and hang up; how it was answered."""
    async with Line(switch.installation.ports.sip) as line:
        status = await line.ring(who)
        while status == 200 and not all_wait():
            line.press("0")
            await asyncio.sleep(0.3)
        line.hang_up()
    return status


def test_whoever_rings_is_a_call_like_any_other_or_is_refused(switch, topics):
    numbers = sorted(number for number in STRANGE.values() if number is not None)

    def all_wait():
        return len({line.split("|")[1] for line in journal(switch).splitlines() if "|URGENT|" in line}) == len(numbers)

    async def story():
        async with following(switch):
            statuses = await asyncio.gather(*(rings(switch, who, all_wait) for who in STRANGE))
            await until(lambda: nobody_is_left(switch))
            await until(lambda: Call.objects.filter(state=State.ABANDONED).count() == len(numbers))
        return dict(zip(STRANGE, statuses, strict=True))

    statuses = asyncio.run(story())

    assert statuses == {who: 200 if number is not None else 0 for who, number in STRANGE.items()}
    assert sorted(Call.objects.values_list("number", flat=True)) == numbers
    assert switch.answers()


def test_sound_that_nobody_understands_is_refused_and_leaves_nothing_behind(switch):
    async def story():
        found = []
        for offer in (G729, OPUS, VIDEO, "m=audio nine RTP/AVP x\r\n"):
            async with Line(switch.installation.ports.sip) as line:
                found.append(await line.ring("<sip:+77015550142@127.0.0.1>", offer=offer))
        await until(lambda: nobody_is_left(switch))
        return found

    assert all(400 <= status < 500 for status in asyncio.run(story()))
    assert switch.answers()


# What they press, a second apart; after the last they are gone. Between them they pass every place of the way of a call.
WAYS = [
    "",
    "2",
    "2 2",
    "0",
    "2 0",
    "2 1",
    "2 1 1",
    "2 1 1 1 1 1 1 1 1 1 1 1 1",
    "2 1 w w w w w w w w w w 2 7 7 0 1 5",
    "*",
    "9",
]


async def goes(switch, way, pause):
    """Ring, press this, and be gone so long after the last key."""
    async with Line(switch.installation.ports.sip) as line:
        await line.ring("<sip:+77015550142@127.0.0.1>", offer=ALAW)
        for key in way.split():
            await asyncio.sleep(1)
            if key != "w" and not line.ended.is_set():
                line.press(key)
        await asyncio.sleep(pause)
        line.hang_up()


def test_a_caller_may_be_gone_at_every_step(switch, topics):
    async def story():
        async with following(switch):
            await asyncio.gather(*(goes(switch, way, pause) for way in WAYS for pause in (0.0, 0.4)))
            await until(lambda: nobody_is_left(switch))
            gone = journal(switch).count("|GONE|")
            await until(lambda: JournalEntry.objects.filter(what="gone").count() == gone)
            return gone

    gone = asyncio.run(story())

    assert gone == 2 * len(WAYS), "each has its last line, once"
    assert not Call.objects.filter(state__in=[State.WAITING, State.TALKING]).exists()
    entered = {call.call for call in replay.stories(switch.installation.folders.queue_log) if "ENTERQUEUE" in call.at}
    assert entered == set(Call.objects.values_list("unique_id", flat=True))
