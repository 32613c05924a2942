"""The whole registration of the JSON API as a channel."""

from komek.adapters.api.channel import ApiChannel
from komek.platform import plugs
from komek.rooms.channels.ports import Channel


def plug() -> None:
    """Plug the JSON API in as a channel."""
    plugs.plug_in(Channel, "api", ApiChannel())
