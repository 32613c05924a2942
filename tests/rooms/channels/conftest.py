"""A conversation with Asel by a channel that delivers to a list."""

import pytest
from tests.fakes.channel import FakeChannel

from komek.platform import plugs
from komek.registers.residents.models import Handle
from komek.rooms.channels import actions as channels
from komek.rooms.channels.ports import Channel


@pytest.fixture
def line():
    """A fake channel, plugged in under its own name."""
    fake = FakeChannel()
    plugs.plug_in(Channel, "fake", fake)
    return fake


@pytest.fixture
def with_asel(line, asel, at):
    handle = Handle.objects.get(resident=asel)
    return channels.open_conversation("fake", handle=handle, resident=asel, language="kk", at=at)


@pytest.fixture
def call_back(asel, at):
    """A message that waits on the list of calls to make."""
    handle = Handle.objects.get(resident=asel)
    conversation = channels.open_conversation("desk", handle=handle, resident=asel, language="kk", at=at)
    return channels.tell(conversation, text="Жұмыс бітті.", at=at)
