"""Questions about recordings."""

from komek.rooms.recordings.queries.chain import Head, Verdict, head, told, verify, wrong, wrong_with
from komek.rooms.recordings.queries.hearing import (
    Playable,
    by_unique_id,
    ground,
    has_sound,
    keys,
    lately,
    listening,
    listenings,
    of_contacts,
    plain,
    recording,
    sound,
)
from komek.rooms.recordings.queries.tapes import Unrecorded, known_tapes, to_remove, unrecorded, waiting

__all__ = [
    "Head",
    "Playable",
    "Unrecorded",
    "Verdict",
    "by_unique_id",
    "ground",
    "has_sound",
    "head",
    "keys",
    "known_tapes",
    "lately",
    "listening",
    "listenings",
    "of_contacts",
    "plain",
    "recording",
    "sound",
    "to_remove",
    "told",
    "unrecorded",
    "verify",
    "waiting",
    "wrong",
    "wrong_with",
]
