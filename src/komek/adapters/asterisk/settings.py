"""Where this installation's telephone is, from the environment (KOMEK_PHONES_…); most of it is told by the supervisor."""

import os
from dataclasses import dataclass
from pathlib import Path

from komek.adapters.asterisk.ami import Login
from komek.adapters.asterisk.layout import Folders, secret
from komek.platform import home


@dataclass(frozen=True)
class PhoneSettings:
    """The telephone as our other programs reach it."""

    folders: Folders
    manager: int
    # Where browsers register: ws://… beside the web, wss://… behind a proxy.
    socket: str
    key: str

    @property
    def login(self) -> Login:
        """How we speak to the switch."""
        return Login("127.0.0.1", self.manager, "komek", secret(self.key, "manager"))


def from_environment() -> PhoneSettings | None:
    """The settings, or None where there is no telephone."""
    socket = os.environ.get("KOMEK_PHONES_SOCKET", "")
    if not socket:
        return None
    here = home.find()
    return PhoneSettings(
        folders=Folders(Path(os.environ.get("KOMEK_PHONES_FOLDER") or here / "phones")),
        manager=int(os.environ.get("KOMEK_PHONES_MANAGER", "0")),
        socket=socket,
        key=home.secrets(here).link_key,
    )
