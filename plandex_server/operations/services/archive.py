"""A backup's file: a zip with one `tables/<name>.jsonl` per table, and `manifest.json`, which is
written last, so that a file without it is no whole backup."""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

import msgspec

from plandex_server import typed
from plandex_server.operations.errors import CareFailed

FORMAT = 1
MANIFEST = "manifest.json"
LEVEL = 3
"""Much of it is compressed already: a higher level takes time and gains little."""


class TableEntry(msgspec.Struct):
    name: str
    columns: list[str]
    rows: int
    digest: str


class Manifest(msgspec.Struct):
    """`migrations` are those that the database had; `seal_keys` tell the keys apart that its
    sealed values need, without telling the keys."""

    format: int
    version: str
    created_at: datetime
    database: str
    migrations: list[tuple[str, str]]
    seal_keys: list[str]
    tables: list[TableEntry]


class ArchiveWriter:
    def __init__(self, file: zipfile.ZipFile) -> None:
        self._file = file

    @contextmanager
    def table(self, name: str) -> Iterator[IO[bytes]]:
        with self._file.open(f"tables/{name}.jsonl", "w", force_zip64=True) as out:
            yield out

    def finish(self, manifest: Manifest) -> None:
        self._file.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest)))


@contextmanager
def archive_create(path: Path) -> Iterator[ArchiveWriter]:
    """A new file that only its owner may read. It appears under its name once it is whole."""
    if path.exists():
        raise CareFailed(f"{path} exists already; a backup overwrites nothing.")
    part = path.with_name(f"{path.name}.part")
    try:
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    except OSError as failure:
        raise CareFailed(f"{part} can't be written: {failure.strerror}.") from None
    try:
        with os.fdopen(handle, "wb") as raw:
            with zipfile.ZipFile(raw, "w", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as file:
                yield ArchiveWriter(file)
            raw.flush()
            os.fsync(raw.fileno())
        part.rename(path)
    finally:
        part.unlink(missing_ok=True)


class Archive:
    """A backup that is read."""

    def __init__(self, file: zipfile.ZipFile, manifest: Manifest) -> None:
        self._file = file
        self.manifest = manifest

    def lines(self, name: str) -> Iterator[bytes]:
        """A table's rows. What was damaged since it was written ends in an error here."""
        with self._file.open(f"tables/{name}.jsonl") as raw:
            for line in raw:
                yield line.rstrip(b"\n")


@contextmanager
def archive_open(path: Path) -> Iterator[Archive]:
    try:
        with zipfile.ZipFile(path) as file:
            yield Archive(file, _manifest(file, path))
    except zipfile.BadZipFile:
        raise CareFailed(f"{path} is no whole backup: it was cut or damaged.") from None
    except OSError as failure:
        raise CareFailed(f"{path} can't be read: {failure.strerror}.") from None


def _manifest(file: zipfile.ZipFile, path: Path) -> Manifest:
    try:
        manifest = typed.decode(file.read(MANIFEST), Manifest)
    except (KeyError, msgspec.MsgspecError):
        raise CareFailed(f"{path} is no backup of this server.") from None
    if manifest.format > FORMAT:
        raise CareFailed(
            f"The backup was made by version {manifest.version}, whose form this version does not "
            "know. Restore it with that version or a newer one."
        )
    return manifest
