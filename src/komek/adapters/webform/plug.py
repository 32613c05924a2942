"""The whole registration of the web form."""

from komek.adapters.webform.channel import WebformChannel
from komek.platform import plugs
from komek.rooms.channels.ports import Channel


def plug() -> None:
    """Plug the web form in as a channel."""
    plugs.plug_in(Channel, "webform", WebformChannel())
