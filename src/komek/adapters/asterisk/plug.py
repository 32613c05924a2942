"""The whole registration of the telephone."""

from komek.adapters.asterisk import settings
from komek.adapters.asterisk.legs import RawLegs
from komek.adapters.asterisk.telephony import AsteriskTelephony, PhoneChannel
from komek.platform import plugs
from komek.rooms.calls.ports import Telephony
from komek.rooms.channels.ports import Channel
from komek.rooms.recordings.ports import Legs


def plug() -> None:
    """Plug the channel in always, for what was said once is answered; the switch where there is one."""
    plugs.plug_in(Channel, "phone", PhoneChannel())
    found = settings.from_environment()
    if found is not None:
        plugs.plug_in(Telephony, "asterisk", AsteriskTelephony(found))
        plugs.plug_in(Legs, "asterisk", RawLegs(found.folders.raw))
