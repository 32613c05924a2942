"""The telephone of an installation: whether there is one, on which ports, and what the other programs are told of it."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from komek.adapters.asterisk import binaries
from komek.adapters.asterisk.configuring import Installation
from komek.adapters.asterisk.layout import Carrier, Folders, Ports, Services, is_played, played_carrier, played_desks
from komek.adapters.asterisk.switch import Switch
from komek.platform import home as homes
from komek.platform.postgres import CannotStart

OFF = "none"


NOBODY = "There is no telephone: `make pbx` brings one."


@dataclass(frozen=True)
class Telephone:
    """A switch of our own and how browsers reach it."""

    switch: Switch
    socket: str

    @property
    def environment(self) -> Mapping[str, str]:
        """What the other programs are told."""
        return {
            "KOMEK_PHONES_SOCKET": self.socket,
            "KOMEK_PHONES_MANAGER": str(self.switch.installation.ports.manager),
            "KOMEK_PHONES_FOLDER": str(self.switch.installation.folders.root),
        }


def sign(phone: Telephone | None) -> str:
    """One line for whoever has started it: where the city is rung."""
    if phone is None:
        return NOBODY
    ports = phone.switch.installation.ports
    return f"The telephone rings at sip:{phone.switch.installation.carrier.number}@{ports.host}:{ports.sip}"


def find(home: Path, *, port: int, public_url: str, direct: bool) -> Telephone | None:
    """The telephone of this home; None where no Asterisk is, or KOMEK_PHONES is none.

    The web's port is followed by the live events', then by ours: browsers, manager interface, SIP.
    """
    if os.environ.get("KOMEK_PHONES") == OFF:
        return None
    folder = binaries.place()
    try:
        asterisk = binaries.find(folder)
    except binaries.CannotHave:
        return None
    ports = Ports(
        sip=int(os.environ.get("KOMEK_SIP_PORT", port + 4)),
        browsers=port + 2,
        manager=port + 3,
        sound=_range(os.environ.get("KOMEK_SIP_SOUND", "10000-13999")),
        host=os.environ.get("KOMEK_SIP_HOST", "127.0.0.1"),
    )
    city = homes.city(home)
    played = is_played(home)
    installation = Installation(
        Folders(home / "phones"),
        ports,
        key=homes.secrets(home).link_key,
        carrier=Carrier(
            match=tuple(os.environ.get("KOMEK_SIP_FROM", "127.0.0.1").split(",")),
            out=os.environ.get("KOMEK_SIP_TO", played_carrier(ports.sip) if played else ""),
            number=os.environ.get("KOMEK_SIP_NUMBER", str(city.get("number", "109"))),
        ),
        services=_services(os.environ.get("KOMEK_SIP_SERVICES", "")),
        language=str(city.get("languages", ["kk"])[0]),
        hours=str(city.get("hours", "")),
        zone=str(city.get("time_zone", "")),
        telephones=played_desks(ports.sip) if played else (),
    )
    switch = Switch(installation, asterisk, binaries.voice(folder), home / "logs" / "pbx.log")
    host = urlsplit(public_url).hostname or "localhost"
    socket = f"ws://{host}:{ports.browsers}/ws" if direct else f"wss://{urlsplit(public_url).netloc}/ws"
    return Telephone(switch, os.environ.get("KOMEK_PHONES_SOCKET", socket))


def _services(told: str) -> Services:
    """`112=sip:a@b sip:c@d,101=…`: for each emergency service its ways, in the order in which they are tried."""
    named = dict(Services().routes)
    for part in filter(None, told.split(",")):
        number, _, ways = part.partition("=")
        if number.strip() not in named:
            raise CannotStart(f"KOMEK_SIP_SERVICES names {number.strip()!r}, which is none of {', '.join(named)}.")
        named[number.strip()] = tuple(ways.split())
    return Services(tuple(named.items()))


def _range(told: str) -> tuple[int, int]:
    first, _, last = told.partition("-")
    return int(first), int(last)
