"""Where the bytes lie, under the sha256 of what they are: a folder, or a bucket that speaks S3.

What arrives in pieces waits beside it, under the number of its upload, until it is whole.
"""

import hashlib
import os
import re
import shutil
import tempfile
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast
from urllib.parse import parse_qs, urlsplit

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from komek.platform.durable import sync_folder
from komek.platform.files.rules import BadAddress, FileGone

CHUNK = 1_048_576
IN_MEMORY = 8 * CHUNK
ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})


class Store(Protocol):
    """Keeps bytes; the same bytes twice are one thing."""

    def save(self, content: BinaryIO) -> str:
        """Keep all of the content and return its sha256; once it returns, a power cut takes nothing away."""

    def open(self, sha256: str) -> BinaryIO:
        """The content, ready to be read and sought in; raises FileGone."""

    def exists(self, sha256: str) -> bool:
        """Whether the content is kept."""

    def delete(self, sha256: str) -> None:
        """Forget the content; it may be gone already."""

    def forget_unfinished(self, *, before: datetime) -> int:
        """Remove what began to arrive before this moment and never did; returns how many."""

    def keep_piece(self, upload: int, offset: int, piece: bytes) -> None:
        """Keep a part of what is not whole yet; the same part again takes its place."""

    def piece(self, upload: int, offset: int) -> bytes:
        """A part that is kept; raises FileGone."""

    def forget_pieces(self, upload: int) -> None:
        """Remove every part of what is whole now, or never will be."""


