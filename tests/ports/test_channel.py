"""What every way of talking with a resident must do; the same for each adapter and for the fake of the tests."""

import pytest
from tests.fakes.channel import FakeChannel

from komek.adapters.api.channel import ApiChannel
from komek.adapters.desk.channel import DeskChannel
from komek.adapters.webform.channel import WebformChannel
from komek.config.plugs import ADAPTERS
from komek.platform import plugs
from komek.registers.residents.models import Handle
from komek.rooms.channels import actions as channels
from komek.rooms.channels.models import Message
from komek.rooms.channels.ports import Channel, NotDelivered, Receipt
from komek.rooms.channels.rules import State

ALL = {"webform": WebformChannel, "desk": DeskChannel, "api": ApiChannel, "fake": FakeChannel}
# Where each delivers to, and whether a message has reached somebody once it was taken.
REACHES = {"webform": True, "desk": False, "api": False, "fake": True}
NEEDS_AN_ADDRESS = ["desk", "api", "fake"]


@pytest.fixture(params=sorted(ALL))
def name(request):
    return request.param


@pytest.fixture
def channel(name) -> Channel:
    return ALL[name]()


@pytest.mark.parametrize(
    "text",
    ["Су құбыры жөнделді.", "Труба починена.", "х", "а" * 20_000, "line\nline", "😀", "אבג ‮abc"],  # noqa: PLE2502
)
def test_a_text_of_any_shape_is_taken_with_a_receipt(channel, text):
    receipt = channel.send(to="+77015550101", text=text)

    assert isinstance(receipt, Receipt)
    assert isinstance(receipt.outer_id, str)


def test_the_receipt_says_whether_anybody_was_reached(channel, name):
    receipt = channel.send(to="+77015550101", text="Дайын.")

    assert receipt.kept is not REACHES[name]


def test_the_same_message_may_be_sent_twice(channel):
    channel.send(to="+77015550101", text="Дайын.")

    assert isinstance(channel.send(to="+77015550101", text="Дайын."), Receipt)


@pytest.mark.parametrize("name", NEEDS_AN_ADDRESS)
def test_without_an_address_the_channel_says_that_trying_again_is_useless(name):
    with pytest.raises(NotDelivered) as refused:
        ALL[name]().send(to="", text="Дайын.")

    assert refused.value.permanent
    assert str(refused.value)


def test_the_web_form_needs_no_address_because_the_page_is_the_letter_box():
    assert not WebformChannel().send(to="", text="Дайын.").kept


@pytest.mark.parametrize("name", ["webform", "desk", "api"])
def test_each_adapter_is_plugged_in_under_the_name_of_its_folder(name):
    assert name in ADAPTERS
    assert isinstance(plugs.plugged(Channel, name), ALL[name])


def test_what_was_taken_but_has_reached_nobody_is_never_called_sent(db, name, channel, asel, at):
    plugs.plug_in(Channel, f"test-{name}", channel)
    handle = Handle.objects.filter(resident=asel).first()
    conversation = channels.open_conversation(f"test-{name}", handle=handle, resident=asel, language="kk", at=at)
    message = channels.tell(conversation, text="Дайын.", at=at)

    channels.send(message.id, at=at)

    told = Message.objects.get(id=message.id)
    assert told.state == (State.SENT if REACHES[name] else State.KEPT)
    assert (told.sent_at is None) is not REACHES[name]
