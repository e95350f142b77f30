"""How long the journal is kept, and in which form.

    plain ──(closed)──► plain and packed ──(grace time)──► packed ──(400 days)──► gone

`decide` is pure; `Keeper.look` does one step of it at a time. The segment that the ledger's position is in and all behind it
are never touched, a packed segment stands in for a plain one only after it was unpacked and compared with it, and segments go
from the oldest on, so that what is kept has no holes.
"""

import contextlib
import hashlib
import logging
import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO, Final, Literal, NamedTuple, cast

from msgspec import Struct

from scheduler.shelf import DAMAGED, kept_numbers, packed_path, segment_path

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

DAY_MS: Final = 86_400_000
_BLOCK: Final = 1 << 20
_OPTIONS: Final[dict[int, int]] = {
    zstd.CompressionParameter.compression_level: 9,
    zstd.CompressionParameter.checksum_flag: 1,
}
_log = logging.getLogger(__name__)


class Terms(Struct, frozen=True):
    """keep_days: a segment goes so long after its last line; 0: never. pack: closed segments are compressed.

    grace_ms  the plain form stays so long beside the compressed one, for those who have it open
    """

    keep_days: float = 400.0
    pack: bool = True
    grace_ms: int = DAY_MS


class Segment(NamedTuple):
    """written_ms: when its last line was; packed_ms: when the compressed form was made. None: that form is not there."""

    number: int
    written_ms: int
    plain: bool
    packed_ms: int | None


class Step(NamedTuple):
    """pack: make the compressed form. unplain: remove the plain one. drop: remove all forms."""

    what: Literal["pack", "unplain", "drop"]
    segment: int


def decide(segments: Iterable[Segment], live: int, now_ms: int, terms: Terms) -> list[Step]:
    """What is to be done now. segments: ascending; live: the segment that the ledger's committed position is in.

    One segment is dropped at a time, so that a clock that is set wrong for an hour does not cost the whole journal.
    """
    steps: list[Step] = []
    oldest = True
    for segment in segments:
        if segment.number >= live:
            break
        if oldest and terms.keep_days and now_ms - segment.written_ms > terms.keep_days * DAY_MS:
            if not steps:
                steps.append(Step("drop", segment.number))
            continue
        oldest = False
        if terms.pack and segment.plain and segment.packed_ms is None:
            steps.append(Step("pack", segment.number))
        elif segment.plain and segment.packed_ms is not None and now_ms - segment.packed_ms > terms.grace_ms:
            steps.append(Step("unplain", segment.number))
    return steps


class Keeper:
    """Keeps one journal folder to its terms. Used by one thread at a time, beside the writer's."""

    def __init__(self, folder: Path, terms: Terms) -> None:
        self._folder, self._terms = folder, terms

    def look(self, live: int, now_ms: int) -> list[Step]:
        """Do what is due; returns what was done. What cannot be done now (a full disk) is logged and tried at the next look.

        live: `ledger.position()[0].segment`, not the writer's synced one: a ledger without room may be segments behind.
        """
        done = []
        for step in decide(self._segments(), live, now_ms, self._terms):
            try:
                if _DO[step.what](self._folder, step.segment):
                    done.append(step)
            except OSError as error:
                _log.warning("the journal's segment %d stays as it is: %s", step.segment, error)
                if step.what == "drop":
                    break  # a later one must not go before it
        return done

    def _segments(self) -> list[Segment]:
        found = []
        for number in kept_numbers(self._folder):
            plain, packed = _stat(segment_path(self._folder, number)), _stat(packed_path(self._folder, number))
            last = max(stat.st_mtime_ns for stat in (plain, packed) if stat)
            changed = packed.st_ctime_ns // 1_000_000 if packed else None
            found.append(Segment(number, last // 1_000_000, plain is not None, changed))
        return found


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def pack(folder: Path, number: int) -> bool:
    """Compress a closed segment beside itself; False where what was written does not unpack to the same. Raises OSError."""
    plain, packed = segment_path(folder, number), packed_path(folder, number)
    part = packed.with_name(f".{packed.name}.part")
    try:
        with plain.open("rb") as source, part.open("wb") as target:
            with zstd.open(target, "wb", options=_OPTIONS) as squeezed:
                while block := source.read(_BLOCK):
                    squeezed.write(block)
            target.flush()
            os.fsync(target.fileno())
        if not _same(plain, part):
            return False
        times = plain.stat()
        os.utime(part, ns=(times.st_atime_ns, times.st_mtime_ns))
        part.replace(packed)
        _sync_folder(folder)
    finally:
        with contextlib.suppress(OSError):
            part.unlink()
    return True


def unplain(folder: Path, number: int) -> bool:
    """Remove the plain form of a segment if the compressed one unpacks to it; a compressed one that does not is removed."""
    plain, packed = segment_path(folder, number), packed_path(folder, number)
    same = _same(plain, packed)
    if not same:
        _log.error("the compressed segment %s is damaged: it is removed and made again", packed)
    (plain if same else packed).unlink()
    _sync_folder(folder)
    return same


def drop(folder: Path, number: int) -> bool:
    """Remove a segment whose time is over."""
    for path in (segment_path(folder, number), packed_path(folder, number)):
        path.unlink(missing_ok=True)
    _sync_folder(folder)
    _log.info("a segment of the journal is past its retention and was removed", extra={"segment": number})
    return True


_DO: Final = {"pack": pack, "unplain": unplain, "drop": drop}


def _same(plain: Path, packed: Path) -> bool:
    try:
        with plain.open("rb") as one, cast(BinaryIO, zstd.open(packed, "rb")) as other:
            return _digest(one) == _digest(other)
    except DAMAGED:
        return False


def _digest(file: BinaryIO) -> bytes:
    digest = hashlib.blake2b()
    while block := file.read(_BLOCK):
        digest.update(block)
    return digest.digest()


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
