"""A hundred browsers and more register at one switch: its own default would turn the 101st away."""

import asyncio
from dataclasses import replace

import pytest
from tests.fixtures.registering import close, register

from komek.adapters.asterisk import binaries
from komek.adapters.asterisk.layout import seat_name, secret
from komek.adapters.asterisk.switch import Switch

BROWSERS = 120


@pytest.fixture
def registered(asterisk, installation, tmp_path):
    """How many of so many browsers a switch with this limit takes."""

    async def all_at_once(whole):
        lines = [seat_name(number) for number in range(1, BROWSERS + 1)]
        async with asyncio.timeout(60):
            made = await asyncio.gather(
                *(register(whole.ports.browsers, name=name, password=secret(whole.key, name)) for name in lines)
            )
        taken = [one for one in made if one]
        for one in taken:
            await close(one.writer)
        return len(taken)

    def with_limit(limit):
        whole = replace(installation, browsers=limit)
        switch = Switch(whole, asterisk, binaries.voice(binaries.place()), tmp_path / "pbx.log")
        switch.start()
        try:
            switch.await_ready(30)
            return asyncio.run(all_at_once(whole))
        finally:
            switch.stop()

    return with_limit


def test_every_browser_of_a_large_shift_registers(registered, installation):
    assert registered(installation.browsers) == BROWSERS


def test_the_default_of_the_switch_would_turn_browsers_away(registered):
    assert registered(100) < BROWSERS
