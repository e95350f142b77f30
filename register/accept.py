"""Accepted rows on their way to the kept file: no key twice, one order whatever the order they came in, one digest.

Rows wait in a nameless file; memory holds a key and three numbers for each. `finish` writes them in canonical order
(sites, sections, accounts, targets, each by code), syncs, and renames: a kept file is whole or not there.
"""

import mmap
import os
import tempfile
from array import array
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from time import time
from typing import Final, NamedTuple

import msgspec

from register.model import Subject, Target, accepted_path

_RANK: Final = {"site": "0", "section": "1", "account": "2"}
_TARGET: Final = "3"
_PARTIAL: Final = ".partial"
_STALE_S: Final = 3600.0
_encode: Final = msgspec.json.Encoder().encode


class Earlier(NamedTuple):
    """A row accepted before: where it stands (as given to `add`), and whether it is the very same."""

    place: int
    same: bool


class Accepted:
    """Rows accepted so far. `keep`: the folder they are to be kept in; None computes the digest only."""

    def __init__(self, keep: Path | None) -> None:
        self._keep = keep
        self._spool = tempfile.TemporaryFile(dir=keep, buffering=1 << 20)  # noqa: SIM115
        self._size = 0
        self._numbers: dict[str, int] = {}
        self._ends = array("Q", [0])
        self._places = array("Q")
        self._urls: dict[int, int] = {}

    def close(self) -> None:
        self._spool.close()

    def add(self, row: Subject | Target, place: int) -> Earlier | None:
        """Take a row, unless its key was taken before; `place` is a number that tells where it stands."""
        key = (_TARGET + row.key) if isinstance(row, Target) else _RANK[row.kind] + row.code
        line = _encode(row) + b"\n"
        number = self._numbers.setdefault(key, len(self._places))
        if number < len(self._places):
            return Earlier(self._places[number], self._line(number) == line)
        self._spool.write(line)
        self._size += len(line)
        self._ends.append(self._size)
        self._places.append(place)
        return None

    def same_url(self, target: Target, place: int) -> int | None:
        """The place of the first other target with this address, if there is one."""
        first = self._urls.setdefault(hash(target.url), place)
        return None if first == place else first

    def _line(self, number: int) -> bytes:
        self._spool.flush()
        start, end = self._ends[number], self._ends[number + 1]
        return os.pread(self._spool.fileno(), end - start, start)

    def finish(self) -> tuple[str, Path | None]:
        """The digest of the rows, and where they are kept. Raises OSError where they cannot be written."""
        self._spool.flush()
        if self._keep is None:
            total = sha256()
            for line in self._ordered():
                total.update(line)
            return f"sha256:{total.hexdigest()}", None
        return self._write(self._keep)

    def _write(self, keep: Path) -> tuple[str, Path]:
        _sweep(keep)
        total = sha256()
        handle, name = tempfile.mkstemp(suffix=_PARTIAL, dir=keep)
        partial = Path(name)
        try:
            with open(handle, "wb", buffering=1 << 20) as file:  # noqa: PTH123
                for line in self._ordered():
                    total.update(line)
                    file.write(line)
                file.flush()
                os.fsync(file.fileno())
            digest = f"sha256:{total.hexdigest()}"
            kept = accepted_path(keep, digest)
            partial.chmod(0o644)
            partial.replace(kept)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        sync_folder(keep)
        return digest, kept

    def _ordered(self) -> Iterator[bytes]:
        if not self._size:
            return
        with mmap.mmap(self._spool.fileno(), self._size, access=mmap.ACCESS_READ) as spool:
            for key in sorted(self._numbers):
                number = self._numbers[key]
                yield spool[self._ends[number] : self._ends[number + 1]]


def _sweep(keep: Path) -> None:
    """Remove what loads that were killed left behind."""
    for partial in keep.glob(f"*{_PARTIAL}"):
        if time() - partial.stat().st_mtime > _STALE_S:
            partial.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
