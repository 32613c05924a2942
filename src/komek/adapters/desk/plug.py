"""The whole registration of the operator's own entry."""

from komek.adapters.desk.channel import DeskChannel
from komek.platform import plugs
from komek.rooms.channels.ports import Channel


def plug() -> None:
    """Plug the operator's own entry in as a channel."""
    plugs.plug_in(Channel, "desk", DeskChannel())