class LocalStore:
    """A folder; a file appears in it whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def save(self, content: BinaryIO) -> str:
        arriving = self.folder / "arriving"
        arriving.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, path = tempfile.mkstemp(dir=arriving)
        try:
            with os.fdopen(handle, "wb") as written:
                sha256 = _copy(content, written)
                written.flush()
                os.fsync(written.fileno())
            kept = self._path(sha256)
            for folder in (kept.parent.parent, kept.parent):
                folder.mkdir(mode=0o700, exist_ok=True)
            Path(path).replace(kept)
        except BaseException:
            Path(path).unlink(missing_ok=True)
            raise
        for folder in (kept.parent, kept.parent.parent, self.folder):
            sync_folder(folder)
        return sha256

    def open(self, sha256: str) -> BinaryIO:
        try:
            return self._path(sha256).open("rb")
        except FileNotFoundError as gone:
            raise FileGone(sha256) from gone

    def exists(self, sha256: str) -> bool:
        return self._path(sha256).is_file()

    def delete(self, sha256: str) -> None:
        self._path(sha256).unlink(missing_ok=True)

    def forget_unfinished(self, *, before: datetime) -> int:
        old = [path for path in (self.folder / "arriving").glob("*") if path.stat().st_mtime < before.timestamp()]
        for path in old:
            path.unlink(missing_ok=True)
        return len(old)

    def keep_piece(self, upload: int, offset: int, piece: bytes) -> None:
        folder = self._pieces(upload)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = folder / _piece_name(offset)
        new = kept.with_suffix(".new")
        try:
            with new.open("wb") as written:
                written.write(piece)
                written.flush()
                os.fsync(written.fileno())
            new.replace(kept)
        except BaseException:
            new.unlink(missing_ok=True)
            raise
        for one in (folder, folder.parent):
            sync_folder(one)

    def piece(self, upload: int, offset: int) -> bytes:
        try:
            return (self._pieces(upload) / _piece_name(offset)).read_bytes()
        except FileNotFoundError as gone:
            raise FileGone(f"{upload}/{offset}") from gone

    def forget_pieces(self, upload: int) -> None:
        shutil.rmtree(self._pieces(upload), ignore_errors=True)

    def _pieces(self, upload: int) -> Path:
        return self.folder / "pieces" / str(int(upload))

    def _path(self, sha256: str) -> Path:
        key = _checked(sha256)
        return self.folder / key[:2] / key[2:4] / key


class S3Store:
    """A bucket of any service that speaks S3; keys and secrets come from the usual AWS_ variables."""

    def __init__(
        self, bucket: str, *, endpoint: str | None = None, region: str | None = None, folder: str = ""
    ) -> None:
        self.bucket = bucket
        self.folder = folder.strip("/")
        self._client: Any = boto3.client(
            "s3",
            endpoint_url=endpoint,
            region_name=region or os.environ.get("AWS_DEFAULT_REGION", "us-east-1"),
            config=Config(
                connect_timeout=5,
                read_timeout=60,
                retries={"mode": "standard", "max_attempts": 3},
                # Services other than Amazon's often know neither the new checksums nor a host name per bucket.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
                s3={"addressing_style": "path"} if endpoint else {},
            ),
        )

    def save(self, content: BinaryIO) -> str:
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as copy:
            sha256 = _copy(content, cast("BinaryIO", copy))
            if not self.exists(sha256):
                copy.seek(0)
                self._client.put_object(Bucket=self.bucket, Key=self._key(sha256), Body=copy)
        return sha256

    def open(self, sha256: str) -> BinaryIO:
        key = self._key(sha256)
        copy = cast("BinaryIO", tempfile.SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 - the reader closes it
        try:
            self._client.download_fileobj(self.bucket, key, copy)
        except ClientError as failure:
            copy.close()
            if _is_absent(failure):
                raise FileGone(sha256) from failure
            raise
        copy.seek(0)
        return copy

    def exists(self, sha256: str) -> bool:
        try:
            self._client.head_object(Bucket=self.bucket, Key=self._key(sha256))
        except ClientError as failure:
            if _is_absent(failure):
                return False
            raise
        return True

    def delete(self, sha256: str) -> None:
        self._client.delete_object(Bucket=self.bucket, Key=self._key(sha256))

    def forget_unfinished(self, *, before: datetime) -> int:
        """Nothing is seen in a bucket before it is whole."""
        return 0

    def keep_piece(self, upload: int, offset: int, piece: bytes) -> None:
        self._client.put_object(Bucket=self.bucket, Key=self._pieces(upload) + _piece_name(offset), Body=piece)

    def piece(self, upload: int, offset: int) -> bytes:
        try:
            found = self._client.get_object(Bucket=self.bucket, Key=self._pieces(upload) + _piece_name(offset))
        except ClientError as failure:
            if _is_absent(failure):
                raise FileGone(f"{upload}/{offset}") from failure
            raise
        return bytes(found["Body"].read())

    def forget_pieces(self, upload: int) -> None:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self._pieces(upload))
        for one in (one for page in pages for one in page.get("Contents", ())):
            self._client.delete_object(Bucket=self.bucket, Key=one["Key"])

    def _pieces(self, upload: int) -> str:
        below = f"pieces/{int(upload)}/"
        return f"{self.folder}/{below}" if self.folder else below

    def _key(self, sha256: str) -> str:
        key = _checked(sha256)
        return f"{self.folder}/{key}" if self.folder else key


@lru_cache(maxsize=8)
def store_at(address: str) -> Store:
    """The store behind an address: a folder, or `s3://bucket/folder?endpoint=https://host&region=…`."""
    parts = urlsplit(address)
    if not parts.scheme:
        if not address:
            raise BadAddress(address)
        return LocalStore(Path(address).expanduser())
    if parts.scheme != "s3" or not parts.netloc:
        raise BadAddress(address)
    told = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if unknown := told.keys() - {"endpoint", "region"}:
        raise BadAddress(f"{address} ({', '.join(sorted(unknown))})")
    return S3Store(parts.netloc, endpoint=told.get("endpoint"), region=told.get("region"), folder=parts.path)


def _copy(source: BinaryIO, target: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := source.read(CHUNK):
        digest.update(chunk)
        target.write(chunk)
    return digest.hexdigest()


def _piece_name(offset: int) -> str:
    return f"{offset:015d}"


def _checked(sha256: str) -> str:
    """The key itself; anything else could name a place outside the store."""
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise FileGone(sha256)
    return sha256


def _is_absent(failure: ClientError) -> bool:
    return str(failure.response.get("Error", {}).get("Code")) in ABSENT
