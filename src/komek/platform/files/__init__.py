"""Files that residents and crews send: checked by what they are, cleaned of where and by whom, kept by their sha256.

`receive` is the only way in; it blocks for as long as the work takes and knows nothing of the web.
"""

from komek.platform.files.receiving import (
    delete,
    forget_unfinished,
    forget_unused,
    open_stored,
    receive,
    store,
    stored,
)
from komek.platform.files.rules import (
    LIMITS,
    USUALLY_ACCEPTED,
    BadAddress,
    BrokenFile,
    CodecNotAccepted,
    EmptyFile,
    FileGone,
    HeicNotAccepted,
    Kind,
    NotAccepted,
    TooLarge,
    TooManyPixels,
)
from komek.platform.files.store import LocalStore, S3Store, Store, store_at

open = open_stored  # noqa: A001 - read where it is called: files.open(stored)

__all__ = [
    "LIMITS",
    "USUALLY_ACCEPTED",
    "BadAddress",
    "BrokenFile",
    "CodecNotAccepted",
    "EmptyFile",
    "FileGone",
    "HeicNotAccepted",
    "Kind",
    "LocalStore",
    "NotAccepted",
    "S3Store",
    "Store",
    "TooLarge",
    "TooManyPixels",
    "delete",
    "forget_unfinished",
    "forget_unused",
    "open",
    "open_stored",
    "receive",
    "store",
    "store_at",
    "stored",
]
