"""Content that nobody can read without two things kept apart: its own key in the database, and the master key beside it.

Every content has a key of its own, kept only wrapped by a master key: whoever takes the files and the database has
nothing without the home, and destroying one small key destroys one content wherever copies of it lie.
"""

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.keywrap import InvalidUnwrap, aes_key_unwrap, aes_key_wrap

from komek.platform import durable
from komek.platform.home import KEYS, NothingShared, shared

KEY_BYTES = 32
NONCE_BYTES = 12


class NotOurs(Exception):
    """The content was changed, or another key than its own was tried."""


class MasterKeyMissing(Exception):
    """A key was wrapped by a master key that is not in the home."""

    def __init__(self, key_id: str) -> None:
        super().__init__(
            f"The master key {key_id} is not in {KEYS}: bring that file from the home where the recordings were made."
        )


@dataclass(frozen=True)
class MasterKeys:
    """The master keys of an installation by their names; the current one wraps what is new."""

    current: str
    keys: dict[str, bytes]

    def fresh(self) -> tuple[str, bytes]:
        """A key for new content: the name of the master key, and the key wrapped by it."""
        return self.current, aes_key_wrap(self.keys[self.current], os.urandom(KEY_BYTES))

    def seal(self, content: bytes, *, key_id: str, wrapped: bytes) -> bytes:
        """Encrypt; the same content under the same key gives the same bytes, another content never the same nonce."""
        nonce = hashlib.sha256(content).digest()[:NONCE_BYTES]
        return nonce + AESGCM(self._key(key_id, wrapped)).encrypt(nonce, content, None)

    def open(self, sealed: bytes, *, key_id: str, wrapped: bytes) -> bytes:
        """Decrypt; raises NotOurs when a bit of it is not as it was."""
        try:
            return AESGCM(self._key(key_id, wrapped)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        except (InvalidTag, ValueError) as failure:
            raise NotOurs("the content is not as it was sealed") from failure

    def _key(self, key_id: str, wrapped: bytes) -> bytes:
        master = self.keys.get(key_id)
        if master is None:
            raise MasterKeyMissing(key_id)
        try:
            return aes_key_unwrap(master, wrapped)
        except (InvalidUnwrap, ValueError) as failure:
            raise NotOurs("the key was wrapped by another master key") from failure


def master_keys(home: Path) -> MasterKeys:
    """Read the master keys, or make the first: of two first starts at once, one makes it and both read the same."""
    path = shared(home) / KEYS
    if not path.exists():
        if path.parent != home:
            raise NothingShared(path.parent)
        _make(home, path)
    told = json.loads(path.read_text(encoding="utf-8"))
    return MasterKeys(told["current"], {name: base64.b64decode(key) for name, key in told["keys"].items()})


def _make(home: Path, path: Path) -> None:
    master = os.urandom(KEY_BYTES)
    name = hashlib.sha256(b"komek master key" + master).hexdigest()[:16]
    text = json.dumps({"current": name, "keys": {name: base64.b64encode(master).decode()}}, indent=1)
    (home / "run").mkdir(mode=0o700, parents=True, exist_ok=True)
    new = home / "run" / f"keys.{os.urandom(8).hex()}.new"
    durable.write_new(new, text, mode=0o600)
    try:
        path.hardlink_to(new)
    except FileExistsError:
        pass
    finally:
        new.unlink()
    durable.sync_folder(path.parent)
